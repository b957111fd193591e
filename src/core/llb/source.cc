#include "core/llb/source.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/llb/node.h"

namespace llb {
namespace {

/// The keys are those of moby/buildkit solver/pb/attr.go.
class Source {
 public:
  explicit Source(const std::string& identifier) { body_.mutable_source()->set_identifier(utf8(identifier, "source")); }

  void set(const char* key, const std::string& value) {
    if (!value.empty()) (*body_.mutable_source()->mutable_attrs())[key] = utf8(value, key);
  }
  NodeMaker& maker() { return maker_; }
  Output make(const Metadata& metadata) { return Output(maker_.make(body_, metadata), 0); }

 private:
  pb::Op body_;
  NodeMaker maker_;
};

/// A JSON array of strings; empty for none, which leaves the attribute out.
std::string json_array(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) {
    out += out.empty() ? "[\"" : ",\"";
    for (char c : item) {
      if (c == '"' || c == '\\') {
        out += {'\\', c};
      } else if (static_cast<unsigned char>(c) < 0x20) {
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
        out += escape;
      } else {
        out += c;
      }
    }
    out += '"';
  }
  return out.empty() ? out : out + "]";
}

std::string octal(std::uint32_t mode) {
  char out[16];
  std::snprintf(out, sizeof out, "0%o", mode);
  return out;
}

std::string decimal(std::uint32_t id) { return id == 0 ? "" : std::to_string(id); }

struct GitRemote {
  std::string name;  ///< "host/path": the same repository has one name, whatever the protocol
  bool ssh = false;
};

GitRemote parse_git_remote(const std::string& remote) {
  auto refuse = [&](const char* problem) {
    return base::Error(base::Kind::invalid, "git remote " + base::quoted(remote) + " " + problem)
        .fix("use a URL such as https://host/path.git, or git@host:path");
  };
  GitRemote out;
  std::string_view rest = remote;
  if (rest.find('#') != rest.npos) throw refuse("has a '#': the ref is given by itself");
  std::string_view host, path;
  if (auto colons = rest.find("://"); colons != rest.npos) {
    std::string_view scheme = rest.substr(0, colons);
    static constexpr std::array<std::string_view, 4> known = {"https", "http", "ssh", "git"};
    if (std::find(known.begin(), known.end(), scheme) == known.end()) throw refuse("has an unknown scheme");
    out.ssh = scheme == "ssh";
    rest.remove_prefix(colons + 3);
    auto slash = rest.find('/');
    host = rest.substr(0, slash);
    if (slash != rest.npos) path = rest.substr(slash);
  } else {
    auto colon = rest.find(':');
    if (colon == rest.npos || rest.substr(0, colon).find('/') != rest.npos) throw refuse("is no URL");
    out.ssh = true;
    host = rest.substr(0, colon);
    path = rest.substr(colon + 1);
  }
  if (auto at = host.rfind('@'); at != host.npos) host.remove_prefix(at + 1);
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (host.empty()) throw refuse("has no host");
  if (path.empty()) throw refuse("has no path");
  out.name = std::string(host) + "/" + std::string(path);
  return out;
}

}  // namespace

Output image(const std::string& reference, const ImageOptions& options, const Metadata& metadata) {
  Source source("docker-image://" + reference);
  source.maker().platform(options.platform);
  if (options.resolve_mode == ResolveMode::pull) source.set("image.resolvemode", "pull");
  if (options.resolve_mode == ResolveMode::local) source.set("image.resolvemode", "local");
  return source.make(metadata);
}

Output oci_layout(const std::string& reference, const OciLayoutOptions& options, const Metadata& metadata) {
  Source source("oci-layout://" + reference);
  source.maker().platform(options.platform);
  source.set("oci.session", options.session);
  source.set("oci.store", options.store);
  return source.make(metadata);
}

Output local(const std::string& name, const LocalOptions& options, const Metadata& metadata) {
  Source source("local://" + name);
  source.set("local.session", options.session);
  source.set("local.unique", options.unique);
  source.set("local.includepattern", json_array(options.include));
  source.set("local.excludepatterns", json_array(options.exclude));
  source.set("local.followpaths", json_array(options.follow));
  source.set("local.sharedkeyhint", options.shared_key_hint);
  if (options.differ == LocalOptions::Differ::none) source.set("local.differ", "none");
  if (options.differ == LocalOptions::Differ::metadata) source.set("local.differ", "metadata");
  return source.make(metadata);
}

Output http(const std::string& url, const HttpOptions& options, const Metadata& metadata) {
  if (url.rfind("http://", 0) != 0 && url.rfind("https://", 0) != 0)
    throw base::Error(base::Kind::invalid, "source " + base::quoted(url) + " is no http or https URL");
  Source source(url);
  if (options.checksum) source.set("http.checksum", options.checksum->text());
  source.set("http.filename", options.filename);
  if (options.mode) source.set("http.perm", octal(*options.mode));
  source.set("http.uid", decimal(options.uid));
  source.set("http.gid", decimal(options.gid));
  source.set("http.authheadersecret", options.auth_header_secret);
  return source.make(metadata);
}

Output git(const std::string& remote, const std::string& ref, const GitOptions& options, const Metadata& metadata) {
  GitRemote parsed = parse_git_remote(remote);
  if (ref.find(':') != ref.npos) throw base::Error(base::Kind::invalid, "git ref " + base::quoted(ref) + " has a ':'");
  std::string identifier = "git://" + parsed.name;
  if (!ref.empty() || !options.subdirectory.empty()) identifier += "#" + ref;
  if (!options.subdirectory.empty()) identifier += ":" + options.subdirectory;

  Source source(identifier);
  source.set("git.fullurl", remote);
  source.set("git.checksum", options.checksum);
  if (options.keep_git_directory) source.set("git.keepgitdir", "true");
  if (options.skip_submodules) {
    source.set("git.skipsubmodules", "true");
    source.maker().require("source.git.skipsubmodules");
  }
  source.set("git.authtokensecret", options.auth_token_secret);
  source.set("git.authheadersecret", options.auth_header_secret);
  if (parsed.ssh) {
    source.set("git.mountsshsock", options.ssh_socket);
    source.set("git.knownsshhosts", options.known_hosts);
  }
  return source.make(metadata);
}

}  // namespace llb
