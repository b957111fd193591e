#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/buildkit/connection.h"
#include "core/buildkit/session.h"
#include "core/frontend/gateway.h"
#include "core/term/build_status.h"

namespace buildkit {

/// One exporter: "image", "oci", "docker", "tar" or "local", with BuildKit's own attributes.
struct Export {
  std::string type;
  std::map<std::string, std::string> attributes;
  ExportTarget target;  ///< for all but "image"
};

/// "registry", "local", "inline" …, with BuildKit's own attributes.
struct CacheEntry {
  std::string type;
  std::map<std::string, std::string> attributes;
};

struct BuildRequest {
  std::vector<Export> exports;
  std::vector<LocalDirectory> directories;
  std::function<std::optional<Credentials>(const std::string& host)> credentials;
  std::map<std::string, std::string> secrets;
  std::map<std::string, std::filesystem::path> ssh;           ///< agents' sockets by id
  std::map<std::string, std::shared_ptr<BlobStore>> layouts;  ///< that "oci-layout://NAME@…" reads from
  std::string shared_key;
  std::map<std::string, std::string> frontend_attributes;  ///< "attest:provenance", "build-arg:SOURCE_DATE_EPOCH" …
  std::vector<CacheEntry> cache_exports, cache_imports;
  std::vector<std::string> entitlements;  ///< "network.host" …
};

struct BuildResponse {
  std::map<std::string, std::string> exporter;  ///< all exporters' answers in one map, the later one wins
  SessionCounters session;

  /// "containerimage.digest": of the index when there is one. Throws corrupt if it is malformed.
  std::optional<base::Digest> image_digest() const;
};

/// Unavailable: the engine, or the way to it, is gone in mid-build, and the build itself is not to blame.
class EngineLost : public base::Error {
 public:
  explicit EngineLost(base::Error error) : base::Error(std::move(error)) {}
};

/// Makes the graph and says what the result is. Throws base::Error to end the build.
using Frontend = std::function<frontend::Result(frontend::Gateway&)>;

/// One build on the engine: opens a session, runs `frontend` against the engine on the calling thread, exports its
/// result, and closes the session. `status` is called from another thread, never after build has returned.
/// When `stop` is requested, every call in flight is cancelled, so that running steps end on the engine too, and
/// Kind::cancelled is thrown, within 5 seconds.
/// Throws what `frontend` throws, else: failed (a step or an export; the failing vertex and the exit code in the
/// notes), denied, EngineLost (it or the session is gone), unavailable, unsupported (no such exporter), invalid.
BuildResponse build(const Connection& connection, const BuildRequest& request, const Frontend& frontend,
                    term::StatusSink& status, std::stop_token stop);

}  // namespace buildkit
