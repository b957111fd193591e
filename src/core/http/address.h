#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace http {

/// An IP address; IPv4 as its IPv6-mapped form, so that there is one kind of comparison.
class Address {
 public:
  /// A literal in the usual notations, or in the decimal, octal and short ones that the resolver also understands
  /// ("2130706433", "0x7f.1"): who guards against an address has to see through them.
  static std::optional<Address> parse(std::string_view text);

  /// Private, loopback, link-local, unspecified, or shared (RFC 1918, 4193, 6598, 3927).
  bool is_private() const;
  /// `block` as "10.0.0.0/8" or "fd00::/8", or a single address.
  bool within(std::string_view block) const;

 private:
  bool within(const Address& network, int bits) const;
  bool is_ipv4() const;
  std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace http
