#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace name {

/// A semantic version as tags write them: "1.2.3", "v1.2", "3", "1.0.0-rc.1", "1.0.0+build" (semver.org 2.0.0, with a
/// leading "v", missing numbers and leading zeros allowed).
class SemanticVersion {
 public:
  /// nullopt for what is none; a pre-release with an empty identifier or a number that begins with 0 is none.
  static std::optional<SemanticVersion> parse(std::string_view text);
  /// `pre_release` must be valid.
  static SemanticVersion make(std::uint64_t major, std::uint64_t minor, std::uint64_t patch,
                              std::string pre_release = {});

  std::uint64_t major() const { return major_; }
  std::uint64_t minor() const { return minor_; }
  std::uint64_t patch() const { return patch_; }
  const std::string& pre_release() const { return pre_release_; }  ///< "rc.1"; "" for a final version
  bool is_final() const { return pre_release_.empty(); }
  int parts() const { return parts_; }  ///< how many of the three numbers were written: 1 to 3

  /// All three numbers, no "v", no build metadata (which no tag can hold).
  std::string text() const;

  /// By precedence (semver.org §11): "1.2" equals "1.2.0", build metadata does not count.
  std::weak_ordering operator<=>(const SemanticVersion& other) const;
  bool operator==(const SemanticVersion& other) const { return (*this <=> other) == 0; }

 private:
  std::uint64_t major_ = 0, minor_ = 0, patch_ = 0;
  int parts_ = 3;
  std::string pre_release_;
};

}  // namespace name
