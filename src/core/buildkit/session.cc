#include "core/buildkit/session.h"

#include <fcntl.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_posix.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>

#include "core/base/digest.h"
#include "core/buildkit/content_service.h"
#include "core/buildkit/credentials_service.h"
#include "core/buildkit/dial.h"
#include "core/buildkit/file_send.h"
#include "core/buildkit/file_sync.h"
#include "core/buildkit/hangup_watch.h"
#include "core/buildkit/health.h"
#include "core/buildkit/secrets_service.h"
#include "core/buildkit/ssh_service.h"
#include "core/buildkit/tunnel.h"

namespace buildkit {
namespace {

bool receives(const std::vector<ExportTarget>& targets) {
  for (const ExportTarget& target : targets)
    if (target.fd >= 0 || !target.directory.empty()) return true;
  return false;
}

}  // namespace

using Headers = std::vector<std::pair<std::string, std::string>>;
using Lost = std::function<void(base::Error)>;

struct Session::State {
  State(SessionOptions options)
      : id(base::random_hex(16)),
        file_sync(options.directories, counters, problem),
        file_send(options.exports, problem),
        credentials(std::move(options.credentials), problem),
        secrets(std::move(options.secrets)),
        ssh(options.ssh),
        content(options.stores, problem),
        health(health_service()) {
    // The methods that exist, by name: one that is not in the list counts as missing, even when it is served.
    methods = {health.path(), "/moby.filesync.v1.Auth/Credentials", "/moby.buildkit.secrets.v1.Secrets/GetSecret"};
    if (!options.directories.empty()) methods.push_back(file_sync.service().path());
    if (receives(options.exports)) methods.push_back(file_send.service().path());
    if (!options.ssh.empty())
      for (const char* method : {"CheckAgent", "ForwardAgent"})
        methods.push_back(std::string("/moby.sshforward.v1.SSH/") + method);
    if (!options.stores.empty())
      methods.insert(methods.end(), ContentService::methods().begin(), ContentService::methods().end());
  }

  std::unique_ptr<grpc::Server> serve(int socket) {
    grpc::ServerBuilder builder;
    for (grpc::Service* each :
         {static_cast<grpc::Service*>(&file_sync.service()), static_cast<grpc::Service*>(&file_send.service()),
          static_cast<grpc::Service*>(&credentials), static_cast<grpc::Service*>(&secrets),
          static_cast<grpc::Service*>(&ssh), static_cast<grpc::Service*>(&content),
          static_cast<grpc::Service*>(&health)})
      builder.RegisterService(each);
    builder.SetMaxReceiveMessageSize(32 << 20);
    // Patterns of a long .dockerignore come as request headers.
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 4 << 20);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
    builder.SetResourceQuota(grpc::ResourceQuota("session").Resize(48 << 20));
    auto out = builder.BuildAndStart();
    if (!out) throw base::Error(base::Kind::failed, "cannot start the session's gRPC server");
    grpc::AddInsecureChannelFromFd(out.get(), socket);
    return out;
  }

  /// Over a stream of the connection: what every engine can do.
  void open_tunnel(const Connection& connection, const Headers& headers, Lost lost) {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
      throw base::errno_error("open a socket pair", errno);
    base::Fd ours(pair[0]), server_side(pair[1]);
    int buffer_bytes = 1 << 20;
    for (int fd : pair) ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
    ::fcntl(server_side.get(), F_SETFL, O_NONBLOCK);
    server = serve(server_side.release());
    tunnel = std::make_unique<Tunnel>(connection.channel(), headers, std::move(ours), std::move(lost));
  }

  /// Over a connection of its own, which spares both sides one gRPC within the other: a Docker Engine lets us.
  void open_directly(const Endpoint& endpoint, const Headers& headers, Lost lost) {
    Deadline deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    base::Fd socket = dial(endpoint, {}, deadline);
    upgrade_to_http2(socket.get(), endpoint, "/session", headers, {}, deadline);
    watch = std::make_unique<HangupWatch>(socket.get(), [lost = std::move(lost)] { lost(session_ended()); });
    server = serve(socket.release());
  }

  std::string id;
  TransferCounters counters;
  FirstProblem problem;
  FileSync file_sync;
  FileSend file_send;
  CredentialsService credentials;
  SecretsService secrets;
  SshService ssh;
  ContentService content;
  RawService health;
  std::vector<std::string> methods;
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<Tunnel> tunnel;
  std::unique_ptr<HangupWatch> watch;
};

Session::Session(const Connection& connection, SessionOptions options, std::function<void(base::Error)> lost) {
  Headers headers = {{"x-docker-expose-session-name", "estaleiro"},
                     {"x-docker-expose-session-sharedkey", options.shared_key}};
  state_ = std::make_unique<State>(std::move(options));
  headers.emplace_back("x-docker-expose-session-uuid", state_->id);
  for (const std::string& method : state_->methods) headers.emplace_back("x-docker-expose-session-grpc-method", method);
  Lost ended = [&content = state_->content, lost = std::move(lost)](base::Error error) {
    if (lost) lost(std::move(error));
    content.abandon();
  };
  if (connection.endpoint().kind() == Endpoint::Kind::docker)
    state_->open_directly(connection.endpoint(), headers, std::move(ended));
  else
    state_->open_tunnel(connection, headers, std::move(ended));
}

Session::~Session() { close(); }

const std::string& Session::id() const { return state_->id; }

SessionCounters Session::counters() const {
  return {state_->counters.entries, state_->counters.files, state_->counters.bytes};
}

std::optional<base::Error> Session::problem() const { return state_->problem.get(); }

void Session::close() {
  if (!state_->server) return;
  // An engine answers the end of our side with the end of its own.
  state_->watch.reset();
  if (state_->tunnel) state_->tunnel->expect_end();
  // gRPC cancels a call, but waits for what the call is doing.
  state_->content.abandon();
  // Calls under way get a moment; what is left then is cancelled.
  state_->server->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(500));
  if (state_->tunnel) state_->tunnel->close();
  state_->server.reset();
}

}  // namespace buildkit
