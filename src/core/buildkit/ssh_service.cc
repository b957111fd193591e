#include "core/buildkit/ssh_service.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "core/base/fd.h"
#include "core/base/text.h"

namespace buildkit {
namespace {

namespace wire = moby::sshforward::v1;

grpc::Status no_agent(const std::string& id) {
  return {grpc::StatusCode::NOT_FOUND, "no ssh agent " + base::quoted(id)};
}

/// Invalid when nobody listens there.
base::Fd connect_to(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof address.sun_path) return {};
  std::memcpy(address.sun_path, path.c_str(), path.native().size());
  base::Fd out(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (out && ::connect(out.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  return out;
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

grpc::Status SshService::CheckAgent(grpc::ServerContext*, const wire::CheckAgentRequest* request,
                                    wire::CheckAgentResponse*) {
  const std::string id = request->id().empty() ? "default" : request->id();
  return sockets_.contains(id) ? grpc::Status::OK : no_agent(id);
}

grpc::Status SshService::ForwardAgent(grpc::ServerContext* context,
                                      grpc::ServerReaderWriter<wire::BytesMessage, wire::BytesMessage>* stream) {
  std::string id = "default";
  auto named = context->client_metadata().find("buildkit.ssh.id");
  if (named != context->client_metadata().end() && !named->second.empty())
    id.assign(named->second.data(), named->second.size());
  auto found = sockets_.find(id);
  if (found == sockets_.end()) return no_agent(id);
  base::Fd agent = connect_to(found->second);
  if (!agent) return {grpc::StatusCode::UNAVAILABLE, "ssh agent " + base::quoted(id) + " does not answer"};

  std::thread answers([&] {
    char buffer[32 << 10];
    for (;;) {
      ssize_t got = ::recv(agent.get(), buffer, sizeof buffer, 0);
      if (got < 0 && errno == EINTR) continue;
      wire::BytesMessage message;
      if (got > 0) message.set_data(buffer, static_cast<std::size_t>(got));
      if (got <= 0 || !stream->Write(message)) break;
    }
    // An agent that has hung up has no more to say: without this the engine would wait for it.
    context->TryCancel();
  });
  wire::BytesMessage message;
  while (stream->Read(&message) && send_all(agent.get(), message.data())) {
  }
  ::shutdown(agent.get(), SHUT_RDWR);
  answers.join();
  return grpc::Status::OK;
}

}  // namespace buildkit
