#include "core/buildkit/connection.h"

#include <grpc/support/log.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/create_channel_posix.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <optional>

#include "control.grpc.pb.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/buildkit/dial.h"
#include "core/buildkit/rpc_error.h"
#include "core/buildkit/tls_greeting.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;
namespace control = moby::buildkit::v1;

grpc::ChannelArguments channel_arguments() {
  grpc::ChannelArguments out;
  // A failed step's details come in the trailer, several KiB of them; gRPC refuses more than 8 KiB unless told.
  out.SetInt(GRPC_ARG_MAX_METADATA_SIZE, 4 << 20);
  out.SetMaxReceiveMessageSize(-1);
  out.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Go servers drop clients that ping more often than they like.
  out.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  return out;
}

std::shared_ptr<grpc::Channel> open_tls(const Endpoint& endpoint) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = endpoint.tls().ca;
  options.pem_cert_chain = endpoint.tls().cert;
  options.pem_private_key = endpoint.tls().key;
  grpc::ChannelArguments arguments = channel_arguments();
  if (!endpoint.tls().server_name.empty()) arguments.SetSslTargetNameOverride(endpoint.tls().server_name);
  bool ipv6 = endpoint.host().find(':') != std::string::npos;
  std::string host = ipv6 ? "[" + endpoint.host() + "]" : endpoint.host();
  return grpc::CreateCustomChannel("dns:///" + host + ":" + std::to_string(endpoint.port()),
                                   grpc::SslCredentials(options), arguments);
}

std::shared_ptr<grpc::Channel> open_channel(const Endpoint& endpoint, const std::stop_token& stop, Deadline deadline) {
  // With TLS too: what is wrong is told sooner, and more clearly, by the socket and by OpenSSL than by gRPC.
  base::Fd fd = dial(endpoint, stop, deadline);
  if (!endpoint.tls().empty()) {
    try_tls(std::move(fd), endpoint, stop, deadline);
    return open_tls(endpoint);
  }
  if (endpoint.kind() == Endpoint::Kind::docker) upgrade_to_http2(fd.get(), endpoint, "/grpc", {}, stop, deadline);
  return grpc::CreateCustomInsecureChannelFromFd("localhost", fd.release(), channel_arguments());
}

/// Why an engine that was reached did not answer `Info`.
Error hello_error(const Endpoint& endpoint, const grpc::Status& status) {
  std::string at = base::quoted(endpoint.text()), text = status.error_message();
  auto says = [&](std::string_view piece) { return text.find(piece) != std::string::npos; };
  switch (status.error_code()) {
    case grpc::StatusCode::UNIMPLEMENTED:
      if (says("http") || says("HTTP")) break;  // gRPC's words for a web server's 404
      return Error(Kind::unsupported, "the BuildKit engine at " + at + " is too old: it cannot say its version")
          .fix("use BuildKit 0.13 or newer (Docker Engine 26 or newer)");
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return Error(Kind::unavailable, "the BuildKit engine at " + at + " accepts connections but does not answer")
          .fix("see the daemon's log; a daemon that wants TLS needs ca_cert, cert and key");
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED:
      return Error(Kind::denied, "the BuildKit engine at " + at + " refuses us: " + base::printable(text));
    default:
      break;
  }
  if (says("http1.x") || says("HTTP") || says("http"))
    return Error(Kind::unsupported, "what listens at " + at + " is no BuildKit engine, but some web server")
        .note(base::printable(text))
        .fix("correct source.buildkit.address");
  return Error(Kind::unavailable, "what listens at " + at + " ends the connection, or is no BuildKit engine")
      .note(base::printable(text))
      .fix(
          "correct source.buildkit.address, or see the daemon's log; a daemon that wants TLS needs ca_cert, cert and "
          "key");
}

/// nullopt for one whose name is none.
std::optional<name::Platform> to_platform(const pb::Platform& platform) {
  try {
    return name::Platform::make(platform.os(), platform.architecture(), platform.variant());
  } catch (const Error&) {
    return std::nullopt;
  }
}

template <class Request, class Response>
grpc::Status call(control::Control::Stub& stub,
                  grpc::Status (control::Control::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  Response& response, const std::stop_token& stop, std::chrono::system_clock::time_point until) {
  grpc::ClientContext context;
  context.set_deadline(until);
  std::stop_callback cancel(stop, [&] { context.TryCancel(); });
  return (stub.*method)(&context, Request(), &response);
}

Engine hello(const Endpoint& endpoint, const std::shared_ptr<grpc::Channel>& channel, const std::stop_token& stop,
             Deadline deadline) {
  auto stub = control::Control::NewStub(channel);
  auto until = std::chrono::system_clock::now() + (deadline - std::chrono::steady_clock::now());
  control::InfoResponse info;
  control::ListWorkersResponse workers;
  grpc::Status status = call(*stub, &control::Control::Stub::Info, info, stop, until);
  if (status.ok()) status = call(*stub, &control::Control::Stub::ListWorkers, workers, stop, until);
  if (stop.stop_requested())
    throw Error(Kind::cancelled, "stopped while connecting to the BuildKit engine at " + base::quoted(endpoint.text()));
  if (!status.ok()) throw hello_error(endpoint, status);

  Engine out;
  out.version = base::printable(info.buildkitversion().version());
  for (const auto& worker : workers.record())
    for (const auto& platform : worker.platforms()) {
      auto known = to_platform(platform);
      if (known && std::find(out.platforms.begin(), out.platforms.end(), *known) == out.platforms.end())
        out.platforms.push_back(*std::move(known));
    }
  return out;
}

}  // namespace

Connection::Connection(Endpoint endpoint, std::stop_token stop, std::chrono::milliseconds patience)
    : endpoint_(std::move(endpoint)) {
  // gRPC logs to stderr what it also returns as a status.
  gpr_set_log_verbosity(static_cast<gpr_log_severity>(GPR_LOG_SEVERITY_ERROR + 1));
  Deadline deadline = std::chrono::steady_clock::now() + patience;
  channel_ = open_channel(endpoint_, stop, deadline);
  engine_ = hello(endpoint_, channel_, stop, deadline);
}

Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;

}  // namespace buildkit
