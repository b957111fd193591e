#include "core/buildkit/fleet.h"

#include <doctest/doctest.h>

#include "core/base/text.h"
#include "core/buildkit/build.h"
#include "tests/buildkit/engine.h"
#include "tests/buildkit/fake_engine.h"
#include "tests/support/error_text.h"

using buildkit::Endpoint;

namespace {

/// Engines of which each is up, dead from the start, or lost in mid-build in one of three ways. (The suite `fleet`
/// kills real ones.)
struct Fleet {
  std::vector<std::unique_ptr<fake::Engine>> engines;
  std::vector<Endpoint> endpoints;
  std::vector<fake::Engine*> mortals;
  std::vector<std::string> log, builders;

  void up() { add().start(); }
  void dead() { add(); }
  /// Finishes the calls that it has and takes no new one.
  void retiring() {
    fake::Engine& engine = add();
    engine.bridge_solve = [](grpc::ServerContext&) { return grpc::Status(grpc::StatusCode::UNAVAILABLE, ""); };
    engine.start();
  }

  /// Ends at once, with all calls that it has: they come back as cancelled, in any order, or as broken.
  void mortal() {
    fake::Engine& engine = add();
    engine.start();
    mortals.push_back(&engine);  // A server cannot end itself within one of its calls: the frontend does it.
  }
  /// Cancels the build that it has, and nothing else.
  void cancelling() {
    fake::Engine& engine = add();
    engine.solve = [](grpc::ServerContext&, fake::control::SolveResponse&) { return grpc::Status::CANCELLED; };
    engine.start();
  }

  /// What is thrown; addresses are 0, 1 ….
  std::string build(const buildkit::Frontend& frontend, std::stop_token stop = {}) {
    auto once = [&](const buildkit::Connection& connection) {
      builders.push_back(short_names(connection.endpoint().text()));
      StatusLog status;
      auto and_die = [&](frontend::Gateway& gateway) {
        for (auto* engine : mortals)
          if (engine->address() == connection.endpoint().text()) engine->stop();
        return frontend(gateway);
      };
      buildkit::build(connection, {}, and_die, status, stop);
    };
    return short_names(support::error_text([&] {
      buildkit::build_on_first_alive(
          endpoints, once, [&](std::string_view line) { log.push_back(short_names(std::string(line))); }, stop);
    }));
  }

 private:
  fake::Engine& add() {
    engines.push_back(std::make_unique<fake::Engine>());
    endpoints.push_back(Endpoint::parse(engines.back()->address()));
    return *engines.back();
  }
  /// Which of its calls tells first that an engine is gone is chance.
  static std::string one_reason(std::string text) {
    const std::string other = "the BuildKit engine ended the session of this build";
    for (auto at = text.find(other); at != std::string::npos; at = text.find(other))
      text.replace(at, other.size(), "the BuildKit engine went away");
    return text;
  }
  std::string short_names(std::string text) const {
    text = one_reason(std::move(text));
    for (std::size_t i = 0; i < endpoints.size(); i++)
      for (auto at = text.find(endpoints[i].text()); at != std::string::npos; at = text.find(endpoints[i].text()))
        text.replace(at, endpoints[i].text().size(), std::to_string(i));
    return text;
  }
};

frontend::Result one_solve(frontend::Gateway& gateway) { return result_of(gateway, llb::scratch(), true); }

using Lines = std::vector<std::string>;
const std::string not_there = "the BuildKit engine at '0' is not there: no such socket";
const std::string went_away = "' was lost in mid-build: the BuildKit engine went away";

}  // namespace

TEST_CASE("the first engine that answers builds") {
  Fleet fleet;
  fleet.up();
  fleet.up();
  CHECK(fleet.build(one_solve) == "no error");
  CHECK(fleet.log == Lines{"building on '0'"});
}

TEST_CASE("an engine that is dead from the start is passed over") {
  Fleet fleet;
  fleet.dead();
  fleet.up();
  CHECK(fleet.build(one_solve) == "no error");
  CHECK(fleet.log == Lines{not_there + "; the next engine is tried", "building on '1'"});
}

TEST_CASE("a build whose engine is lost is done once more, on the next one that answers") {
  Fleet fleet;
  fleet.retiring();
  fleet.dead();
  fleet.up();
  CHECK(fleet.build(one_solve) == "no error");
  CHECK(fleet.builders == Lines{"0", "2"});
  REQUIRE(fleet.log.size() == 4);
  CHECK(fleet.log[1] == "'0" + went_away + "; the next engine is tried");
}

TEST_CASE("so is a build whose engine dies, or cancels what nobody stopped") {
  for (auto lost : {&Fleet::mortal, &Fleet::cancelling}) {
    Fleet fleet;
    (fleet.*lost)();
    fleet.up();
    CHECK(fleet.build(one_solve) == "no error");
    CHECK(fleet.builders == Lines{"0", "1"});
    REQUIRE(fleet.log.size() == 3);
    CHECK(fleet.log[1] == "'0" + went_away + "; the next engine is tried");
  }
}

TEST_CASE("a build that loses two engines takes no third one") {
  Fleet fleet;
  fleet.retiring();
  fleet.retiring();
  fleet.up();
  CHECK(fleet.build(one_solve) ==
        "the build took two BuildKit engines down\n  '0" + went_away + "\n  '1" + went_away +
            "\n  fix: see whether the daemons run, and their logs, or correct source.buildkit.addresses");
  CHECK(fleet.builders == Lines{"0", "1"});
}

TEST_CASE("when all are gone, one error has what each one said") {
  Fleet fleet;
  fleet.dead();
  fleet.retiring();
  CHECK(fleet.build(one_solve) ==
        "none of the 2 BuildKit engines could do the build\n  " + not_there + "\n  '1" + went_away +
            "\n  fix: see whether the daemons run, and their logs, or correct source.buildkit.addresses");
}

TEST_CASE("a single engine's error comes as it is") {
  Fleet fleet;
  fleet.dead();
  CHECK(fleet.build(one_solve) == not_there + "\n  fix: start buildkitd, or correct source.buildkit.address");
  CHECK(fleet.log.empty());
}

TEST_CASE("a build that fails by itself is not tried again") {
  for (auto kind : {base::Kind::failed, base::Kind::unavailable}) {
    Fleet fleet;
    fleet.up();
    fleet.up();
    CHECK(fleet.build([&](frontend::Gateway&) -> frontend::Result { throw base::Error(kind, "not the engine"); }) ==
          "not the engine");
    CHECK(fleet.builders == Lines{"0"});
  }
}

TEST_CASE("who is stopped tries no other engine") {
  std::stop_source stop;
  stop.request_stop();
  Fleet fleet;
  fleet.up();
  fleet.up();
  CHECK(fleet.build(one_solve, stop.get_token()).starts_with("stopped while connecting to the BuildKit engine at '0'"));
  CHECK(fleet.log.empty());

  std::stop_source later;
  CHECK(fleet.build(
            [&](frontend::Gateway& gateway) {
              later.request_stop();
              return one_solve(gateway);
            },
            later.get_token()) == "the build was stopped");
  CHECK(fleet.builders == Lines{"0"});
}
