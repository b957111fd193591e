#include "core/buildkit/stdio_gateway.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_posix.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/buildkit/error_message.h"
#include "core/frontend/located_error.h"
#include "gateway.grpc.pb.h"
#include "tests/buildkit/engine.h"
#include "tests/support/error_text.h"

namespace {

namespace wire = moby::buildkit::v1::frontend;

/// The daemon around a frontend: a server of the bridge on one end of a socket, and what it was told.
class Daemon final : public wire::LLBBridge::Service {
 public:
  Daemon() {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) throw std::runtime_error("socketpair");
    ours_ = base::Fd(pair[0]);
    ::fcntl(pair[1], F_SETFL, O_NONBLOCK);
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    grpc::AddInsecureChannelFromFd(server_.get(), pair[1]);
  }
  ~Daemon() override { server_->Shutdown(std::chrono::system_clock::now()); }

  int fd() const { return ours_.get(); }

  grpc::Status Ping(grpc::ServerContext*, const wire::PingRequest*, wire::PongResponse* reply) override {
    auto* capability = reply->add_frontendapicaps();
    capability->set_id("readdir");
    capability->set_enabled(true);
    reply->add_frontendapicaps()->set_id("disabled");
    return grpc::Status::OK;
  }
  grpc::Status Solve(grpc::ServerContext* context, const wire::SolveRequest* request,
                     wire::SolveResponse* reply) override {
    solved = *request;
    if (hangs) {
      std::unique_lock lock(mutex_);
      started_ = true;
      changed_.notify_all();
      while (!context->IsCancelled()) changed_.wait_for(lock, std::chrono::milliseconds(10));
      return {grpc::StatusCode::CANCELLED, "the daemon ends"};
    }
    if (!failure_details.empty()) return {grpc::StatusCode::UNKNOWN, "step failed", failure_details};
    reply->mutable_result()->mutable_ref()->set_id("ref1");
    return grpc::Status::OK;
  }
  grpc::Status Return(grpc::ServerContext*, const wire::ReturnRequest* request, wire::ReturnResponse*) override {
    returned = *request;
    return grpc::Status::OK;
  }

  grpc::Status Warn(grpc::ServerContext*, const wire::WarnRequest* request, wire::WarnResponse*) override {
    warned = *request;
    return grpc::Status::OK;
  }
  grpc::Status Inputs(grpc::ServerContext*, const wire::InputsRequest*, wire::InputsResponse* reply) override {
    (*reply->mutable_definitions())["base"].add_def("op");
    return grpc::Status::OK;
  }

  /// Waits for a solve to be under way, and ends as a daemon does whose build is cancelled.
  void end_during_solve() {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return started_; });
    }
    server_->Shutdown(std::chrono::system_clock::now());
  }

  bool hangs = false;           ///< solves do not come back before the daemon ends
  std::string failure_details;  ///< when set, solves fail with them
  wire::WarnRequest warned;
  wire::SolveRequest solved;
  wire::ReturnRequest returned;

 private:
  base::Fd ours_;
  std::unique_ptr<grpc::Server> server_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool started_ = false;
};

}  // namespace

TEST_CASE("a frontend in the daemon learns its options from the environment") {
  auto environment = buildkit::FrontendEnvironment::parse(
      {"PATH=/bin", "BUILDKIT_FRONTEND_OPT_1=build-arg:A=b=c", "BUILDKIT_FRONTEND_OPT_0=filename=x",
       "BUILDKIT_FRONTEND_OPT_2=empty=", "BUILDKIT_SESSION_ID=abc", "BUILDKIT_EXPORTEDPRODUCT=docker", "odd"});
  CHECK(environment.options ==
        std::map<std::string, std::string>{{"build-arg:A", "b=c"}, {"filename", "x"}, {"empty", ""}});
  CHECK(environment.session_id == "abc");
  CHECK(environment.product == "docker");
  CHECK(support::error_text([] { buildkit::FrontendEnvironment::parse({"BUILDKIT_FRONTEND_OPT_0=x"}); }) ==
        "environment variable 'BUILDKIT_FRONTEND_OPT_0' holds 'x', not KEY=VALUE");
}

