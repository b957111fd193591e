#include "out/engine.h"

#include <doctest/doctest.h>

#include "core/base/error.h"
#include "tests/support/error_text.h"

namespace {

const std::vector<name::Platform> amd64 = {name::Platform::parse("linux/amd64")};
const std::vector<name::Platform> arm64 = {name::Platform::parse("linux/arm64")};
const std::vector<name::Platform> both = {amd64[0], arm64[0]};

resource::Source source(const std::string& repository, std::vector<resource::EngineAddress> engines) {
  resource::Source out;
  out.repository = repository;
  out.buildkit.addresses = std::move(engines);
  return out;
}

std::vector<std::string> order(const resource::Source& source, const std::vector<name::Platform>& platforms) {
  std::vector<std::string> out;
  for (const auto& endpoint : out::engines_for(source, platforms)) out.push_back(endpoint.text());
  return out;
}

}  // namespace

TEST_CASE("a repository has its engines in an order of its own, whatever the list's") {
  const std::string a = "tcp://a:1", b = "tcp://b:1", c = "tcp://c:1";
  for (const char* repository : {"registry.example/team/app", "registry.example/team/other", "debian"}) {
    auto seen = order(source(repository, {{a}, {b}, {c}}), amd64);
    CHECK(seen.size() == 3);
    CHECK(order(source(repository, {{c}, {b}, {a}}), amd64) == seen);
  }
  CHECK(order(source("debian", {{a}, {b}, {c}}), amd64) ==
        order(source("docker.io/library/debian", {{a}, {b}, {c}}), amd64));
}

TEST_CASE("engines that do not build for the platforms are left out") {
  auto engines = source("a", {{.address = "tcp://small:1", .platforms = {"linux/arm64/v8"}},
                              {.address = "tcp://big:1", .platforms = {"amd64"}},
                              {.address = "tcp://spare:1", .weight = 0}});
  CHECK(order(engines, amd64) == std::vector<std::string>{"tcp://big:1", "tcp://spare:1"});
  CHECK(order(engines, arm64) == std::vector<std::string>{"tcp://small:1", "tcp://spare:1"});
  CHECK(order(engines, both) == std::vector<std::string>{"tcp://spare:1"});
  engines.buildkit.addresses.pop_back();
  CHECK(support::error_text([&] { order(engines, both); }) ==
        "no engine of source.buildkit.addresses builds for linux/amd64 and linux/arm64\n  fix: add the platform to an "
        "engine that can build for it");
}

TEST_CASE("an address that is none is told even where another engine would be tried first") {
  CHECK(support::error_text([&] {
          order(source("a", {{"tcp://a:1"}, {.address = "b:1", .weight = 0}}), amd64);
        }) ==
        "BuildKit address 'b:1' has no scheme\n  fix: write unix:///run/buildkit/buildkitd.sock, tcp://HOST:PORT or "
        "docker:///var/run/docker.sock");
}
