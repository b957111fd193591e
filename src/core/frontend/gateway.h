#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/llb/definition.h"
#include "core/llb/output.h"
#include "core/name/platform.h"

namespace frontend {

/// A tree that the engine has made or can make: what a solve gave. Lives as long as the build. An empty id is scratch.
struct Ref {
  std::string id;
  llb::Definition definition;  ///< the graph behind it, to join to another graph
};

struct ResolvedImage {
  base::Digest digest;  ///< of the index when the reference names one
  std::string config;   ///< the image config's JSON, of the wanted platform
};

struct SolveRequest {
  llb::Definition definition;                     ///< what to build; ignored when `frontend` is set
  std::string frontend;                           ///< "dockerfile.v0" …: a nested frontend makes the graph
  std::map<std::string, std::string> options;     ///< the nested frontend's
  std::map<std::string, llb::Definition> inputs;  ///< the nested frontend's named inputs
  bool evaluate = false;                          ///< run it now: errors come from this call, not from a later read
};

struct SolveResult {
  Ref ref;
  std::map<std::string, std::string> metadata;  ///< "containerimage.config" and the like
};

struct FileInfo {
  std::string name;        ///< last component
  std::uint32_t mode = 0;  ///< st_mode: type and permission bits
  std::int64_t size = 0;
};

/// One in-toto attestation of the result: the file at `path` of `ref` holds the bare predicate.
struct Attestation {
  Ref ref;
  std::string path;
  std::string predicate_type;
  std::map<std::string, std::string> metadata;
};

/// What a frontend hands back: one tree a platform, keyed "linux/amd64"; with one platform the key is still given.
struct Result {
  struct Image {
    Ref ref;
    std::string config;       ///< image config JSON, without rootfs
    std::string base_config;  ///< config of the base image, or empty
    std::vector<Attestation> attestations;
  };
  std::map<std::string, Image> images;
  std::map<std::string, std::string> metadata;  ///< further result metadata ("source.date.epoch")
};

/// The engine as a frontend sees it: the client of a build, or the daemon around `estaleiro frontend`, hosts it.
/// All calls may be made from several threads. All throw base::Error: `failed` for a step that failed (its text and
/// the vertex's digest in the notes), `not_found`, `unavailable` (engine gone), `cancelled`, `unsupported`, `denied`.
class Gateway {
 public:
  virtual ~Gateway() = default;

  /// Capability names that the engine reports as enabled (Ping): LLB and frontend ones together.
  virtual const std::set<std::string>& capabilities() const = 0;
  /// The session that local sources are read from; empty where the engine chooses it.
  virtual std::string session_id() const = 0;

  /// The platforms whose programs the engine says it runs, its own first; empty where it does not say.
  virtual std::vector<name::Platform> platforms() const { return {}; }
  /// Where the engine is, as people call it; empty inside of it.
  virtual std::string address() const { return ""; }

  enum class ResolveMode { default_, pull, local };
  virtual ResolvedImage resolve_image(const std::string& reference, const name::Platform& platform,
                                      ResolveMode mode) = 0;
  /// The same of an image in a layout on the client's side, which the session serves under `store`; `reference` has a
  /// digest and otherwise only labels it.
  virtual ResolvedImage resolve_layout(const std::string& reference, const std::string& store,
                                       const name::Platform& platform) {
    (void)reference, (void)store, (void)platform;
    throw base::Error(base::Kind::unsupported, "image layouts cannot be read here");
  }
  virtual SolveResult solve(const SolveRequest& request) = 0;

  /// Bytes of one file of at most `max_bytes` (larger: Kind::invalid); symlinks are followed inside the tree.
  /// nullopt when there is no such file.
  virtual std::optional<std::string> read_file(const Ref& ref, const std::string& path, std::uint64_t max_bytes) = 0;
  /// The same file of any size, handed to `take` from its front in pieces of a few megabytes. False when there is none.
  virtual bool read_pieces(const Ref& ref, const std::string& path,
                           const std::function<void(std::string_view)>& take) = 0;
  /// One level of a directory, sorted by name; nullopt when there is no such directory.
  virtual std::optional<std::vector<FileInfo>> read_directory(const Ref& ref, const std::string& path) = 0;
  /// Follows a final symlink; nullopt when there is nothing.
  virtual std::optional<FileInfo> stat(const Ref& ref, const std::string& path) = 0;

  /// Shows a warning at a vertex ("sha256:…", may be empty).
  virtual void warn(const std::string& vertex, const std::string& text, const std::string& detail) = 0;
  /// Shows a warning with the lines of a source file.
  virtual void warn_at(const llb::SourcePlace& place, const std::string& text, const std::string& detail) {
    (void)place;
    warn("", text, detail);
  }
  /// Trees that the caller hands to the frontend, by name ("input:NAME" contexts).
  virtual std::map<std::string, llb::Definition> inputs() { return {}; }
};

}  // namespace frontend