TEST_CASE("a frontend in the daemon builds over its pipes and hands its result back") {
  Daemon daemon;
  buildkit::FrontendEnvironment environment;
  environment.session_id = "abc";
  environment.options["cache-imports"] = R"([{"Type":"registry","Attrs":{"ref":"r/cache"}}])";
  buildkit::run_stdio_frontend(
      daemon.fd(), daemon.fd(), environment, [](frontend::Gateway& gateway, const buildkit::FrontendEnvironment&) {
        CHECK(gateway.session_id() == "abc");
        CHECK(gateway.capabilities() == std::set<std::string>{"readdir"});
        frontend::SolveRequest request;
        request.frontend = "dockerfile.v0";
        request.options = {{"filename", "Dockerfile"}};
        request.inputs["context"] = {};
        frontend::Result result;
        auto image = image_of(gateway.solve(request).ref);
        image.base_config = "{}";
        image.attestations.push_back({image.ref, "/bom.json", "https://spdx.dev/Document", {}});
        result.images.emplace("linux/arm/v7", image);
        result.metadata["source.date.epoch"] = "1";
        return result;
      });
  CHECK(daemon.solved.frontend() == "dockerfile.v0");
  CHECK(daemon.solved.frontendopt().at("filename") == "Dockerfile");
  CHECK(daemon.solved.frontendinputs().contains("context"));
  CHECK(daemon.solved.cacheimports(0).attrs().at("ref") == "r/cache");
  const auto& result = daemon.returned.result();
  CHECK(result.ref().id() == "ref1");
  CHECK(result.metadata().at("containerimage.base.config") == "{}");
  CHECK(result.metadata().at("source.date.epoch") == "1");
  CHECK(result.metadata().at("refs.platforms") ==
        R"({"Platforms":[{"ID":"linux/arm/v7","Platform":{"architecture":"arm","os":"linux","variant":"v7"}}]})");
  const auto& attestation = result.attestations().at("linux/arm/v7").attestation(0);
  CHECK(attestation.path() == "/bom.json");
  CHECK(attestation.intotosubjects(0).kind() == wire::Self);
}

TEST_CASE("several platforms go back as several trees") {
  Daemon daemon;
  buildkit::run_stdio_frontend(daemon.fd(), daemon.fd(), {},
                               [](frontend::Gateway&, const buildkit::FrontendEnvironment&) {
                                 frontend::Result result;
                                 result.images["linux/amd64"].config = "amd";
                                 result.images["linux/arm64"].config = "arm";
                                 result.images["linux/arm64"].ref.id = "ref2";
                                 return result;
                               });
  const auto& result = daemon.returned.result();
  CHECK(result.refs().refs().at("linux/arm64").id() == "ref2");
  CHECK(result.metadata().at("containerimage.config/linux/amd64") == "amd");
  CHECK(result.metadata().at("containerimage.config/linux/arm64") == "arm");
}

TEST_CASE("the error of a frontend in the daemon goes to the daemon and to the caller") {
  Daemon daemon;
  auto failing = [](frontend::Gateway&, const buildkit::FrontendEnvironment&) -> frontend::Result {
    throw base::Error(base::Kind::invalid, "bad recipe").fix("mend it");
  };
  CHECK(support::error_text([&] { buildkit::run_stdio_frontend(daemon.fd(), daemon.fd(), {}, failing); }) ==
        "bad recipe\n  fix: mend it");
  CHECK(daemon.returned.error().message() == "bad recipe\n  fix: mend it");
  Daemon other;
  auto empty = [](frontend::Gateway&, const buildkit::FrontendEnvironment&) { return frontend::Result(); };
  CHECK(support::error_text([&] { buildkit::run_stdio_frontend(other.fd(), other.fd(), {}, empty); }) ==
        "the build has no result");
}

namespace {

llb::SourcePlace a_place() {
  return {std::make_shared<llb::SourceFile>(llb::SourceFile{"estaleiro.hcl", "HCL", "image"}), 1, 2, 1, 5};
}

constexpr char source_json[] = R"({"info":{"filename":"estaleiro.hcl","data":"aW1hZ2U=","language":"HCL"},)"
                               R"("ranges":[{"start":{"line":1,"character":2},"end":{"line":1,"character":5}}]})";

}  // namespace

