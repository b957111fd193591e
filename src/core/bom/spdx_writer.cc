#include "core/bom/spdx_writer.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/bom/document.h"
#include "core/bom/license_expression.h"
#include "core/bom/purl.h"
#include "core/json/decode.h"

namespace bom {
namespace {

using json::Ordered;

constexpr std::string_view tool = "Tool: estaleiro-" ESTALEIRO_VERSION;
constexpr std::string_view nothing = "NOASSERTION";

/// "sha256:9f…" as SPDX has it; null for what is no digest.
Ordered checksum(std::string_view digest) {
  auto colon = digest.find(':');
  if (!valid_digest(digest)) return nullptr;
  std::string algorithm(digest.substr(0, colon));
  for (char& c : algorithm) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return {{"algorithm", algorithm}, {"checksumValue", digest.substr(colon + 1)}};
}

Ordered checksums(std::initializer_list<std::string> digests) {
  Ordered list = Ordered::array();
  for (const std::string& digest : digests)
    if (Ordered one = checksum(digest); !one.is_null()) list.push_back(std::move(one));
  return list;
}

/// SPDX's form of a repository at a revision (SPDX 2.3, 7.7).
std::string download_location(const Git& git) {
  std::string url = vcs_url(git.repository_uri);
  return (url.starts_with("git") ? url : "git+" + url) + (git.ref.empty() ? "" : "@" + base::url_encode(git.ref));
}

class Spdx {
 public:
  explicit Spdx(const Bill& bill) : bill_(bill) {}
  Ordered write();

 private:
  Ordered& add_package(const std::string& id, std::string_view name, std::string_view version,
                       std::string_view location);
  std::string deb_package(const Package& package, std::string_view came);
  std::string source_package(const deb::SourceName& source, const std::vector<Source>& files);
  std::string source_file(const Source& file);
  std::string declared_license(const Package& package);
  Ordered extracted_licenses() const;
  std::string repository(const Git& git);
  void declared_file(const File& file);
  void relate(const std::string& from, std::string_view type, const std::string& to) {
    relationships_.push_back({{"spdxElementId", from}, {"relationshipType", type}, {"relatedSpdxElement", to}});
  }
  std::string id(std::string_view text) { return "SPDXRef-" + names_.make(text); }

