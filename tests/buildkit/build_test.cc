#include "core/buildkit/build.h"

#include <doctest/doctest.h>

#include <chrono>

#include "core/base/error.h"
#include "core/base/temporary_directory.h"
#include "core/oci/layout.h"
#include "status.pb.h"
#include "tests/buildkit/engine.h"
#include "tests/buildkit/fake_engine.h"
#include "tests/support/error_text.h"

using std::chrono::steady_clock;

namespace {

frontend::Result empty_result(frontend::Gateway&) {
  frontend::Result out;
  out.images.emplace("linux/amd64", image_of({}));
  return out;
}

/// A frontend that waits for a step.
frontend::Result one_solve(frontend::Gateway& gateway) { return result_of(gateway, llb::scratch(), true); }

struct Outcome {
  std::string text;
  steady_clock::duration took;
};

Outcome build(const buildkit::Connection& connection, const buildkit::Frontend& frontend,
              const buildkit::BuildRequest& request = {}, std::stop_token stop = {}) {
  StatusLog log;
  auto start = steady_clock::now();
  std::string text = support::error_text([&] { buildkit::build(connection, request, frontend, log, stop); });
  return {text, steady_clock::now() - start};
}

/// A bridge solve that ends only when it is cancelled.
void hang(fake::Engine& engine) {
  engine.bridge_solve = [&](grpc::ServerContext& context) {
    engine.wait_until([&] { return context.IsCancelled(); });
    return grpc::Status::CANCELLED;
  };
}

constexpr auto five_seconds = std::chrono::seconds(5);

}  // namespace

TEST_CASE("a build ends with what the exporters say") {
  fake::Engine engine;
  auto wait = engine.solve;
  engine.solve = [&](grpc::ServerContext& context, fake::control::SolveResponse& reply) {
    (*reply.mutable_exporterresponse())["containerimage.digest"] = base::sha256("image").text();
    return wait(context, reply);
  };
  engine.start();
  buildkit::Connection connection(buildkit::Endpoint::parse(engine.address()));
  StatusLog log;
  auto response = buildkit::build(connection, {}, one_solve, log, {});
  CHECK(response.image_digest() == base::sha256("image"));
  response.exporter["containerimage.digest"] = "sha256:short";
  CHECK(support::error_text([&] { response.image_digest(); }) ==
        "the engine says that the image has the digest 'sha256:short'");
  response.exporter.clear();
  CHECK(!response.image_digest());
}

TEST_CASE("an error of the frontend is handed to the engine") {
  fake::Engine engine;
  engine.solve = [&](grpc::ServerContext&, fake::control::SolveResponse&) {
    engine.wait_until([&] { return engine.returned.load(); });
    return grpc::Status(grpc::StatusCode::UNKNOWN, "the frontend failed: " + engine.returned_error);
  };
  engine.start();
  buildkit::Connection connection(buildkit::Endpoint::parse(engine.address()));
  auto failing = [](frontend::Gateway&) -> frontend::Result { throw base::Error(base::Kind::invalid, "bad recipe"); };
  CHECK(build(connection, failing).text == "bad recipe");
  CHECK(engine.returned_error == "bad recipe");
  engine.returned = false;
  auto surprising = [](frontend::Gateway&) -> frontend::Result { throw std::runtime_error("surprise"); };
  CHECK(build(connection, surprising).text == "surprise");
}

TEST_CASE("a build that the engine refuses fails at once, with the engine's words") {
  fake::Engine engine;
  hang(engine);
  engine.solve = [](grpc::ServerContext&, fake::control::SolveResponse&) {
    return grpc::Status(grpc::StatusCode::UNKNOWN, "network.host is not allowed");
  };
  engine.start();
  buildkit::Connection connection(buildkit::Endpoint::parse(engine.address()));
  Outcome outcome = build(connection, one_solve);
  CHECK(outcome.text.starts_with("network.host is not allowed\n  fix: allow the entitlement"));
  CHECK(outcome.took < five_seconds);
}

TEST_CASE("an engine without several exporters is too old") {
  fake::Engine engine;
  engine.capabilities = {"source.image"};
  engine.start();
  buildkit::Connection connection(buildkit::Endpoint::parse(engine.address()));
  buildkit::BuildRequest request;
  request.exports = {{.type = "image", .attributes = {}, .target = {}}};
  CHECK(build(connection, empty_result, request).text ==
        "the BuildKit engine at '" + engine.address() +
            "' is too old (v0.0.0+fake)\n  fix: use BuildKit 0.13 or newer (Docker Engine 26 or newer)");
  CHECK(build(connection, empty_result).text == "no error");
}

TEST_CASE("an export without a place to go is refused before anything runs") {
  fake::Engine engine;
  engine.start();
  buildkit::Connection connection(buildkit::Endpoint::parse(engine.address()));
  buildkit::BuildRequest request;
  request.exports = {{.type = "oci", .attributes = {}, .target = {}}};
  CHECK(build(connection, empty_result, request).text == "exporter 'oci' needs a file to write to");
  request.exports = {{.type = "local", .attributes = {}, .target = {.fd = 1}}};
  CHECK(build(connection, empty_result, request).text == "exporter 'local' needs a directory to write to");
}