TEST_CASE("an error with places goes to the daemon as a source error, so that clients show the lines") {
  Daemon daemon;
  auto failing = [](frontend::Gateway&, const buildkit::FrontendEnvironment&) -> frontend::Result {
    throw frontend::LocatedError(base::Error(base::Kind::invalid, "bad").fix("mend it"), {a_place()});
  };
  CHECK(support::error_text([&] { buildkit::run_stdio_frontend(daemon.fd(), daemon.fd(), {}, failing); }) ==
        "bad\n  fix: mend it");
  const auto& error = daemon.returned.error();
  CHECK(error.message() == "bad\n  fix: mend it");
  REQUIRE(error.details_size() == 1);
  CHECK(error.details(0).type_url() == "github.com/moby/buildkit/errdefs.Source+json");
  CHECK(error.details(0).value() == source_json);
}

TEST_CASE("what the daemon says of a failed step goes back to it as it came") {
  Daemon daemon;
  daemon.failure_details =
      buildkit::error_message(frontend::LocatedError(base::Error(base::Kind::failed, ""), {a_place()}), "")
          .SerializeAsString();
  auto failing = [](frontend::Gateway& gateway, const buildkit::FrontendEnvironment&) {
    gateway.solve({});
    return frontend::Result();
  };
  std::string text = support::error_text([&] { buildkit::run_stdio_frontend(daemon.fd(), daemon.fd(), {}, failing); });
  CHECK(text == "step failed\nestaleiro.hcl:1\n1 >>> image\n  while building");
  CHECK(daemon.returned.error().message() == "step failed");
  REQUIRE(daemon.returned.error().details_size() == 1);
  CHECK(daemon.returned.error().details(0).value() == source_json);
}

TEST_CASE("warnings carry their lines, and the daemon is asked for its inputs") {
  Daemon daemon;
  buildkit::run_stdio_frontend(daemon.fd(), daemon.fd(), {},
                               [](frontend::Gateway& gateway, const buildkit::FrontendEnvironment&) {
                                 gateway.warn_at(a_place(), "odd", "because");
                                 CHECK(gateway.inputs().at("base").ops == std::vector<std::string>{"op"});
                                 frontend::Result result;
                                 result.metadata["result.json"] = "{}";
                                 return result;
                               });
  CHECK(daemon.warned.short_() == "odd");
  CHECK(daemon.warned.detail(0) == "because");
  CHECK(daemon.warned.info().filename() == "estaleiro.hcl");
  CHECK(daemon.warned.info().data() == "image");
  CHECK(daemon.warned.ranges(0).start().character() == 2);
  CHECK(daemon.returned.result().metadata().at("result.json") == "{}");
  CHECK(!daemon.returned.result().metadata().contains("refs.platforms"));
}

TEST_CASE("a build that is cancelled while a step runs ends the frontend with one error") {
  Daemon daemon;
  daemon.hangs = true;
  std::thread ending([&] { daemon.end_during_solve(); });
  auto waiting = [](frontend::Gateway& gateway, const buildkit::FrontendEnvironment&) {
    gateway.solve({});
    return frontend::Result();
  };
  std::string text = support::error_text([&] { buildkit::run_stdio_frontend(daemon.fd(), daemon.fd(), {}, waiting); });
  ending.join();
  CHECK(text != "no error");
  CHECK(!daemon.returned.has_result());
}

TEST_CASE("a message that the daemon finds too large is one error, and the daemon hears of it") {
  Daemon daemon;  // takes 4 MiB at most
  auto large = [](frontend::Gateway& gateway, const buildkit::FrontendEnvironment&) {
    frontend::SolveRequest request;
    request.frontend = "dockerfile.v0";
    request.options["x"] = std::string(6 << 20, 'x');
    gateway.solve(request);
    return frontend::Result();
  };
  std::string text = support::error_text([&] { buildkit::run_stdio_frontend(daemon.fd(), daemon.fd(), {}, large); });
  CHECK(text.find("larger than max") != std::string::npos);
  CHECK(daemon.returned.error().message().find("larger than max") != std::string::npos);
}

TEST_CASE("a daemon that is gone ends its frontend") {
  int pair[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  base::Fd ours(pair[0]);
  ::close(pair[1]);
  auto never = [](frontend::Gateway&, const buildkit::FrontendEnvironment&) { return frontend::Result(); };
  CHECK(support::error_text([&] {
          buildkit::run_stdio_frontend(ours.get(), ours.get(), {}, never);
        }).starts_with("the BuildKit engine went away\n"));
}
