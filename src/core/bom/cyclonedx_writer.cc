#include "core/bom/cyclonedx_writer.h"

#include <cstdio>

#include "core/base/error.h"
#include "core/bom/document.h"
#include "core/bom/license_expression.h"
#include "core/bom/purl.h"
#include "core/json/decode.h"

namespace bom {
namespace {

using json::Ordered;

std::string_view algorithm_name(std::string_view algorithm) {
  if (algorithm == "md5") return "MD5";
  if (algorithm == "sha1") return "SHA-1";
  return algorithm == "sha256" ? "SHA-256" : "SHA-512";
}

/// Adds "hashes" to `target` when one of the digests is one.
void add_hashes(Ordered& target, std::initializer_list<std::string> digests) {
  Ordered list = Ordered::array();
  for (const std::string& digest : digests) {
    if (!valid_digest(digest)) continue;
    auto colon = digest.find(':');
    list.push_back(
        {{"alg", algorithm_name(std::string_view(digest).substr(0, colon))}, {"content", digest.substr(colon + 1)}});
  }
  if (!list.empty()) target["hashes"] = std::move(list);
}

Ordered vcs_reference(const Git& git) {
  return {{"type", "vcs"}, {"url", vcs_url(git.repository_uri)}, {"comment", "ref " + git.ref}};
}

Ordered reference(const Source& source) {
  if (auto* git = std::get_if<Git>(&source)) return vcs_reference(*git);
  const auto& file = std::get<SourceFile>(source);
  Ordered out = {{"type", "source-distribution"}, {"url", file.uri}};
  add_hashes(out, {file.digest});
  return out;
}

/// "" for none, or for what another program wrote.
std::string valid_expression(const std::string& license) {
  try {
    return to_text(parse_expression(license));
  } catch (const base::Error&) {
    return "";
  }
}

class Properties {
 public:
  void add(std::string_view name, const std::string& value) {
    if (!value.empty()) list_.push_back({{"name", "estaleiro:" + std::string(name)}, {"value", value}});
  }
  void put_into(Ordered& target) {
    if (!list_.empty()) target["properties"] = std::move(list_);
  }

 private:
  Ordered list_ = Ordered::array();
};

class CycloneDx {
 public:
  explicit CycloneDx(const Bill& bill) : bill_(bill) {}
  std::string write();

 private:
  void package(const Package& package, std::string_view came);
  void file(const File& file);
  Ordered ancestor(const deb::SourceName& source) const {
    return {{"type", "library"},
            {"name", source.name},
            {"version", source.version},
            {"purl", source_purl(source, bill_.base_image)}};
  }
  Ordered image_component() const;
  void add(Ordered component) {
    contained_.push_back(component["bom-ref"]);
    components_.push_back(std::move(component));
  }

