#include "core/name/semver.h"

#include <algorithm>
#include <charconv>

#include "core/base/text.h"

namespace name {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_number(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

bool is_identifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

bool valid_identifiers(std::string_view text, bool leading_zeros) {
  auto pieces = base::split(text, '.');
  return std::all_of(pieces.begin(), pieces.end(), [&](std::string_view piece) {
    return is_identifier(piece) && (leading_zeros || piece.size() == 1 || piece[0] != '0' || !is_number(piece));
  });
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t out = 0;
  if (!is_number(text)) return std::nullopt;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  // The largest number has no successor, and ranges need one.
  if (error != std::errc() || out == UINT64_MAX) return std::nullopt;
  return out;
}

std::strong_ordering order(std::string_view a, std::string_view b) {
  bool a_number = is_number(a), b_number = is_number(b);
  if (a_number != b_number) return a_number ? std::strong_ordering::less : std::strong_ordering::greater;
  // Without leading zeros the longer number is the larger one, whatever its size.
  if (a_number && a.size() != b.size()) return a.size() <=> b.size();
  return a <=> b;
}

std::weak_ordering order_pre_releases(std::string_view a, std::string_view b) {
  // A final version comes after all of its pre-releases.
  if (a.empty() || b.empty()) return a.empty() <=> b.empty();
  auto left = base::split(a, '.'), right = base::split(b, '.');
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i)
    if (auto o = order(left[i], right[i]); o != 0) return o;
  return left.size() <=> right.size();
}

}  // namespace

std::optional<SemanticVersion> SemanticVersion::parse(std::string_view text) {
  SemanticVersion out;
  if (text.starts_with('v')) text.remove_prefix(1);
  if (auto plus = text.find('+'); plus != std::string_view::npos) {
    if (!valid_identifiers(text.substr(plus + 1), true)) return std::nullopt;
    text = text.substr(0, plus);
  }
  if (auto dash = text.find('-'); dash != std::string_view::npos) {
    out.pre_release_ = text.substr(dash + 1);
    if (!valid_identifiers(out.pre_release_, false)) return std::nullopt;
    text = text.substr(0, dash);
  }
  auto pieces = base::split(text, '.');
  if (pieces.size() > 3) return std::nullopt;
  std::uint64_t* numbers[] = {&out.major_, &out.minor_, &out.patch_};
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    auto value = number(pieces[i]);
    if (!value) return std::nullopt;
    *numbers[i] = *value;
  }
  out.parts_ = static_cast<int>(pieces.size());
  return out;
}

SemanticVersion SemanticVersion::make(std::uint64_t major, std::uint64_t minor, std::uint64_t patch,
                                      std::string pre_release) {
  SemanticVersion out;
  out.major_ = major;
  out.minor_ = minor;
  out.patch_ = patch;
  out.pre_release_ = std::move(pre_release);
  return out;
}

std::string SemanticVersion::text() const {
  return std::to_string(major_) + "." + std::to_string(minor_) + "." + std::to_string(patch_) +
         (is_final() ? "" : "-" + pre_release_);
}

std::weak_ordering SemanticVersion::operator<=>(const SemanticVersion& other) const {
  if (auto o = major_ <=> other.major_; o != 0) return o;
  if (auto o = minor_ <=> other.minor_; o != 0) return o;
  if (auto o = patch_ <=> other.patch_; o != 0) return o;
  return order_pre_releases(pre_release_, other.pre_release_);
}

}  // namespace name
