#include "core/bom/purl.h"

#include "core/base/text.h"

namespace bom {
namespace {

/// purl-spec: percent-encode all but unreserved characters and ':', whose encoding it forbids.
std::string encode(std::string_view text) {
  std::string out;
  for (char c : text) out += c == ':' ? ":" : base::url_encode(std::string_view(&c, 1));
  return out;
}

std::string deb_purl(std::string_view name, std::string_view version, std::string_view architecture,
                     const BaseImage& base) {
  std::string out = "pkg:deb/";
  if (!base.os.empty()) out += encode(base::lower(base.os)) + "/";
  out += encode(name);
  if (!version.empty()) out += "@" + encode(version);
  if (!architecture.empty()) out += "?arch=" + encode(architecture);
  std::string_view release = base.version.empty() ? base.codename : base.version;
  if (!base.os.empty() && !release.empty())
    out += (architecture.empty() ? "?distro=" : "&distro=") + encode(base::lower(base.os) + "-" + std::string(release));
  return out;
}

}  // namespace

std::string purl(const Package& package, const BaseImage& base) {
  std::string out = deb_purl(package.name, package.version, package.architecture, base);
  const auto& source = package.source;
  if (source.name.empty() || (source.name == package.name && source.version == package.version)) return out;
  std::string upstream = source.name + (source.version.empty() ? "" : "@" + source.version);
  return out + (out.find('?') == std::string::npos ? "?" : "&") + "upstream=" + encode(upstream);
}

std::string source_purl(const deb::SourceName& source, const BaseImage& base) {
  return deb_purl(source.name, source.version, "source", base);
}

}  // namespace bom
