#include "core/base/redact_url.h"

namespace base {

std::string redact_url(std::string_view url) {
  std::string out(url.substr(0, url.find_first_of("?#")));
  auto scheme_end = out.find("://");
  auto host = scheme_end == std::string::npos ? 0 : scheme_end + 3;
  auto at = out.rfind('@', out.find_first_of("/\\", host));
  if (at != std::string::npos && at >= host) out.erase(host, at + 1 - host);
  return out.size() < url.size() && url.find('?') != std::string_view::npos ? out + "?…" : out;
}

}  // namespace base
