#include "core/registry/docker_config.h"

#include <cstdlib>

#include "core/base/digest.h"
#include "core/base/fd.h"
#include "core/base/text.h"
#include "core/json/decode.h"
#include "core/registry/credential_helper.h"

namespace registry {
namespace {

constexpr std::uint64_t max_config_bytes = 1024 * 1024;

/// "https://index.docker.io/v1/", "http://reg:5000", "reg/v2/": the registry that a key of the file means.
std::string normal_key(std::string_view key) {
  if (auto scheme = key.find("://"); scheme != std::string_view::npos) key.remove_prefix(scheme + 3);
  try {
    return name::Registry::parse(key.substr(0, key.find('/'))).text();
  } catch (const base::Error&) {
    return "";  // helpers keep other things there, too
  }
}

Credentials decode_auth(json::Object object) {
  Credentials out{.username = object.string("username").value_or(""),
                  .password = object.string("password").value_or(""),
                  .identity_token = object.string("identitytoken").value_or("")};
  if (auto auth = object.string("auth"); auth && !auth->empty()) {
    std::string pair;
    try {
      pair = base::from_base64(*auth);
    } catch (const base::Error&) {
      throw object.problem("auth", "is not base64");
    }
    auto colon = pair.find(':');
    if (colon == std::string::npos) throw object.problem("auth", "is not 'user:password' in base64");
    out.username = pair.substr(0, colon);
    out.password = pair.substr(colon + 1);
    while (out.password.ends_with('\0')) out.password.pop_back();  // written by old clients
  }
  out.protect();
  return out;
}

}  // namespace

std::optional<std::filesystem::path> DockerConfig::default_file() {
  std::filesystem::path file;
  if (const char* directory = std::getenv("DOCKER_CONFIG"); directory && *directory)
    file = std::filesystem::path(directory) / "config.json";
  else if (const char* home = std::getenv("HOME"); home && *home)
    file = std::filesystem::path(home) / ".docker" / "config.json";
  std::error_code ignored;
  if (file.empty() || !std::filesystem::exists(file, ignored)) return std::nullopt;
  return file;
}

DockerConfig::DockerConfig(const std::filesystem::path& file) {
  auto value = json::parse(base::read_file(file, max_config_bytes), "'" + file.string() + "'");
  base::within("reading '" + file.string() + "'", [&] {
    json::Object config(value, "");
    if (auto auths = config.object("auths"))
      for (const auto& [key, entry] : config.raw("auths").items())
        if (auto host = normal_key(key); !host.empty())
          auths_.insert_or_assign(host, decode_auth(json::Object(entry, "auths." + base::printable(key))));
    for (const auto& [key, helper] : config.string_map("credHelpers"))
      if (auto host = normal_key(key); !host.empty()) helpers_.insert_or_assign(host, helper);
    store_ = config.string("credsStore").value_or("");
  });
}

Credentials DockerConfig::credentials(const name::Registry& registry, std::stop_token stop) {
  if (auto helper = helpers_.find(registry.text()); helper != helpers_.end())
    return run_credential_helper(helper->second, registry.credentials_key(), stop);
  if (!store_.empty())
    if (auto found = run_credential_helper(store_, registry.credentials_key(), stop); !found.empty()) return found;
  auto found = auths_.find(registry.text());
  return found == auths_.end() ? Credentials{} : found->second;
}

}  // namespace registry
