#include "core/bom/yaml_scalar.h"

#include <algorithm>
#include <cstdio>

#include "core/base/error.h"
#include "core/base/text.h"

namespace bom {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Integers of any base, floats and base-60 numbers ("1:30"), underscores included (yaml.org/type/int, float).
bool like_number(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  std::string low = base::lower(text);
  if (low.starts_with("0x") || low.starts_with("0o") || low.starts_with("0b"))
    return low.find_first_not_of("0123456789abcdef_", 2) == std::string::npos;
  auto end = std::min(low.find_first_not_of("0123456789_:."), low.size());
  if (std::none_of(low.begin(), low.begin() + static_cast<std::ptrdiff_t>(end), digit)) return false;
  std::string_view exponent = std::string_view(low).substr(end);
  if (exponent.empty()) return true;
  if (exponent[0] != 'e') return false;
  exponent.remove_prefix(1);
  if (exponent.starts_with('+') || exponent.starts_with('-')) exponent.remove_prefix(1);
  return !exponent.empty() && std::all_of(exponent.begin(), exponent.end(), digit);
}

/// "2024-05-11…": at least a date (yaml.org/type/timestamp).
bool like_timestamp(std::string_view text) {
  return text.size() >= 8 && std::all_of(text.begin(), text.begin() + 4, digit) && text[4] == '-' && digit(text[5]);
}

bool reserved_word(std::string_view text) {
  auto words = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", ".inf", ".nan"};
  return std::find(words.begin(), words.end(), base::lower(text)) != words.end();
}

/// Characters that mean nothing to YAML inside of a plain scalar.
bool plain_characters(std::string_view text) {
  constexpr std::string_view harmless = "/._+~%@=,()&?;$!*-";
  for (std::size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    bool inner = i > 0 && i + 1 < text.size();
    bool good = letter(c) || digit(c) || harmless.find(c) != std::string_view::npos || (c == ' ' && inner) ||
                (c == ':' && inner && text[i + 1] != ' ');
    if (!good) return false;
  }
  return true;
}

/// U+0085, U+2028, U+2029 are line breaks to some readers, U+FEFF a byte order mark, C1 are controls.
std::string_view two_or_three_byte_control(std::string_view rest) {
  auto byte = [&](std::size_t i) { return i < rest.size() ? static_cast<unsigned char>(rest[i]) : 0; };
  if (byte(0) == 0xC2 && byte(1) < 0xA0) return rest.substr(0, 2);
  if (byte(0) == 0xE2 && byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9)) return rest.substr(0, 3);
  if (byte(0) == 0xEF && byte(1) == 0xBB && byte(2) == 0xBF) return rest.substr(0, 3);
  return {};
}

unsigned code_point(std::string_view bytes) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[i])); };
  if (bytes.size() == 2) return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
  return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
}

/// In double quotes; most characters do, so they are taken in runs.
bool stands_for_itself(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

}  // namespace

std::string yaml_scalar(std::string_view text) {
  bool plain = !text.empty() && text.size() < 1024 &&
               (letter(text[0]) || digit(text[0]) || text[0] == '/' || text[0] == '.') && plain_characters(text) &&
               !reserved_word(text) && !like_number(text) && !like_timestamp(text) &&
               // The markers of a document's end and the like begin so.
               !text.starts_with("...");
  return plain ? std::string(text) : yaml_quoted(text);
}

std::string yaml_quoted(std::string_view text) {
  std::string out = "\"";
  auto take_plain = [&] {
    auto end = std::find_if_not(text.begin(), text.end(), stands_for_itself);
    out.append(text.begin(), end);
    text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
  };
  take_plain();
  if (!base::valid_utf8(text))
    throw base::Error(base::Kind::invalid, base::quoted(out.substr(1) + std::string(text)) +
                                               " is not UTF-8 and cannot stand in a bill of materials");
  char escape[16];
  for (; !text.empty(); take_plain()) {
    auto c = static_cast<unsigned char>(text[0]);
    std::size_t length = 1;
    if (c == '"' || c == '\\') {
      out += {'\\', text[0]};
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c < 0x20 || c == 0x7F) {
      std::snprintf(escape, sizeof escape, "\\x%02x", c);
      out += escape;
    } else if (auto control = two_or_three_byte_control(text); !control.empty()) {
      length = control.size();
      std::snprintf(escape, sizeof escape, "\\u%04x", code_point(control));
      out += escape;
    } else {
      out += text[0];
    }
    text.remove_prefix(length);
  }
  return out + '"';
}

}  // namespace bom
