#pragma once

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "control.grpc.pb.h"
#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "gateway.grpc.pb.h"

namespace fake {

namespace control = moby::buildkit::v1;
namespace bridge = moby::buildkit::v1::frontend;

/// An engine for faults that real ones do not have at hand: it does what its functions say, on a socket of its own.
/// By default it greets, runs a build until Return, and keeps sessions open.
class Engine {
 public:
  std::function<grpc::Status(control::InfoResponse&)> info = [](control::InfoResponse& reply) {
    reply.mutable_buildkitversion()->set_version("v0.0.0+fake");
    return grpc::Status::OK;
  };
  std::function<grpc::Status(grpc::ServerContext&, control::SolveResponse&)> solve =
      [this](grpc::ServerContext& context, control::SolveResponse&) {
        wait_until([&] { return returned.load() || context.IsCancelled(); });
        return returned ? grpc::Status::OK : grpc::Status::CANCELLED;
      };
  std::function<grpc::Status(grpc::ServerContext&)> bridge_solve = [](grpc::ServerContext&) {
    return grpc::Status::OK;
  };
  using SessionStream = grpc::ServerReaderWriter<control::BytesMessage, control::BytesMessage>;
  std::function<void(grpc::ServerContext&, SessionStream&)> session = [](grpc::ServerContext&, SessionStream& stream) {
    control::BytesMessage message;
    while (stream.Read(&message)) {
    }
  };
  std::function<void(grpc::ServerWriter<control::StatusResponse>&)> status =
      [](grpc::ServerWriter<control::StatusResponse>&) {};
  std::vector<std::string> capabilities = {"exporter.multiple"};
  std::string returned_error;
  std::atomic<bool> returned = false;
  std::atomic<int> cancelled = 0;  ///< bridge solves that saw their end

  explicit Engine(std::shared_ptr<grpc::ServerCredentials> credentials = nullptr)
      : directory_("engine"), control_(*this), bridge_(*this), credentials_(std::move(credentials)) {}
  ~Engine() { stop(); }

  /// Listens on a socket, or with credentials on a port of loopback.
  void start() {
    grpc::ServerBuilder builder;
    if (credentials_)
      builder.AddListeningPort("127.0.0.1:0", credentials_, &port_);
    else
      builder.AddListeningPort("unix:" + path(), grpc::InsecureServerCredentials());
    builder.RegisterService(&control_);
    builder.RegisterService(&bridge_);
    // A step's error details are larger than gRPC's own limit.
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 1 << 20);
    server_ = builder.BuildAndStart();
    if (!server_) throw std::runtime_error("the fake engine does not start");
  }
  void stop() {
    stopping_ = true;
    if (server_) server_->Shutdown(std::chrono::system_clock::now());
    server_.reset();
  }

  std::string path() const { return (directory_.path() / "engine.sock").string(); }
  std::string address() const { return "unix://" + path(); }
  int port() const { return port_; }

