#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/buildkit/blob_store.h"
#include "core/buildkit/connection.h"

namespace buildkit {

/// A directory that the engine may read: `local://NAME` in a graph. Opened once; nothing outside of it can be reached,
/// whatever symlinks it holds or somebody puts there meanwhile.
struct LocalDirectory {
  std::string name;
  std::filesystem::path root;
  /// When set, `root` is taken relative to this directory and must not lead out of it, symlinks included.
  std::filesystem::path inside;
  /// Patterns as in a .dockerignore file, on top of those that the graph asks for.
  std::vector<std::string> exclude;
  /// The first of these that exists in `root` adds its patterns to `exclude`.
  std::vector<std::string> ignore_files;
};

struct Credentials {
  std::string username;  ///< empty: `secret` is an identity token
  std::string secret;
};

/// Where an exporter's outcome goes, in the order of the exporters.
struct ExportTarget {
  int fd = -1;                      ///< `oci`, `docker`, `tar`: the byte stream's target, borrowed, stays open
  std::filesystem::path directory;  ///< `local`, and `oci` with tar=false (becomes an OCI layout): created when missing
  std::shared_ptr<BlobStore> store;  ///< `oci` with tar=false: takes the blobs in place of a directory
};

/// What a session serves to the engine.
struct SessionOptions {
  /// Lets the engine find what an earlier build sent of the same directories: stable per project, not secret.
  std::string shared_key;
  std::vector<LocalDirectory> directories;
  /// Asked with a registry's host ("registry.example:5000"; "docker.io" for Docker Hub); nullopt = anonymous.
  /// Called from several threads.
  std::function<std::optional<Credentials>(const std::string& host)> credentials;
  std::map<std::string, std::string> secrets;        ///< by the id that the graph names
  std::map<std::string, std::filesystem::path> ssh;  ///< agents' sockets, by the id that the graph names
  /// By the id on the wire: "oci:NAME", "local:DIRECTORY", "export".
  std::map<std::string, std::shared_ptr<BlobStore>> stores;
  std::vector<ExportTarget> exports;
};

/// What went through a session, for figures and tests.
struct SessionCounters {
  std::uint64_t entries_listed = 0;  ///< files, directories and links told to the engine
  std::uint64_t files_sent = 0;      ///< those whose content the engine asked for
  std::uint64_t bytes_sent = 0;
};

/// The services that an engine calls back during a build, on a stream of the same connection. Serves until closed.
class Session {
 public:
  /// `lost` is called once, from another thread, if the engine ends the session before `close`.
  /// Throws what opening the directories throws: not_found, denied, invalid (leads out of `inside`).
  Session(const Connection& connection, SessionOptions options, std::function<void(base::Error)> lost = {});
  /// Closes.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const std::string& id() const;
  SessionCounters counters() const;
  /// The first error met while serving, which the engine repeats less clearly: a file that cannot be read, a full disk.
  std::optional<base::Error> problem() const;
  /// Ends what is under way and waits for it, at most about two seconds. May be called twice.
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace buildkit
