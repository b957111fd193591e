#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/llb/output.h"

namespace llb {

enum class CacheSharing {
  shared,    ///< several writers at a time
  private_,  ///< each writer at a time has its own
  locked,    ///< the second writer waits
};

/// Owner and mode of what a secret or ssh mount shows.
struct SecretAccess {
  std::uint32_t uid = 0, gid = 0;
  std::uint32_t mode = 0400;
  bool optional = false;  ///< run without it when the client has none
};

/// Something mounted while a command runs, made by the functions below. `destination` is absolute and not "/".
struct Mount {
  enum class Kind { bind, output, cache, tmpfs, secret, ssh };
  Kind kind = Kind::bind;
  std::string destination;
  Output source;
  std::string selector;
  std::string id;
  CacheSharing sharing = CacheSharing::shared;
  std::int64_t max_bytes = 0;
  SecretAccess access;
};

/// Read-only view of `source`, or of the file or directory `selector` in it.
Mount bind_mount(std::string destination, Output source, std::string selector = "");
/// Writable, starting as `source`; what the command leaves there is Exec::output(destination).
Mount output_mount(std::string destination, Output source = {});
/// A directory the engine keeps between builds under `id`; `source` fills it the first time.
Mount cache_mount(std::string destination, std::string id, CacheSharing sharing, Output source = {});
/// `max_bytes` 0 = no limit.
Mount tmpfs_mount(std::string destination, std::int64_t max_bytes = 0);
/// A file with the client's secret `id`, never part of a layer or of a cache key.
Mount secret_mount(std::string destination, std::string id, SecretAccess access = {});
/// The client's ssh agent `id` as a socket; the command needs SSH_AUTH_SOCK=destination.
Mount ssh_mount(std::string destination, std::string id = "default", SecretAccess access = {.mode = 0600});

/// A secret as an environment variable.
struct SecretVariable {
  std::string name, id;
  bool optional = false;
};

enum class Network {
  sandbox,
  host,  ///< needs the entitlement "network.host"
  none,
};

struct ExecOptions {
  std::vector<std::string> args;  ///< at least the program
  std::vector<std::string> env;   ///< "NAME=value"; a PATH is supplied when none is given
  std::string cwd;                ///< empty = "/"; made when missing
  std::string user;               ///< as in an image config; empty = root
  std::string hostname;
  Network network = Network::sandbox;
  std::vector<std::pair<std::string, std::string>> extra_hosts;  ///< name, address
  std::vector<SecretVariable> secret_env;
  std::vector<Mount> mounts;  ///< in any order
  bool read_only_root = false;
  std::optional<Platform> platform;  ///< the engine's own when absent
};

/// A command that was put into the graph, and the trees it leaves behind.
class Exec {
 public:
  /// The root file system after the command; the one it was given when that was read-only.
  const Output& root() const { return root_; }
  /// What the output mount at `destination` holds after the command. Throws invalid when there is none there.
  const Output& output(std::string_view destination) const;
  /// "sha256:…" as build status shows it.
  const std::string& vertex() const { return vertex_; }

 private:
  friend Exec exec(const Output&, const ExecOptions&, const Metadata&);
  Output root_;
  std::map<std::string, Output, std::less<>> outputs_;
  std::string vertex_;
};

/// Runs a command with `root` as its root file system. Throws invalid: no args, a destination that is relative, "/" or
/// given twice, text that is not UTF-8.
Exec exec(const Output& root, const ExecOptions& options, const Metadata& metadata = {});

}  // namespace llb
