#include <doctest/doctest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "core/buildkit/build.h"
#include "tests/buildkit/engine.h"
#include "tests/support/error_text.h"
#include "tests/support/process.h"

namespace {

using std::chrono::steady_clock;

/// Something no earlier build has seen, so that nothing of it is cached.
std::string fresh() { return base::random_hex(8); }

buildkit::Export push_to(const std::string& repository) {
  buildkit::Export out;
  out.type = "image";
  out.attributes = {{"name", test_registry() + "/" + repository}, {"push", "true"}, {"registry.insecure", "true"}};
  return out;
}

}  // namespace

TEST_CASE("an engine says its version and its platforms") {
  for (const std::string& address : test_engines()) {
    CAPTURE(address);
    buildkit::Connection connection(buildkit::Endpoint::parse(address));
    CHECK(connection.engine().platforms.front() == name::Platform::host());
  }
}

TEST_CASE("a small graph is built, its files can be read, and its image is pushed") {
  for (const std::string& address : test_engines()) {
    CAPTURE(address);
    buildkit::Connection connection(buildkit::Endpoint::parse(address));
    StatusLog log;
    buildkit::BuildRequest request;
    std::string tag = "test/small:" + fresh();
    request.exports = {push_to(tag)};
    auto response = buildkit::build(
        connection, request,
        [&](frontend::Gateway& gateway) {
          CHECK(gateway.capabilities().contains("source.image"));
          CHECK(!gateway.session_id().empty());
          llb::Output tree =
              shell(busybox(gateway),
                    "echo hello > /greeting; mkdir /d; ln -s greeting /d/link; " + std::string(": ") + fresh(),
                    "say hello")
                  .root();
          frontend::Result result = result_of(gateway, tree);
          const frontend::Ref& ref = result.images.begin()->second.ref;
          CHECK(gateway.read_file(ref, "/greeting", 100) == "hello\n");
          CHECK(gateway.read_file(ref, "greeting", 6) == "hello\n");
          CHECK(support::error_text([&] { gateway.read_file(ref, "greeting", 5); }) ==
                "file 'greeting' in the build is larger than 5 B, the most that is read");
          CHECK(!gateway.read_file(ref, "/nothing", 100));
          CHECK(!gateway.read_directory(ref, "/nothing"));
          CHECK(!gateway.stat(ref, "/greeting/below"));
          auto entries = gateway.read_directory(ref, "/d");
          REQUIRE(entries);
          REQUIRE(entries->size() == 1);
          CHECK(entries->front().name == "link");
          CHECK(S_ISLNK(entries->front().mode));
          auto info = gateway.stat(ref, "/greeting");
          REQUIRE(info);
          CHECK(info->size == 6);
          CHECK(info->mode == (S_IFREG | 0644));
          gateway.warn("", "mind the gap", "between train and platform");
          return result;
        },
        log, {});
    CHECK(log.completed("say hello"));
    CHECK(log.warnings() == std::vector<std::string>{"mind the gap"});
    REQUIRE(response.image_digest());
    auto manifest = support::run({"curl", "-fsS", "-H", "Accept: application/vnd.oci.image.manifest.v1+json", "-H",
                                  "Accept: application/vnd.docker.distribution.manifest.v2+json",
                                  "http://" + test_registry() + "/v2/" + tag.substr(0, tag.find(':')) + "/manifests/" +
                                      tag.substr(tag.find(':') + 1)});
    CHECK(base::sha256(manifest) == *response.image_digest());
  }
}

TEST_CASE("a step that fails tells its words, its name, its vertex and its exit code") {
  for (const std::string& address : test_engines()) {
    CAPTURE(address);
    buildkit::Connection connection(buildkit::Endpoint::parse(address));
    StatusLog log;
    std::string vertex;
    std::string text = support::error_text([&] {
      buildkit::build(connection, {},
                      [&](frontend::Gateway& gateway) {
                        llb::Exec step =
                            shell(busybox(gateway), "echo to the log; exit 7 # " + fresh(), "the bad step");
                        vertex = step.vertex();
                        return result_of(gateway, step.root(), true);
                      },
                      log, {});
    });
    CHECK(text.find("did not complete successfully: exit code: 7") != std::string::npos);
    CHECK(text.find("in the step 'the bad step' (" + vertex + ")") != std::string::npos);
    CHECK(text.find("its exit code was 7") != std::string::npos);
    CHECK(log.text().find("to the log") != std::string::npos);
  }
}