  const Bill& bill_;
  UniqueNames names_;
  Ordered packages_ = Ordered::array();
  Ordered files_ = Ordered::array();
  Ordered relationships_ = Ordered::array();
  std::set<std::string> license_refs_;
  std::map<deb::SourceName, std::string> source_ids_;
  std::map<std::string, std::string> location_ids_;  // of source files and repositories, by where they are
};

Ordered& Spdx::add_package(const std::string& id, std::string_view name, std::string_view version,
                           std::string_view location) {
  Ordered package = {{"SPDXID", id}, {"name", name}};
  if (!version.empty()) package["versionInfo"] = version;
  package["downloadLocation"] = location.empty() ? nothing : location;
  package["filesAnalyzed"] = false;
  package["licenseConcluded"] = nothing;
  package["licenseDeclared"] = nothing;
  package["copyrightText"] = nothing;
  return packages_.emplace_back(std::move(package));
}

std::string Spdx::deb_package(const Package& package, std::string_view came) {
  std::string element = id(std::string(came) + "-" + package.name + "-" + package.architecture);
  const auto& location = package.location;
  Ordered& out = add_package(element, package.name, package.version, location ? location->uri : "");
  if (location) {
    if (Ordered list = checksums({location->digest, "sha1:" + location->sha1}); !list.empty()) out["checksums"] = list;
    if (!location->name.empty()) out["packageFileName"] = location->name;
  }
  out["licenseDeclared"] = declared_license(package);
  out["externalRefs"] = Ordered::array({{{"referenceCategory", "PACKAGE-MANAGER"},
                                         {"referenceType", "purl"},
                                         {"referenceLocator", purl(package, bill_.base_image)}}});
  std::string comment(came);
  if (!package.replaces.empty()) comment += "; replaces " + package.replaces + " of the base";
  if (package.requested == true) comment += "; requested";
  if (!package.state.empty()) comment += "; " + package.state;
  out["annotations"] = Ordered::array({{{"annotationDate", document_time(bill_)},
                                        {"annotationType", "OTHER"},
                                        {"annotator", tool},
                                        {"comment", comment}}});
  relate(element, "GENERATED_FROM", source_package(source_of(package), package.sources));
  for (const deb::SourceName& source : package.built_using)
    relate(element, "GENERATED_FROM", source_package(source, {}));
  return element;
}

std::string Spdx::declared_license(const Package& package) {
  try {
    Expression expression = parse_expression(package.license);
    for (const std::string& license : licenses_of(expression))
      if (license.starts_with("LicenseRef-")) license_refs_.insert(license);
    return to_text(expression);
  } catch (const base::Error&) {
    return std::string(nothing);  // none, or what another program wrote
  }
}

/// A text for each LicenseRef that a package names (SPDX 2.3, 10): those that the bill has none of are named only.
Ordered Spdx::extracted_licenses() const {
  Ordered out = Ordered::array();
  for (const std::string& id : license_refs_) {
    auto known =
        std::find_if(bill_.licenses.begin(), bill_.licenses.end(), [&](const auto& one) { return one.id == id; });
    out.push_back({{"licenseId", id}, {"extractedText", known == bill_.licenses.end() ? id : known->text}});
  }
  return out;
}

std::string Spdx::source_package(const deb::SourceName& source, const std::vector<Source>& files) {
  auto [at, fresh] = source_ids_.try_emplace(source);
  if (!fresh) return at->second;
  std::string element = at->second = id("source-" + source.name + "-" + source.version);
  std::string location;
  if (!files.empty()) {
    auto* file = std::get_if<SourceFile>(&files.front());
    location = file ? file->uri : download_location(std::get<Git>(files.front()));
  }
  Ordered& out = add_package(element, source.name, source.version, location);
  out["primaryPackagePurpose"] = "SOURCE";
  out["externalRefs"] = Ordered::array({{{"referenceCategory", "PACKAGE-MANAGER"},
                                         {"referenceType", "purl"},
                                         {"referenceLocator", source_purl(source, bill_.base_image)}}});
  for (const Source& file : files) relate(element, "DISTRIBUTION_ARTIFACT", source_file(file));
  return element;
}

std::string Spdx::source_file(const Source& source) {
  if (auto* git = std::get_if<Git>(&source)) return repository(*git);
  const auto& file = std::get<SourceFile>(source);
  auto [at, fresh] = location_ids_.try_emplace(file.uri);
  if (!fresh) return at->second;
  at->second = id("file-" + file.name);
  Ordered& out = add_package(at->second, file.name.empty() ? file.uri : file.name, "", file.uri);
  if (Ordered list = checksums({file.digest}); !list.empty()) out["checksums"] = list;
  out["primaryPackagePurpose"] = "ARCHIVE";
  return at->second;
}

std::string Spdx::repository(const Git& git) {
  std::string location = download_location(git);
  auto [at, fresh] = location_ids_.try_emplace(location);
  if (!fresh) return at->second;
  at->second = id("repository-" + git.repository_uri.substr(git.repository_uri.rfind('/') + 1));
  Ordered& out = add_package(at->second, git.repository_uri, git.ref, location);
  out["primaryPackagePurpose"] = "SOURCE";
  return at->second;
}

void Spdx::declared_file(const File& file) {
  std::string element = id("path" + file.path);
  files_.push_back({{"SPDXID", element},
                    {"fileName", "." + file.path},
                    {"checksums", checksums({file.digest})},
                    {"licenseConcluded", nothing},
                    {"copyrightText", nothing}});
  relate("SPDXRef-image", "CONTAINS", element);
  if (file.source) relate(element, "GENERATED_FROM", repository(*file.source));
}

Ordered Spdx::write() {
  const BaseImage& base = bill_.base_image;
  std::string image = id("image");
  Ordered& described = add_package(image, bill_.product_name, bill_.image.digest, "");
  described["primaryPackagePurpose"] = "CONTAINER";
  if (Ordered list = checksums({bill_.image.digest}); !list.empty()) described["checksums"] = list;
  relate("SPDXRef-DOCUMENT", "DESCRIBES", image);

  if (base.canonical_name != "scratch") {
    std::string from = id("base");
    add_package(from, base.canonical_name, base.canonical_name.substr(base.canonical_name.find('@') + 1),
                "")["primaryPackagePurpose"] = "CONTAINER";
    relate(image, "DESCENDANT_OF", from);
    std::vector<const Package*> remaining = remaining_base_packages(bill_);
    auto left = remaining.begin();
    for (const Package& package : base.packages) {
      std::string element = deb_package(package, "base");
      relate(from, "CONTAINS", element);
      if (left == remaining.end() || *left != &package) continue;
      relate(image, "CONTAINS", element);
      ++left;
    }
  }
  for (const Package& package : bill_.changeset.packages) relate(image, "CONTAINS", deb_package(package, "added"));
  for (const File& file : bill_.changeset.files) declared_file(file);

  Ordered document = {{"spdxVersion", "SPDX-2.3"},
                      {"dataLicense", "CC0-1.0"},
                      {"SPDXID", "SPDXRef-DOCUMENT"},
                      {"name", bill_.product_name},
                      {"documentNamespace", "urn:uuid:" + document_uuid(bill_, "spdx")},
                      {"creationInfo", {{"created", document_time(bill_)}, {"creators", Ordered::array({tool})}}},
                      {"packages", std::move(packages_)}};
  if (!files_.empty()) document["files"] = std::move(files_);
  document["relationships"] = std::move(relationships_);
  if (Ordered licenses = extracted_licenses(); !licenses.empty())
    document["hasExtractedLicensingInfos"] = std::move(licenses);
  return document;
}

}  // namespace

json::Ordered spdx_document(const Bill& bill) { return Spdx(bill).write(); }

std::string to_spdx(const Bill& bill) { return json::write_pretty(spdx_document(bill)); }

}  // namespace bom
