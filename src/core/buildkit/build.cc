#include "core/buildkit/build.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "control.grpc.pb.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/buildkit/build_message.h"
#include "core/buildkit/calls.h"
#include "core/buildkit/exported_layout.h"
#include "core/buildkit/gateway_host.h"
#include "core/buildkit/rpc_error.h"
#include "core/buildkit/status_message.h"
#include "core/buildkit/vertex_names.h"
#include "core/json/decode.h"
#include "core/oci/layout.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;
namespace control = moby::buildkit::v1;

/// How long the engine is given to end something by itself before its call is cancelled. Two of them and the session's
/// end fit in the 5 seconds that a stopped build may take.
constexpr auto grace = std::chrono::milliseconds(1500);

/// A thread whose end can be waited for with a limit.
class Task {
 public:
  template <class Body>
  explicit Task(Body body)
      : thread_([this, body = std::move(body)] {
          body();
          std::lock_guard lock(mutex_);
          ended_ = true;
          changed_.notify_all();
        }) {}
  ~Task() { thread_.join(); }

  bool wait_for(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [&] { return ended_; });
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::thread thread_;
};

/// What the engine says of its cache, "cache.manifest". Throws corrupt.
oci::Descriptor parse_cache_manifest(const std::string& text) {
  try {
    const json::Value parsed = json::parse(text, "descriptor");
    return oci::decode_descriptor(json::Object(parsed, "descriptor"));
  } catch (const Error& error) {
    throw Error(Kind::corrupt, "the engine describes its cache wrongly: " + error.message());
  }
}

/// One build: the frontend runs on the calling thread, the engine's Solve and its status stream on one each.
class Build {
 public:
  Build(const Connection& connection, const BuildRequest& request, term::StatusSink& sink)
      : connection_(connection),
        request_(request),
        sink_(sink),
        imports_(resolved_imports(request)),
        stub_(control::Control::NewStub(connection.channel())),
        session_(connection, session_options(request), [this](Error error) { calls_.lose(std::move(error)); }) {}

  BuildResponse run(const Frontend& frontend, const std::stop_token& stop) {
    std::stop_callback on_stop(stop, [this] { calls_.cancel(Error(Kind::cancelled, "the build was stopped")); });
    std::optional<Error> frontend_error;
    {
      Task status([this] { follow_status(); });
      Task solve([this] { this->solve(); });
      frontend_error = run_frontend(frontend);
      // The engine ends the build when it is told of the error; if not, it did not hear of it.
      if (frontend_error && !solve.wait_for(grace)) {
        if (frontend_error->kind() == Kind::cancelled)
          calls_.lose(went_away());
        else
          calls_.cancel(*frontend_error);
      }
      solve.wait();
      if (!status.wait_for(grace)) status_calls_.cancel(Error(Kind::cancelled, "the build is over"));
    }
    session_.close();
    if (frontend_error || !solve_status_.ok()) {
      Error error = outcome(frontend_error, stop.stop_requested());
      if (calls_.lost() && error.kind() == Kind::unavailable) throw EngineLost(std::move(error));
      throw error;
    }
    finish_layouts();
    return {exporter_, session_.counters()};
  }

 private:
  void follow_status() {
    Calls::Call call(status_calls_);
    control::StatusRequest request;
    request.set_ref(ref_);
    auto stream = stub_->Status(&call.context(), request);
    control::StatusResponse message;
    try {
      while (stream->Read(&message)) {
        term::BuildStatus status = to_status(message);
        names_.learn(status);
        sink_.status(status);
      }
    } catch (const std::exception& error) {
      calls_.cancel(Error(Kind::failed, error.what()).note("while showing the build's progress"));
      call.context().TryCancel();
    }
    stream->Finish();  // what went wrong, Solve says better
  }

  void solve() {
    Calls::Call call(calls_);
    control::SolveResponse reply;
    solve_status_ = stub_->Solve(&call.context(), solve_message(request_, imports_, ref_, session_.id()), &reply);
    exporter_.insert(reply.exporterresponse().begin(), reply.exporterresponse().end());
    if (solve_status_.ok()) return;
    // Refused or ended early: calls of the frontend would wait for a build that is not there.
    // Of a build that it gave up an engine tells more than that.
    if (solve_status_.error_code() == grpc::StatusCode::CANCELLED && solve_status_.error_details().empty())
      return calls_.lose(went_away());
    Error error = rpc_error(solve_status_, "", names_.lookup());
    engine_gone(solve_status_) ? calls_.lose(std::move(error)) : calls_.cancel(std::move(error));
  }