  const Bill& bill_;
  UniqueNames names_;
  Ordered components_ = Ordered::array();
  Ordered contained_ = Ordered::array();  // bom-refs of all components
};

void CycloneDx::package(const Package& package, std::string_view came) {
  Ordered out = {{"type", "library"},
                 {"bom-ref", names_.make("package-" + package.name + "-" + package.architecture)},
                 {"name", package.name},
                 {"version", package.version}};
  if (package.location) add_hashes(out, {package.location->digest, "sha1:" + package.location->sha1});
  if (std::string license = valid_expression(package.license); !license.empty())
    out["licenses"] = Ordered::array({{{"expression", license}, {"acknowledgement", "declared"}}});
  out["purl"] = purl(package, bill_.base_image);
  Ordered references = Ordered::array();
  if (package.location) {
    Ordered distribution = {{"type", "distribution"}, {"url", package.location->uri}};
    add_hashes(distribution, {package.location->digest});
    references.push_back(std::move(distribution));
  }
  for (const Source& source : package.sources) references.push_back(reference(source));
  if (!references.empty()) out["externalReferences"] = std::move(references);
  Ordered ancestors = Ordered::array({ancestor(source_of(package))});
  for (const deb::SourceName& source : package.built_using) ancestors.push_back(ancestor(source));
  out["pedigree"] = {{"ancestors", std::move(ancestors)}};
  Properties properties;
  properties.add("came", std::string(came));
  properties.add("architecture", package.architecture);
  properties.add("state", package.state);
  properties.add("replaces", package.replaces);
  if (package.requested) properties.add("requested", *package.requested ? "true" : "false");
  properties.put_into(out);
  add(std::move(out));
}

void CycloneDx::file(const File& file) {
  Ordered out = {{"type", "file"}, {"bom-ref", names_.make("path" + file.path)}, {"name", file.path}};
  add_hashes(out, {file.digest});
  if (file.source) out["externalReferences"] = Ordered::array({vcs_reference(*file.source)});
  Properties properties;
  properties.add("came", "declared");
  if (file.mode) {
    char octal[16];
    std::snprintf(octal, sizeof octal, "%04o", *file.mode);
    properties.add("mode", octal);
  }
  if (auto* tarball = std::get_if<TarballOrigin>(&file.origin)) {
    properties.add("tarball", tarball->tarball);
    properties.add("tarball-digest", tarball->digest);
    properties.add("member", tarball->member);
  } else if (auto* step = std::get_if<StepOrigin>(&file.origin)) {
    properties.add("step", step->step);
    properties.add("dockerfile", step->dockerfile);
    properties.add("dockerfile-digest", step->dockerfile_digest);
    properties.add("target", step->target);
    properties.add("path", step->path);
  } else if (auto* other = std::get_if<OtherOrigin>(&file.origin)) {
    properties.add(other->kind, other->name);
    properties.add("origin-digest", other->digest);
    properties.add("path", other->path);
  }
  properties.put_into(out);
  add(std::move(out));
}

Ordered CycloneDx::image_component() const {
  Ordered image = {{"type", "container"}, {"bom-ref", "image"}, {"name", bill_.product_name}};
  if (!bill_.image.digest.empty()) image["version"] = bill_.image.digest;
  add_hashes(image, {bill_.image.digest});
  const BaseImage& base = bill_.base_image;
  if (base.canonical_name != "scratch") {
    Ordered ancestor = {{"type", "container"}, {"name", base.canonical_name.substr(0, base.canonical_name.find('@'))}};
    if (auto at = base.canonical_name.find('@'); at != std::string::npos) {
      ancestor["version"] = base.canonical_name.substr(at + 1);
      add_hashes(ancestor, {base.canonical_name.substr(at + 1)});
    }
    image["pedigree"] = {{"ancestors", Ordered::array({std::move(ancestor)})}};
  }
  Properties properties;
  properties.add("platform", bill_.image.platform);
  properties.put_into(image);
  return image;
}

std::string CycloneDx::write() {
  names_.make("image");
  for (const Package* one : remaining_base_packages(bill_)) package(*one, "base");
  for (const Package& one : bill_.changeset.packages) package(one, "added");
  for (const File& one : bill_.changeset.files) file(one);
  Ordered tool = {{"type", "application"}, {"name", "estaleiro"}, {"version", ESTALEIRO_VERSION}};
  Ordered document = {
      {"bomFormat", "CycloneDX"},
      {"specVersion", "1.6"},
      {"serialNumber", "urn:uuid:" + document_uuid(bill_, "cyclonedx")},
      {"version", 1},
      {"metadata",
       {{"timestamp", document_time(bill_)},
        {"tools", {{"components", Ordered::array({tool})}}},
        {"component", image_component()}}},
      {"components", std::move(components_)},
      {"dependencies", Ordered::array({{{"ref", "image"}, {"dependsOn", std::move(contained_)}}})},
      {"compositions", Ordered::array({{{"aggregate", "complete"}, {"assemblies", Ordered::array({"image"})}}})}};
  return json::write_pretty(document);
}

}  // namespace

std::string to_cyclonedx(const Bill& bill) { return CycloneDx(bill).write(); }

}  // namespace bom
