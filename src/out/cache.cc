#include "out/cache.h"

#include "core/base/error.h"
#include "core/base/inside.h"
#include "core/buildkit/cache_entry.h"

namespace out {
namespace {

namespace fs = std::filesystem;
using buildkit::CacheEntry;
using buildkit::CacheUse;

CacheEntry decode_entry(const json::Value& value, const std::string& path) {
  if (value.is_string()) return buildkit::parse_cache_entry(value.get<std::string>(), path);
  json::Object object(value, path);
  CacheEntry out{object.required_string("type"), {}};
  for (const auto& [name, attribute] : value.items())
    if (name != "type") out.attributes[name] = object.scalar(name).value_or("");
  return out;
}

/// One cache, or a list of them, each with the path that names it.
std::vector<std::pair<CacheEntry, std::string>> decode(const json::Value& value, const std::string& path) {
  std::vector<std::pair<CacheEntry, std::string>> out;
  if (value.is_null()) return out;
  if (!value.is_array()) return {{decode_entry(value, path), path}};
  for (const auto& each : value) {
    std::string at = path + "[" + std::to_string(out.size()) + "]";
    out.emplace_back(decode_entry(each, at), at);
  }
  return out;
}

std::string* find(CacheEntry& entry, const char* name) {
  auto found = entry.attributes.find(name);
  return found == entry.attributes.end() ? nullptr : &found->second;
}

/// What can be left out where it is plain.
void complete(CacheEntry& entry, const resource::Source& source, const name::Repository& repository) {
  if (entry.type != "registry") return;
  auto& ref = entry.attributes.try_emplace("ref", repository.text() + ":buildcache").first->second;
  if (source.insecure && name::Reference::parse(ref).repository().registry() == repository.registry())
    entry.attributes.emplace("registry.insecure", "true");
}

/// The directory of a local cache that is written, made where it is missing.
fs::path made_inside(const fs::path& inputs, const std::string& relative, const std::string& what) {
  fs::path path = fs::path(relative + "/").lexically_normal().parent_path();
  std::error_code ignored;  // the next look says what is wrong
  if (path.has_filename() && !path.is_absolute())
    fs::create_directory(base::path_inside(inputs, path.parent_path().string(), what) / path.filename(), ignored);
  return base::path_inside(inputs, relative, what);
}

void add_import(Caches& to, CacheEntry entry, const std::string& what, const fs::path& inputs) {
  check_cache_entry(entry, CacheUse::import, what);
  if (entry.type == "local") {
    std::string& place = *find(entry, "src");
    std::error_code missing;
    if (!fs::exists(fs::symlink_status(inputs / place, missing)) && fs::path(place).is_relative()) return;
    place = base::path_inside(inputs, place, what + ".src").string();
  }
  to.imports.push_back(std::move(entry));
}

void add_export(Caches& to, CacheEntry entry, const std::string& what, const fs::path& inputs) {
  check_cache_entry(entry, CacheUse::export_, what);
  if (entry.type == "local") {
    std::string& place = *find(entry, "dest");
    place = made_inside(inputs, place, what + ".dest").string();
  }
  to.exports.push_back(std::move(entry));
}

/// The same cache to read from: where an inline one is, and which directory, is said once.
CacheEntry to_read(CacheEntry entry, const resource::Source& source, const name::Repository& repository) {
  if (entry.type == "inline") entry = {"registry", {{"ref", repository.text() + ":" + source.tag.value_or("latest")}}};
  if (auto* dest = find(entry, "dest")) entry.attributes.try_emplace("src", *dest);
  for (const char* only_written : {"dest", "mode"}) entry.attributes.erase(only_written);
  return entry;
}

}  // namespace

Caches read_caches(const resource::Source& source, const resource::PutParams& params,
                   const name::Repository& repository, const fs::path& inputs) {
  Caches out;
  const bool own = !params.cache.is_null();
  for (auto& [entry, what] :
       decode(own ? params.cache : source.buildkit.cache, own ? "params.cache" : "source.buildkit.cache")) {
    complete(entry, source, repository);
    CacheEntry read = to_read(entry, source, repository);
    complete(read, source, repository);
    add_export(out, entry, what, inputs);
    add_import(out, std::move(read), what, inputs);
  }
  for (auto& [entry, what] : decode(params.cache_from, "params.cache_from")) {
    complete(entry, source, repository);
    add_import(out, std::move(entry), what, inputs);
  }
  for (auto& [entry, what] : decode(params.cache_to, "params.cache_to")) {
    complete(entry, source, repository);
    add_export(out, std::move(entry), what, inputs);
  }
  return out;
}

}  // namespace out