TEST_CASE("an engine that dies half-way ends the build with one error") {
  fake::Engine engine;
  hang(engine);
  engine.start();
  fake::Relay relay(engine.path());
  buildkit::Connection connection(buildkit::Endpoint::parse(relay.address()));
  std::jthread killer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    relay.cut();
  });
  Outcome outcome = build(connection, one_solve);
  CHECK(outcome.text.starts_with("the BuildKit engine went away\n  "));
  CHECK(outcome.text.find("\n  fix: see whether the daemon still runs, and its log") != std::string::npos);
  CHECK(outcome.took < five_seconds);
}

TEST_CASE("an engine that ends the session ends the build, and is named for it") {
  fake::Engine engine;
  hang(engine);
  engine.session = [](grpc::ServerContext&, fake::Engine::SessionStream&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  };
  engine.start();
  buildkit::Connection connection(buildkit::Endpoint::parse(engine.address()));
  Outcome outcome = build(connection, one_solve);
  CHECK(outcome.text == "the BuildKit engine ended the session of this build\n  fix: see the engine's log");
  CHECK(outcome.took < five_seconds);
}

TEST_CASE("a stopped build cancels every call and ends, even on an engine that does not react") {
  for (bool reacts : {true, false}) {
    CAPTURE(reacts);
    fake::Engine engine;
    hang(engine);
    if (!reacts)
      engine.solve = [&](grpc::ServerContext&, fake::control::SolveResponse&) {
        std::this_thread::sleep_for(std::chrono::seconds(4));
        return grpc::Status::OK;
      };
    engine.start();
    buildkit::Connection connection(buildkit::Endpoint::parse(engine.address()));
    std::stop_source stop;
    std::jthread stopper([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      stop.request_stop();
    });
    Outcome outcome = build(connection, one_solve, {}, stop.get_token());
    CHECK(outcome.text == "the build was stopped");
    CHECK(outcome.took < five_seconds);
    engine.wait_until([&] { return engine.cancelled == 1; });
    CHECK(build(connection, one_solve, {}, stop.get_token()).text == "the build was stopped");
  }
}

TEST_CASE("an error with details beyond gRPC's own limit arrives whole") {
  google::rpc::Status details;
  details.set_code(2);
  auto* stack = details.add_details();
  stack->set_type_url("github.com/moby/buildkit/stack.Stack+json");
  stack->set_value(std::string(100'000, 'x'));
  auto* exit = details.add_details();
  exit->set_type_url("github.com/moby/buildkit/gatewayapi.ExitMessage+json");
  exit->set_value(R"({"Code":42})");
  fake::Engine engine;
  engine.bridge_solve = [&](grpc::ServerContext&) {
    return grpc::Status(grpc::StatusCode::UNKNOWN, "step failed", details.SerializeAsString());
  };
  engine.start();
  buildkit::Connection connection(buildkit::Endpoint::parse(engine.address()));
  CHECK(build(connection, one_solve).text == "step failed\n  its exit code was 42\n  while building");
}

TEST_CASE("a cache is complete where the engine has sent what it answers with, and told off elsewhere") {
  base::TemporaryDirectory top("caches");
  const auto first = top.path() / "first", second = top.path() / "second";
  const std::string manifest = R"({"schemaVersion":2})";
  oci::LayoutWriter(second).write_blob(base::sha256(manifest), manifest);
  fake::Engine engine;
  auto wait = engine.solve;
  engine.solve = [&](grpc::ServerContext& context, fake::control::SolveResponse& reply) {
    (*reply.mutable_exporterresponse())["cache.manifest"] =
        R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" + base::sha256(manifest).text() +
        R"(","size":)" + std::to_string(manifest.size()) + "}";
    return wait(context, reply);
  };
  engine.start();
  buildkit::Connection connection(buildkit::Endpoint::parse(engine.address()));
  buildkit::BuildRequest request;
  request.cache_exports = {{"local", {{"dest", first}, {"mode", "max"}}}, {"local", {{"dest", second}}}};
  CHECK(build(connection, one_solve, request).text ==
        "the BuildKit engine at '" + engine.address() + "' answers for one cache only, which is not the one in '" +
            first.string() + "'\n  fix: give all caches of a build the same attributes, or export one cache only");
  CHECK(!std::filesystem::exists(first / "index.json"));
  CHECK(oci::Layout(second).root().bytes == manifest);

  oci::LayoutWriter(first).write_blob(base::sha256(manifest), manifest);
  engine.returned = false;
  CHECK(build(connection, one_solve, request).text == "no error");
  CHECK(oci::Layout(first).root().bytes == manifest);
}

TEST_CASE("progress that cannot be shown ends the build") {
  struct Broken final : term::StatusSink {
    void status(const term::BuildStatus&) override { throw base::Error(base::Kind::failed, "stderr is full"); }
  };
  fake::Engine engine;
  hang(engine);
  engine.status = [](grpc::ServerWriter<fake::control::StatusResponse>& writer) {
    fake::control::StatusResponse message;
    message.add_vertexes()->set_name("step");
    writer.Write(message);
  };
  engine.start();
  buildkit::Connection connection(buildkit::Endpoint::parse(engine.address()));
  Broken sink;
  CHECK(support::error_text([&] { buildkit::build(connection, {}, one_solve, sink, {}); }) ==
        "stderr is full\n  while showing the build's progress");
}