TEST_CASE("a step that fails while the result is exported is told as well") {
  for (const std::string& address : test_engines()) {
    CAPTURE(address);
    buildkit::Connection connection(buildkit::Endpoint::parse(address));
    StatusLog log;
    buildkit::BuildRequest request;
    request.exports = {push_to("test/never:" + fresh())};
    std::string text = support::error_text([&] {
      buildkit::build(connection, request,
                      [&](frontend::Gateway& gateway) {
                        return result_of(gateway,
                                         shell(busybox(gateway), "exit 3 # " + fresh(), "the late step").root());
                      },
                      log, {});
    });
    CHECK(text.find("in the step 'the late step'") != std::string::npos);
    CHECK(text.find("its exit code was 3") != std::string::npos);
  }
}

TEST_CASE("an error of the frontend is the error of the build") {
  for (const std::string& address : test_engines()) {
    CAPTURE(address);
    buildkit::Connection connection(buildkit::Endpoint::parse(address));
    StatusLog log;
    buildkit::BuildRequest request;
    request.exports = {push_to("test/never:" + fresh())};
    auto start = steady_clock::now();
    CHECK(support::error_text([&] {
            buildkit::build(connection, request,
                            [&](frontend::Gateway&) -> frontend::Result {
                              throw base::Error(base::Kind::invalid, "package 'x' has no source").fix("declare one");
                            },
                            log, {});
          }) == "package 'x' has no source\n  fix: declare one");
    CHECK(steady_clock::now() - start < std::chrono::seconds(3));
  }
}

TEST_CASE("a build stopped within a long step ends in 5 seconds, and so does the step") {
  for (const std::string& address : test_engines()) {
    CAPTURE(address);
    buildkit::Connection connection(buildkit::Endpoint::parse(address));
    StatusLog log;
    std::stop_source stop;
    std::string seconds = "60" + std::to_string(std::random_device()() % 100000 + 100000);
    steady_clock::time_point stopped;
    std::jthread stopper([&](std::stop_token give_up) {
      while (!log.started("sleep") && !give_up.stop_requested())
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      std::this_thread::sleep_for(std::chrono::milliseconds(700));
      stopped = steady_clock::now();
      stop.request_stop();
    });
    CHECK(support::error_text([&] {
            buildkit::build(
                connection, {},
                [&](frontend::Gateway& gateway) {
                  return result_of(gateway, shell(busybox(gateway), "sleep " + seconds, "sleep").root(), true);
                },
                log, stop.get_token());
          }) == "the build was stopped");
    stopper.join();
    auto limit = stopped + std::chrono::seconds(5);
    CHECK(steady_clock::now() < limit);
    // The engine answers before the step's process has died of its signal. Both engines run on this machine, so the
    // process would be seen.
    auto runs = [&] {
      std::string processes = support::run({"sh", "-c", "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '"});
      return processes.find("sleep " + seconds) != std::string::npos;
    };
    while (runs() && steady_clock::now() < limit) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    CHECK(!runs());
  }
}

TEST_CASE("a build of more than ten seconds keeps its session") {
  base::TemporaryDirectory context("context");
  base::write_file(context.path() / "late", "still here\n");
  for (const std::string& address : test_engines()) {
    CAPTURE(address);
    buildkit::Connection connection(buildkit::Endpoint::parse(address));
    StatusLog log;
    buildkit::BuildRequest request;
    request.directories = {{.name = "context", .root = context.path()}};
    buildkit::build(connection, request,
                    [&](frontend::Gateway& gateway) {
                      llb::Output slow = shell(busybox(gateway), "sleep 12 # " + fresh(), "slow").root();
                      result_of(gateway, slow, true);
                      llb::LocalOptions options;
                      options.session = gateway.session_id();
                      options.shared_key_hint = fresh();
                      auto result = result_of(gateway, llb::local("context", options));
                      CHECK(gateway.read_file(result.images.begin()->second.ref, "late", 100) == "still here\n");
                      return result;
                    },
                    log, {});
  }
}
