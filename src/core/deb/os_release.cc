#include "core/deb/os_release.h"

#include <algorithm>

#include "core/base/text.h"

namespace deb {
namespace {

constexpr std::size_t max_value = 256;

/// The shell's idea of one word: quotes are taken off, '\' escapes outside of '…'.
std::string unquote(std::string_view raw) {
  std::string out;
  char quote = 0;
  for (std::size_t i = 0; i < raw.size(); i++) {
    char c = raw[i];
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == ' ' || c == '\t')) {
      break;
    } else if (c == '\\' && quote != '\'' && i + 1 < raw.size()) {
      out += raw[++i];
    } else {
      out += c;
    }
  }
  return out;
}

std::string clean(std::string value) {
  std::erase_if(value, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (value.size() > max_value) value.resize(max_value);
  while (!base::valid_utf8(value)) value.pop_back();
  return value;
}

}  // namespace

OsRelease parse_os_release(std::string_view text) {
  OsRelease result;
  for (std::string_view line : base::split(text, '\n')) {
    line = base::trim(line);
    auto equals = line.find('=');
    if (line.starts_with('#') || equals == std::string_view::npos) continue;
    std::string_view key = line.substr(0, equals);
    std::string* target = key == "ID"                 ? &result.id
                          : key == "VERSION_ID"       ? &result.version_id
                          : key == "VERSION_CODENAME" ? &result.version_codename
                          : key == "PRETTY_NAME"      ? &result.pretty_name
                                                      : nullptr;
    if (target) *target = clean(unquote(line.substr(equals + 1)));
  }
  return result;
}

}  // namespace deb