  /// The error that ended the frontend by itself, as opposed to one that only says that the build was ended.
  std::optional<Error> run_frontend(const Frontend& frontend) {
    std::unique_ptr<GatewayHost> host;
    try {
      host = std::make_unique<GatewayHost>(connection_.channel(), calls_,
                                           GatewayHost::Options{.build_id = ref_,
                                                                .session_id = session_.id(),
                                                                .platforms = connection_.engine().platforms,
                                                                .address = connection_.endpoint().text(),
                                                                .cache_imports = imports_},
                                           names_.lookup());
      if (!request_.exports.empty() && !host->capabilities().contains("exporter.multiple"))
        throw Error(Kind::unsupported, "the BuildKit engine at " + base::quoted(connection_.endpoint().text()) +
                                           " is too old (" + connection_.engine().version + ")")
            .fix("use BuildKit 0.13 or newer (Docker Engine 26 or newer)");
      host->return_result(frontend(*host));
      return std::nullopt;
    } catch (const Error& error) {
      if (calls_.cause()) return std::nullopt;
      try {
        if (host) host->return_error(error);
      } catch (const Error&) {
        // The first error is the one to tell.
      }
      return error;
    } catch (const std::exception& error) {
      calls_.cancel(Error(Kind::failed, error.what()));
      return std::nullopt;
    }
  }

  /// Of an engine that cancels what nobody here has cancelled.
  static Error went_away() {
    return Error(Kind::unavailable, "the BuildKit engine went away")
        .note("it cancelled the build")
        .fix("see whether the daemon still runs, and its log");
  }

  Error outcome(const std::optional<Error>& frontend_error, bool stopped) const {
    std::optional<Error> cause = calls_.cause();
    if (cause && cause->kind() == Kind::cancelled && stopped) return *cause;
    // A file that could not be read or written comes back from the engine in a roundabout way.
    if (auto problem = session_.problem()) return *problem;
    // Nobody here has stopped the build: a call of the frontend that was cancelled all the same says nothing.
    if (frontend_error && frontend_error->kind() != Kind::cancelled) return *frontend_error;
    return cause ? *cause : *frontend_error;
  }

  /// The engine sends blobs; the index that names them is ours to write.
  void finish_layouts() const {
    auto image = exporter_.find("containerimage.descriptor"), cache = exporter_.find("cache.manifest");
    for (const Export& each : request_.exports)
      if (is_layout(each) && !each.target.directory.empty() && image != exporter_.end())
        finish_layout(each.target.directory, base::from_base64(image->second), "latest");
    if (cache != exporter_.end()) finish_caches(cache->second);
  }

  /// The answers for several caches have one name, so that only the last one arrives: it is right for all caches where
  /// all are alike.
  void finish_caches(const std::string& answer) const {
    std::string other;
    for (const CacheEntry& each : request_.cache_exports) {
      if (each.type != "local") continue;
      const std::string& directory = each.attributes.at("dest");
      if (oci::LayoutWriter(directory).has(parse_cache_manifest(answer)))
        finish_layout(directory, answer, "latest");
      else
        other = directory;
    }
    if (other.empty()) return;
    throw Error(Kind::unsupported, "the BuildKit engine at " + base::quoted(connection_.endpoint().text()) +
                                       " answers for one cache only, which is not the one in " + base::quoted(other))
        .fix("give all caches of a build the same attributes, or export one cache only");
  }

  const Connection& connection_;
  const BuildRequest& request_;
  term::StatusSink& sink_;
  const std::vector<CacheEntry> imports_;
  const std::string ref_ = base::random_hex(16);
  Calls calls_, status_calls_;
  VertexNameBook names_;
  std::unique_ptr<control::Control::Stub> stub_;
  grpc::Status solve_status_;
  std::map<std::string, std::string> exporter_;
  Session session_;
};

}  // namespace

std::optional<base::Digest> BuildResponse::image_digest() const {
  auto found = exporter.find("containerimage.digest");
  if (found == exporter.end()) return std::nullopt;
  if (!base::Digest::valid(found->second))
    throw Error(Kind::corrupt, "the engine says that the image has the digest " + base::quoted(found->second));
  return base::Digest::parse(found->second);
}

BuildResponse build(const Connection& connection, const BuildRequest& request, const Frontend& frontend,
                    term::StatusSink& status, std::stop_token stop) {
  check(request);
  if (stop.stop_requested()) throw Error(Kind::cancelled, "the build was stopped");
  return Build(connection, request, status).run(frontend, stop);
}

}  // namespace buildkit
