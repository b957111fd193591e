
#include "core/buildkit/file_sync.h"

namespace buildkit {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Go's url.QueryUnescape: '+' is a blank.
std::string query_unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i++) {
    if (text[i] == '%') {
      int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1,
          low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return std::string(text);
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace

std::vector<std::string> metadata_values(const RequestMetadata& metadata, std::string_view key) {
  std::string name(key), flag = name + "-encoded";
  auto found = metadata.find(flag);
  bool encoded = found != metadata.end() && (found->second == "1" || found->second == "true");
  std::vector<std::string> out;
  auto [from, to] = metadata.equal_range(name);
  for (auto each = from; each != to; ++each) {
    std::string value(each->second.data(), each->second.size());
    out.push_back(encoded ? query_unescape(value) : std::move(value));
  }
  return out;
}

}  // namespace buildkit
