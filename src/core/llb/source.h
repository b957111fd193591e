#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/llb/output.h"

// Trees that come from outside the graph. All throw base::Error: invalid, for text that is not UTF-8 (the engine
// refuses a graph with such text as a whole).
namespace llb {

enum class ResolveMode {
  default_,  ///< the engine's copy if it has the digest, else the registry
  pull,      ///< ask the registry
  local,     ///< prefer the engine's copy, even for a tag
};

struct ImageOptions {
  std::optional<Platform> platform;  ///< the engine's own when absent
  ResolveMode resolve_mode = ResolveMode::default_;
};

/// An image in a registry. `reference` is canonical and with a digest: "docker.io/library/debian:12@sha256:…".
Output image(const std::string& reference, const ImageOptions& options = {}, const Metadata& metadata = {});

struct OciLayoutOptions {
  std::optional<Platform> platform;
  std::string session;  ///< id of the session that serves the store; empty = the build's own
  std::string store;    ///< its name there; on the wire "oci:<store>"
};

/// An image in an OCI layout on the client's side. `reference` has a host, a name and a digest
/// ("store.local/x@sha256:…"); they only label it.
Output oci_layout(const std::string& reference, const OciLayoutOptions& options, const Metadata& metadata = {});

struct LocalOptions {
  std::string session;                        ///< id of the session that serves it; exclusive with `unique`
  std::string unique;                         ///< else a random id: the engine finds the build's session itself
  std::vector<std::string> include, exclude;  ///< patterns as in .dockerignore
  std::vector<std::string> follow;            ///< paths to include with what their symlinks lead to
  std::string shared_key_hint;                ///< transfers with the same hint send only what has changed
  enum class Differ { default_, none, metadata };
  Differ differ = Differ::default_;  ///< how the engine compares with the earlier transfer
};

/// A directory of the client's, by the name it is served under.
Output local(const std::string& name, const LocalOptions& options, const Metadata& metadata = {});

struct HttpOptions {
  std::optional<base::Digest> checksum;  ///< checked by the engine, and the key of its cache
  std::string filename;                  ///< name in the tree; empty = as the URL or the server says
  std::optional<std::uint32_t> mode;     ///< permission bits; the engine's default is 0600
  std::uint32_t uid = 0, gid = 0;
  std::string auth_header_secret;  ///< id of the secret with the Authorization header's value
};

/// A tree of one file, fetched from an http or https `url`. Without a checksum the engine asks the server each time,
/// conditionally. Throws invalid for another scheme.
Output http(const std::string& url, const HttpOptions& options = {}, const Metadata& metadata = {});

struct GitOptions {
  std::string subdirectory;  ///< of the repository; becomes the root
  std::string checksum;      ///< commit (hex) that `ref` must lead to
  bool keep_git_directory = false;
  bool skip_submodules = false;
  std::string auth_token_secret = "GIT_AUTH_TOKEN";  ///< ids of secrets, asked for when present
  std::string auth_header_secret = "GIT_AUTH_HEADER";
  std::string ssh_socket = "default";  ///< id of the agent, for ssh remotes only
  std::string known_hosts;             ///< for ssh remotes only: lines as in ssh's known_hosts
};

/// A git repository at a branch, tag or commit (empty `ref` = its default branch). `remote` is a URL (https, http,
/// ssh, git) or ssh's short form "git@host:path". Throws invalid for anything else.
Output git(const std::string& remote, const std::string& ref, const GitOptions& options = {},
           const Metadata& metadata = {});

}  // namespace llb
