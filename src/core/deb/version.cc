#include "core/deb/version.h"

#include <algorithm>

#include "core/deb/scan.h"

namespace deb {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

struct Parts {
  std::string_view epoch;
  std::string_view upstream;
  std::string_view revision;
};

Parts split(std::string_view version) {
  Parts parts;
  if (auto colon = version.find(':'); colon != std::string_view::npos) {
    parts.epoch = version.substr(0, colon);
    version.remove_prefix(colon + 1);
  }
  auto dash = version.rfind('-');
  parts.upstream = version.substr(0, dash);
  if (dash != std::string_view::npos) parts.revision = version.substr(dash + 1);
  return parts;
}

/// Where a non-digit sorts: '~' before the end of the text, letters before all other characters.
int weight(char c) {
  if (c == '~') return -1;
  if (letter(c)) return c;
  return static_cast<unsigned char>(c) + 256;
}

std::string_view take_digits(std::string_view& text) {
  auto end = std::find_if_not(text.begin(), text.end(), digit);
  auto length = static_cast<std::size_t>(end - text.begin());
  std::string_view number = text.substr(0, length);
  text.remove_prefix(length);
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

/// By value, of any length; leading zeros are gone already.
std::strong_ordering compare_numbers(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return left.size() <=> right.size();
  return left.compare(right) <=> 0;
}

/// The alternation of non-digits and numbers that deb-version(7) describes.
std::strong_ordering compare_part(std::string_view left, std::string_view right) {
  while (!left.empty() || !right.empty()) {
    for (;;) {
      bool more_left = !left.empty() && !digit(left[0]);
      bool more_right = !right.empty() && !digit(right[0]);
      if (!more_left && !more_right) break;
      int a = more_left ? weight(left[0]) : 0;
      int b = more_right ? weight(right[0]) : 0;
      if (a != b) return a <=> b;
      left.remove_prefix(1);
      right.remove_prefix(1);
    }
    auto order = compare_numbers(take_digits(left), take_digits(right));
    if (order != 0) return order;
  }
  return std::strong_ordering::equal;
}

bool all_of(std::string_view text, std::string_view punctuation) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return digit(c) || letter(c) || punctuation.find(c) != std::string_view::npos; });
}

}  // namespace

bool valid_version(std::string_view version) {
  if (version.size() > 256) return false;
  Parts parts = split(version);
  if (version.find(':') != std::string_view::npos) {
    int epoch = 0;
    if (!to_number(parts.epoch, epoch) || epoch < 0) return false;
  }
  if (parts.upstream.empty() || !(digit(parts.upstream[0]) || letter(parts.upstream[0]))) return false;
  if (version.ends_with('-')) return false;
  return all_of(parts.upstream, ".-+~:") && all_of(parts.revision, ".+~");
}

std::strong_ordering compare_versions(std::string_view left, std::string_view right) {
  Parts a = split(left);
  Parts b = split(right);
  if (auto order = compare_part(a.epoch, b.epoch); order != 0) return order;
  if (auto order = compare_part(a.upstream, b.upstream); order != 0) return order;
  return compare_part(a.revision, b.revision);
}

}  // namespace deb