  void wait_until(const std::function<bool()>& done) const {
    while (!done() && !stopping_) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

 private:
  struct Control final : control::Control::Service {
    explicit Control(Engine& owner) : engine(owner) {}
    grpc::Status Info(grpc::ServerContext*, const control::InfoRequest*, control::InfoResponse* reply) override {
      return engine.info(*reply);
    }
    grpc::Status ListWorkers(grpc::ServerContext*, const control::ListWorkersRequest*,
                             control::ListWorkersResponse* reply) override {
      auto* platform = reply->add_record()->add_platforms();
      platform->set_os("linux");
      platform->set_architecture("amd64");
      return grpc::Status::OK;
    }
    grpc::Status Solve(grpc::ServerContext* context, const control::SolveRequest*,
                       control::SolveResponse* reply) override {
      return engine.solve(*context, *reply);
    }
    grpc::Status Status(grpc::ServerContext*, const control::StatusRequest*,
                        grpc::ServerWriter<control::StatusResponse>* writer) override {
      engine.status(*writer);
      return grpc::Status::OK;
    }
    grpc::Status Session(grpc::ServerContext* context, SessionStream* stream) override {
      engine.session(*context, *stream);
      return grpc::Status::OK;
    }
    Engine& engine;
  };
  struct Bridge final : bridge::LLBBridge::Service {
    explicit Bridge(Engine& owner) : engine(owner) {}
    grpc::Status Ping(grpc::ServerContext*, const bridge::PingRequest*, bridge::PongResponse* reply) override {
      for (const std::string& id : engine.capabilities) {
        auto* capability = reply->add_llbcaps();
        capability->set_id(id);
        capability->set_enabled(true);
      }
      return grpc::Status::OK;
    }
    grpc::Status Solve(grpc::ServerContext* context, const bridge::SolveRequest*, bridge::SolveResponse*) override {
      grpc::Status status = engine.bridge_solve(*context);
      if (context->IsCancelled()) engine.cancelled++;
      return status;
    }
    grpc::Status Return(grpc::ServerContext*, const bridge::ReturnRequest* request, bridge::ReturnResponse*) override {
      engine.returned_error = request->error().message();
      engine.returned = true;
      return grpc::Status::OK;
    }
    Engine& engine;
  };

  base::TemporaryDirectory directory_;
  Control control_;
  Bridge bridge_;
  std::shared_ptr<grpc::ServerCredentials> credentials_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
};

/// A socket whose every visitor is handed to a function on a thread: for servers that are no engine at all.
class Listener {
 public:
  using Visit = std::function<void(int)>;
  explicit Listener(Visit visit) : directory_("listener"), visit_(std::move(visit)) {
    socket_ = base::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un name = address_of(path());
    if (::bind(socket_.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) != 0 || ::listen(socket_.get(), 8) != 0)
      throw std::runtime_error("cannot listen");
    thread_ = std::thread([this] {
      for (;;) {
        base::Fd visitor(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!visitor) return;
        visits_.emplace_back([this, fd = std::move(visitor)] { visit_(fd.get()); });
      }
    });
  }
  ~Listener() {
    ::shutdown(socket_.get(), SHUT_RDWR);
    thread_.join();
    for (auto& visit : visits_) visit.join();
  }

  std::string path() const { return (directory_.path() / "socket").string(); }
  static sockaddr_un address_of(const std::string& path) {
    sockaddr_un out{};
    out.sun_family = AF_UNIX;
    path.copy(out.sun_path, sizeof out.sun_path - 1);
    return out;
  }

 private:
  base::TemporaryDirectory directory_;
  Visit visit_;
  base::Fd socket_;
  std::thread thread_;
  std::vector<std::thread> visits_;
};

/// Stands between a client and an engine's socket, until it cuts all connections at once, as a dying engine does.
class Relay {
 public:
  explicit Relay(std::string target) : target_(std::move(target)), listener_([this](int fd) { relay(fd); }) {}
  ~Relay() { cut(); }

  std::string address() const { return "unix://" + listener_.path(); }
  void cut() { cut_ = true; }

 private:
  void relay(int client) {
    base::Fd engine(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un name = Listener::address_of(target_);
    if (::connect(engine.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) != 0) return;
    pollfd both[2] = {{client, POLLIN, 0}, {engine.get(), POLLIN, 0}};
    while (!cut_) {
      ::poll(both, 2, 10);
      for (int i = 0; i < 2; i++) {
        if (both[i].revents == 0) continue;
        char buffer[4096];
        ssize_t n = ::recv(both[i].fd, buffer, sizeof buffer, 0);
        if (n <= 0) return;
        if (::send(both[1 - i].fd, buffer, static_cast<std::size_t>(n), MSG_NOSIGNAL) != n) return;
      }
    }
  }

  std::string target_;
  std::atomic<bool> cut_ = false;
  Listener listener_;
};

}  // namespace fake
