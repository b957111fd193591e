#include "core/deb/packages_index.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/deb/archive_path.h"
#include "core/deb/scan.h"

namespace deb {
namespace {

constexpr std::string_view what = "binary package";

Hash best_hash(const Stanza& stanza) {
  for (std::string_view algorithm : {"SHA256", "SHA512", "SHA1", "MD5sum"})
    if (const std::string* hex = stanza.find(algorithm)) return parse_hash(std::string(algorithm) + ":" + *hex);
  return {};
}

std::vector<SourceName> read_built_using(const Stanza& stanza) {
  std::string both(stanza.get("Built-Using"));
  both.append(",").append(stanza.get("Static-Built-Using"));
  return parse_built_using(both);
}

Dependencies read_depends(const Stanza& stanza) {
  std::string both(stanza.get("Pre-Depends"));
  both.append(",").append(stanza.get("Depends"));
  return parse_dependencies(both);
}

std::uint64_t read_size(const Stanza& stanza) {
  std::uint64_t size = 0;
  std::string_view text = stanza.get("Size");
  if (!text.empty() && !to_number(text, size))
    throw base::Error(base::Kind::invalid, "Size " + base::quoted(text, 40) + " is no number");
  return size;
}

}  // namespace

BinaryPackage binary_package(const Stanza& stanza) {
  BinaryPackage package;
  package.name = stanza.required("Package", what);
  package.version = stanza.required("Version", what);
  package.architecture = stanza.required("Architecture", what);
  return base::within(
      "reading the stanza of " + base::quoted(package.name, 80) + " at line " + std::to_string(stanza.line()), [&] {
        for (const std::string* word : {&package.name, &package.version, &package.architecture})
          if (!plain_word(*word))
            throw base::Error(base::Kind::invalid, base::quoted(*word, 80) + " has blanks or odd characters");
        package.source = source_of(stanza, package.name, package.version);
        package.source_field = source_field(stanza);
        package.filename = stanza.get("Filename");
        if (!package.filename.empty()) check_archive_path(package.filename);
        package.size = read_size(stanza);
        package.hash = best_hash(stanza);
        package.built_using = read_built_using(stanza);
        package.depends = read_depends(stanza);
        for (const auto& alternatives : parse_dependencies(stanza.get("Provides")))
          package.provides.push_back(alternatives.front().name);
        package.section = stanza.get("Section");
        package.homepage = stanza.get("Homepage");
        return std::move(package);
      });
}

std::vector<BinaryPackage> parse_packages(std::string_view text) {
  std::vector<BinaryPackage> out;
  StanzaReader reader(text, "package stanzas");
  for (Stanza stanza; reader.next(stanza);) out.push_back(binary_package(stanza));
  return out;
}

}  // namespace deb
