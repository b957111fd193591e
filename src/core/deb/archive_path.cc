#include "core/deb/archive_path.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"

namespace deb {

void check_archive_path(std::string_view path) {
  auto pieces = base::split(path, '/');
  bool plain = std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c <= '~'; });
  bool leaves = std::find(pieces.begin(), pieces.end(), "..") != pieces.end();
  if (path.size() > 1024 || path.starts_with('/') || !plain || leaves)
    throw base::Error(base::Kind::invalid, base::quoted(path) + " is no path inside an archive");
}

std::string encode_archive_path(std::string_view path) { return apt_quote(path, "+~ "); }

std::string apt_quote(std::string_view text, std::string_view special) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F && c != '%' && special.find(c) == std::string_view::npos) {
      out += c;
    } else {
      out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return out;
}

}  // namespace deb
