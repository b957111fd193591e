#include "core/buildkit/cache_entry.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/redactor.h"
#include "core/base/text.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;

const std::vector<std::string>& types() {
  static const std::vector<std::string> names = {"registry", "local", "inline", "s3", "gha", "azblob"};
  return names;
}

std::vector<std::string> needed(const std::string& type, CacheUse use) {
  if (type == "registry") return {"ref"};
  if (type == "local") return {use == CacheUse::import ? "src" : "dest"};
  if (type == "s3") return {"bucket", "region"};
  if (type == "azblob") return {"account_url"};
  return {};
}

}  // namespace

CacheEntry parse_cache_entry(const std::string& text, const std::string& what) {
  CacheEntry out;
  for (auto piece : base::split(text, ',')) {
    auto equals = piece.find('=');
    if (equals == std::string_view::npos && out.attributes.empty() && !piece.empty()) {
      out.attributes["ref"] = piece;
      continue;
    }
    if (equals == 0 || equals == std::string_view::npos)
      throw Error(Kind::invalid, what + " has " + base::quoted(piece) + " where NAME=VALUE is wanted");
    std::string name(piece.substr(0, equals)), value(piece.substr(equals + 1));
    (name == "type" ? out.type : out.attributes[name]) = value;
  }
  if (out.type.empty()) out.type = "registry";
  return out;
}

void check_cache_entry(const CacheEntry& entry, CacheUse use, const std::string& what) {
  for (const char* secret : {"secret_access_key", "session_token", "token", "ghtoken"})
    if (auto found = entry.attributes.find(secret); found != entry.attributes.end())
      base::redactor().add(found->second);
  const std::string type = what + " has the type " + base::quoted(entry.type);
  if (std::find(types().begin(), types().end(), entry.type) == types().end())
    throw Error(Kind::invalid, type + ", " + base::join(types(), ", ") + " are there");
  if (entry.type == "inline" && use == CacheUse::import)
    throw Error(Kind::invalid, type + ", which is one to write").fix("read it as type=registry,ref=IMAGE");
  for (const auto& name : needed(entry.type, use))
    if (auto found = entry.attributes.find(name); found == entry.attributes.end() || found->second.empty())
      throw Error(Kind::invalid, type + ", which needs " + base::quoted(name));
  if (auto mode = entry.attributes.find("mode");
      mode != entry.attributes.end() && mode->second != "min" && mode->second != "max")
    throw Error(Kind::invalid, what + " has the mode " + base::quoted(mode->second) + ", 'min' or 'max' is wanted");
}

}  // namespace buildkit
