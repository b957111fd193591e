#include "core/buildkit/ssh_service.h"

#include <doctest/doctest.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "core/buildkit/key_agent.h"
#include "tests/support/error_text.h"

namespace {

namespace wire = moby::sshforward::v1;

/// An agent that answers "<request>!" and hangs up after "bye".
class Agent {
 public:
  Agent() : path_(directory_.path() / "agent"), listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, path_.c_str());
    REQUIRE(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener_.get(), 1) == 0);
    thread_ = std::thread([this] {
      base::Fd client(::accept(listener_.get(), nullptr, nullptr));
      char buffer[100];
      for (ssize_t got; (got = ::read(client.get(), buffer, sizeof buffer)) > 0;) {
        std::string answer(buffer, static_cast<std::size_t>(got));
        if (answer == "bye") break;
        answer += "!";
        if (::write(client.get(), answer.data(), answer.size()) < 0) break;
      }
    });
  }
  ~Agent() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  base::TemporaryDirectory directory_{"estaleiro-test"};
  std::filesystem::path path_;
  base::Fd listener_;
  std::thread thread_;
};

using Sockets = std::map<std::string, std::filesystem::path>;

/// The service as an engine reaches it.
struct Engine {
  explicit Engine(Sockets sockets) : service(std::move(sockets)) {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service);
    server = builder.BuildAndStart();
    stub = wire::SSH::NewStub(server->InProcessChannel({}));
  }
  ~Engine() { server->Shutdown(); }
  grpc::StatusCode check(const std::string& id) {
    grpc::ClientContext context;
    wire::CheckAgentRequest request;
    request.set_id(id);
    wire::CheckAgentResponse reply;
    return stub->CheckAgent(&context, request, &reply).error_code();
  }
  buildkit::SshService service;
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<wire::SSH::Stub> stub;
};

constexpr char key[] = R"(-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACB3S0wJcU8vQ0cV9Yx7c0oyq0c1c2p2K0pIVWJ0b2tlbgAAAJAAAAAAAAAA
-----END OPENSSH PRIVATE KEY-----
)";

}  // namespace

TEST_CASE("an engine finds the agents that there are, 'default' where it names none") {
  Agent agent;
  Engine engine(Sockets{{"default", agent.path()}, {"gone", "/nowhere/agent"}});
  CHECK(engine.check("") == grpc::StatusCode::OK);
  CHECK(engine.check("default") == grpc::StatusCode::OK);
  CHECK(engine.check("other") == grpc::StatusCode::NOT_FOUND);

  grpc::ClientContext context;
  auto stream = engine.stub->ForwardAgent(&context);
  wire::BytesMessage message;
  for (const char* text : {"one", "two"}) {
    message.set_data(text);
    REQUIRE(stream->Write(message));
    REQUIRE(stream->Read(&message));
    CHECK(message.data() == std::string(text) + "!");
  }
  // The agent hangs up: the call ends, although the engine has not closed its side.
  message.set_data("bye");
  stream->Write(message);
  CHECK(!stream->Read(&message));
  CHECK(!stream->Finish().ok());
}

TEST_CASE("an agent that is not there, or does not answer, ends the call") {
  Engine engine(Sockets{{"gone", "/nowhere/agent"}});
  for (const auto& [id, code] :
       {std::pair("gone", grpc::StatusCode::UNAVAILABLE), std::pair("other", grpc::StatusCode::NOT_FOUND)}) {
    grpc::ClientContext context;
    context.AddMetadata("buildkit.ssh.id", id);
    auto stream = engine.stub->ForwardAgent(&context);
    wire::BytesMessage message;
    CHECK(!stream->Read(&message));
    CHECK(stream->Finish().error_code() == code);
  }
}

TEST_CASE("what is no key is refused, and its agent goes") {
  for (const char* text : {"this is no key", key})
    CHECK(support::error_text([&] { buildkit::KeyAgent agent(text, "params.ssh.default"); }) ==
          "params.ssh.default is no private key that ssh-add takes\n"
          "  fix: give an OpenSSH or PEM private key without a passphrase");
}
