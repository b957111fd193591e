#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace name {

/// Operating system, architecture and variant in GOOS/GOARCH words (image-spec 1.1, "Image Index", platform).
/// Always normal: "aarch64" and "arm64/v8" are "arm64", "x86_64" is "amd64", "armhf" is "arm/v7".
class Platform {
 public:
  /// "linux/arm64/v8", "linux/amd64", or an architecture alone ("arm64", on linux). Throws invalid.
  static Platform parse(std::string_view text);
  /// From separate fields; `architecture` may hold the variant too ("arm64/v8"). Empty `os` is "linux", empty
  /// `architecture` that of this machine. Throws invalid.
  static Platform make(std::string_view os, std::string_view architecture, std::string_view variant = "");
  /// This machine's.
  static Platform host();

  const std::string& os() const { return os_; }
  const std::string& architecture() const { return architecture_; }
  const std::string& variant() const { return variant_; }  ///< "" when there is nothing to say
  std::string text() const;                                ///< "linux/arm/v7"

  /// Whether an image for `offered` serves who asks for this: same system and architecture, and the same variant
  /// unless one side has none.
  bool matches(const Platform& offered) const;

  auto operator<=>(const Platform&) const = default;

 private:
  Platform(std::string os, std::string architecture, std::string variant)
      : os_(std::move(os)), architecture_(std::move(architecture)), variant_(std::move(variant)) {}
  std::string os_, architecture_, variant_;
};

}  // namespace name
