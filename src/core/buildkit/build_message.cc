#include "core/buildkit/build_message.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/buildkit/layout_store.h"
#include "core/oci/layout.h"
#include "core/oci/manifest.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;

std::string attribute(const std::map<std::string, std::string>& attributes, const char* key) {
  auto found = attributes.find(key);
  return found == attributes.end() ? "" : found->second;
}

void check(const std::vector<CacheEntry>& entries, const char* key) {
  for (const CacheEntry& entry : entries)
    if (entry.type == "local" && attribute(entry.attributes, key).empty())
      throw Error(Kind::invalid, "a local cache needs the attribute " + base::quoted(key) + ", a directory");
}

void add(const std::vector<CacheEntry>& entries,
         google::protobuf::RepeatedPtrField<moby::buildkit::v1::CacheOptionsEntry>& list) {
  for (const CacheEntry& entry : entries) {
    auto* added = list.Add();
    added->set_type(entry.type);
    added->mutable_attrs()->insert(entry.attributes.begin(), entry.attributes.end());
  }
}

std::shared_ptr<BlobStore> written(const std::filesystem::path& directory) {
  return std::make_shared<LayoutStore>(directory, LayoutStore::Access::write);
}

}  // namespace

bool is_layout(const Export& each) {
  return (each.type == "oci" || each.type == "docker") && attribute(each.attributes, "tar") == "false";
}

void check(const BuildRequest& request) {
  for (const Export& each : request.exports) {
    bool tree = each.type == "local" || is_layout(each);
    if (each.type != "image" && !tree && each.target.fd < 0)
      throw Error(Kind::invalid, "exporter " + base::quoted(each.type) + " needs a file to write to");
    if (tree && each.target.directory.empty() && !(is_layout(each) && each.target.store))
      throw Error(Kind::invalid, "exporter " + base::quoted(each.type) + " needs a directory to write to");
  }
  if (std::count_if(request.exports.begin(), request.exports.end(), is_layout) > 1)
    throw Error(Kind::invalid, "a build exports at most one OCI layout").fix("export the others as archives");
  check(request.cache_exports, "dest");
  check(request.cache_imports, "src");
}

SessionOptions session_options(const BuildRequest& request) {
  SessionOptions out;
  out.shared_key = request.shared_key;
  out.directories = request.directories;
  out.credentials = request.credentials;
  out.secrets = request.secrets;
  out.ssh = request.ssh;
  for (const auto& [name, store] : request.layouts) out.stores["oci:" + name] = store;
  for (const Export& each : request.exports) {
    bool layout = is_layout(each);
    out.exports.push_back(layout ? ExportTarget() : each.target);
    if (layout) out.stores["export"] = each.target.store ? each.target.store : written(each.target.directory);
  }
  for (const CacheEntry& entry : resolved_imports(request))
    if (entry.type == "local")
      out.stores["local:" + attribute(entry.attributes, "src")] =
          std::make_shared<LayoutStore>(attribute(entry.attributes, "src"));
  for (const CacheEntry& entry : request.cache_exports)
    if (entry.type == "local")
      out.stores["local:" + attribute(entry.attributes, "dest")] = written(attribute(entry.attributes, "dest"));
  return out;
}

moby::buildkit::v1::SolveRequest solve_message(const BuildRequest& request, const std::vector<CacheEntry>& imports,
                                               const std::string& ref, const std::string& session) {
  moby::buildkit::v1::SolveRequest out;
  out.set_ref(ref);
  out.set_session(session);
  out.mutable_frontendattrs()->insert(request.frontend_attributes.begin(), request.frontend_attributes.end());
  for (const Export& each : request.exports) {
    auto* added = out.add_exporters();
    added->set_type(each.type);
    added->mutable_attrs()->insert(each.attributes.begin(), each.attributes.end());
  }
  add(request.cache_exports, *out.mutable_cache()->mutable_exports());
  add(imports, *out.mutable_cache()->mutable_imports());
  for (const std::string& entitlement : request.entitlements) out.add_entitlements(entitlement);
  return out;
}

std::vector<CacheEntry> resolved_imports(const BuildRequest& request) {
  std::vector<CacheEntry> out;
  for (CacheEntry entry : request.cache_imports) {
    if (entry.type == "local" && !entry.attributes.contains("digest")) {
      std::filesystem::path directory = attribute(entry.attributes, "src");
      if (!std::filesystem::exists(directory / "index.json")) continue;
      oci::Index index = oci::parse_index(oci::Layout(directory).index());
      if (index.manifests.empty()) continue;
      entry.attributes["digest"] = index.manifests.front().digest.text();
    }
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace buildkit
