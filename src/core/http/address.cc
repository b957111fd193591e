#include "core/http/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace http {
namespace {
constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
}

std::optional<Address> Address::parse(std::string_view text) {
  Address out;
  std::string copy(text);
  if (text.find(':') != std::string_view::npos) {
    if (inet_pton(AF_INET6, copy.c_str(), out.bytes_.data()) != 1) return std::nullopt;
    return out;
  }
  in_addr address;
  if (text.empty() || text.find_first_not_of("0123456789abcdefxABCDEFX.") != std::string_view::npos ||
      inet_aton(copy.c_str(), &address) == 0)
    return std::nullopt;
  std::copy(mapped.begin(), mapped.end(), out.bytes_.begin());
  const auto* raw = reinterpret_cast<const std::uint8_t*>(&address.s_addr);
  std::copy(raw, raw + 4, out.bytes_.begin() + 12);
  return out;
}

bool Address::is_ipv4() const { return std::equal(mapped.begin(), mapped.end(), bytes_.begin()); }

bool Address::within(const Address& network, int bits) const {
  if (is_ipv4() != network.is_ipv4()) return false;
  if (is_ipv4()) bits += 96;
  for (int bit = 0; bit < bits; ++bit) {
    auto mask = static_cast<std::uint8_t>(0x80 >> (bit % 8));
    if ((bytes_[bit / 8] & mask) != (network.bytes_[bit / 8] & mask)) return false;
  }
  return true;
}

bool Address::within(std::string_view block) const {
  auto slash = block.find('/');
  auto network = parse(block.substr(0, slash));
  if (!network) return false;
  int most = network->is_ipv4() ? 32 : 128, bits = most;
  if (slash != std::string_view::npos) {
    auto text = block.substr(slash + 1);
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
    if (error != std::errc() || end != text.data() + text.size() || bits < 0 || bits > most) return false;
  }
  return within(*network, bits);
}

bool Address::is_private() const {
  for (const char* block : {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
                            "172.16.0.0/12", "192.168.0.0/16", "::1", "::", "fc00::/7", "fe80::/10"})
    if (within(block)) return true;
  return false;
}

}  // namespace http
