#pragma once

#include <grpcpp/channel.h>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/buildkit/build.h"
#include "core/buildkit/calls.h"
#include "core/buildkit/rpc_error.h"
#include "core/frontend/gateway.h"
#include "gateway.grpc.pb.h"

namespace buildkit {

/// The engine's bridge for frontends (moby.buildkit.v1.frontend.LLBBridge) as a Gateway: on a Control connection, where
/// the build is named with every call, and inside the daemon.
class GatewayHost final : public frontend::Gateway {
 public:
  struct Options {
    std::string build_id;  ///< the Ref of the Control.Solve that this belongs to; empty inside the daemon
    std::string session_id;
    std::vector<name::Platform> platforms;  ///< that the engine runs
    std::string address;
    std::vector<CacheEntry> cache_imports = {};  ///< repeated in every solve: the engine does not hand them down
  };

  /// Asks the engine for its capabilities. Borrows `calls`, which cancels what is under way here.
  GatewayHost(const std::shared_ptr<grpc::Channel>& channel, Calls& calls, Options options, VertexNames names);

  const std::set<std::string>& capabilities() const override { return capabilities_; }
  std::string session_id() const override { return options_.session_id; }
  std::vector<name::Platform> platforms() const override { return options_.platforms; }
  std::string address() const override { return options_.address; }
  frontend::ResolvedImage resolve_image(const std::string& reference, const name::Platform& platform,
                                        ResolveMode mode) override;
  frontend::ResolvedImage resolve_layout(const std::string& reference, const std::string& store,
                                         const name::Platform& platform) override;
  frontend::SolveResult solve(const frontend::SolveRequest& request) override;
  std::optional<std::string> read_file(const frontend::Ref& ref, const std::string& path,
                                       std::uint64_t max_bytes) override;
  bool read_pieces(const frontend::Ref& ref, const std::string& path,
                   const std::function<void(std::string_view)>& take) override;
  std::optional<std::vector<frontend::FileInfo>> read_directory(const frontend::Ref& ref,
                                                                const std::string& path) override;
  std::optional<frontend::FileInfo> stat(const frontend::Ref& ref, const std::string& path) override;
  void warn(const std::string& vertex, const std::string& text, const std::string& detail) override;
  void warn_at(const llb::SourcePlace& place, const std::string& text, const std::string& detail) override;
  std::map<std::string, llb::Definition> inputs() override;

  void set_cache_imports(std::vector<CacheEntry> imports) { options_.cache_imports = std::move(imports); }

  /// Ends the frontend's part, once, with a result or with the reason why there is none. What the engine itself said
  /// of a failed step goes back to it, and the places of a frontend::LocatedError, so that clients show the lines.
  void return_result(const frontend::Result& result);
  void return_error(const base::Error& error);

 private:
  using Bridge = moby::buildkit::v1::frontend::LLBBridge;
  template <class Request, class Reply>
  using Method = grpc::Status (Bridge::Stub::*)(grpc::ClientContext*, const Request&, Reply*);

  frontend::ResolvedImage resolve(moby::buildkit::v1::frontend::ResolveImageConfigRequest request,
                                  const name::Platform& platform);
  template <class Request, class Reply>
  grpc::Status try_call(Method<Request, Reply> method, const Request& request, Reply& reply);
  template <class Request, class Reply>
  Reply call(Method<Request, Reply> method, const Request& request, const std::string& doing);
  base::Error error_of(const grpc::Status& status, const std::string& doing);
  /// Less than `length` bytes only at the end of the file; nullopt when there is no such file.
  std::optional<std::string> read_range(const frontend::Ref& ref, const std::string& path, std::uint64_t offset,
                                        std::uint64_t length);

  std::unique_ptr<Bridge::Stub> stub_;
  Calls& calls_;
  Options options_;
  VertexNames names_;
  std::set<std::string> capabilities_;
  std::mutex mutex_;
  std::map<std::string, std::string> details_;  ///< of failed calls: google.rpc.Status, by the error's excerpt
};

}  // namespace buildkit
