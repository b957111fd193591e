#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace base {

/// "sha256:" and 64 lower-case hex digits, or "sha512:" and 128 (image-spec 1.1, descriptor.md "Digests").
/// Checked when made, then trusted.
class Digest {
 public:
  /// Throws invalid, quoting at most the first 100 characters of `text`.
  static Digest parse(std::string_view text);
  static bool valid(std::string_view text);

  const std::string& text() const { return text_; }
  std::string_view algorithm() const { return std::string_view(text_).substr(0, text_.find(':')); }
  std::string_view hex() const { return std::string_view(text_).substr(text_.find(':') + 1); }

  auto operator<=>(const Digest&) const = default;

 private:
  friend class Sha256;
  explicit Digest(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// Incremental SHA-256 (OpenSSL). Use from one thread at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::span<const std::byte> data);
  void update(std::string_view data);
  /// Ends the computation; the object may then only be destroyed or assigned to.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest sha256(std::string_view data);

/// Incremental hash by name, for checking digests that others state: "md5", "sha1", "sha256", "sha512".
/// Returns lower-case hex. Throws unsupported for any other name.
std::string hash_hex(std::string_view algorithm, std::string_view data);

std::string to_hex(std::span<const std::byte> data);
std::string to_base64(std::string_view data);
/// Strict RFC 4648 with padding; throws invalid.
std::string from_base64(std::string_view text);

/// `bytes` random bytes as hex, from the operating system.
std::string random_hex(std::size_t bytes);

}  // namespace base
