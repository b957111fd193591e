#include "out/engine.h"

#include <doctest/doctest.h>

#include <cstdlib>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "tests/support/certificates.h"
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

/// Certificates for a source to bring.
std::string authority() {
  static const std::string pem = [] {
    const base::TemporaryDirectory directory("certificates");
    return support::Certificates(directory.path()).ca_pem;
  }();
  return pem;
}

/// The tables of our own engine's configuration. Certificates are files in DIRECTORY.
std::string tables(const resource::Source& source) {
  const remote::Repository repository(source, [](std::string_view) {});
  const base::TemporaryDirectory directory("own-engine");
  std::string out =
      buildkit::engine_config(out::engine_options(source, repository.name().registry()), directory.path());
  const std::string path = directory.path().string();
  for (auto at = out.find(path); at != std::string::npos; at = out.find(path))
    out.replace(at, path.size(), "DIRECTORY");
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

TEST_CASE("Docker Hub with a mirror has one table, and http is spoken to the mirror only") {
  resource::Source hub = source("acme/app", {});
  hub.registry_mirror = {.host = "mirror.example", .username = {}, .password = {}};
  CHECK(tables(hub) == "[registry.\"docker.io\"]\n  mirrors = [\"mirror.example\"]\n");
  hub.ca_certs = {authority()};
  CHECK(tables(hub) ==
        "[registry.\"docker.io\"]\n  mirrors = [\"mirror.example\"]\n  ca = [\"DIRECTORY/ca-0.pem\"]\n"
        "[registry.\"mirror.example\"]\n  ca = [\"DIRECTORY/ca-1.pem\"]\n");
  hub.ca_certs.clear();
  hub.insecure = true;
  CHECK(tables(hub) ==
        "[registry.\"docker.io\"]\n  mirrors = [\"mirror.example\"]\n"
        "[registry.\"mirror.example\"]\n  http = true\n");
}

TEST_CASE("a registry that is its own mirror has one table") {
  resource::Source both = source("registry.example/app", {});
  both.registry_mirror = {.host = "registry.example", .username = {}, .password = {}};
  both.insecure = true;
  CHECK(tables(both) ==
        "[registry.\"registry.example\"]\n  http = true\n"
        "[registry.\"docker.io\"]\n  mirrors = [\"registry.example\"]\n");
}

TEST_CASE("a mirror on a private address is spoken to in http, unless certificates were brought for it") {
  resource::Source hub = source("acme/app", {});
  hub.registry_mirror = {.host = "10.0.0.7:5000", .username = {}, .password = {}};
  CHECK(tables(hub) ==
        "[registry.\"docker.io\"]\n  mirrors = [\"10.0.0.7:5000\"]\n"
        "[registry.\"10.0.0.7:5000\"]\n  http = true\n");
  hub.ca_certs = {authority()};
  CHECK(tables(hub).ends_with("[registry.\"10.0.0.7:5000\"]\n  ca = [\"DIRECTORY/ca-1.pem\"]\n"));
}

TEST_CASE("a mirror's table in the source's own configuration is the only one") {
  resource::Source hub = source("acme/app", {});
  hub.registry_mirror = {.host = "mirror.example", .username = {}, .password = {}};
  hub.insecure = true;
  hub.buildkit.config = "[registry.\"mirror.example\"]\n  http = false\n";
  CHECK(tables(hub) == hub.buildkit.config + "[registry.\"docker.io\"]\n  mirrors = [\"mirror.example\"]\n");
}

TEST_CASE("with an AWS region the table is that of the registry in Amazon's cloud") {
  resource::Source ecr = source("team/app", {});
  ecr.aws.region = "eu-west-1";
  ecr.aws.account_id = "123456789012";
  ecr.ca_certs = {authority()};
  CHECK(tables(ecr) ==
        "[registry.\"123456789012.dkr.ecr.eu-west-1.amazonaws.com\"]\n  ca = [\"DIRECTORY/ca-0.pem\"]\n");
}

TEST_CASE("an engine is told an identity token without a name") {
  const base::TemporaryDirectory directory("docker-config");
  base::write_file(directory.path() / "config.json", R"({"auths": {
      "token.example": {"auth": "YW5uOg==", "identitytoken": "refresh"},
      "registry.example": {"auth": "Ym9iOndvcmQ="}}})");
  ::setenv("DOCKER_CONFIG", directory.path().c_str(), 1);
  const remote::Repository repository(source("token.example/app", {}), [](std::string_view) {});
  ::unsetenv("DOCKER_CONFIG");
  auto told = [&](const std::string& host) {
    auto found = out::credentials_for_engine(repository, host);
    return found ? found->username + ":" + found->secret : "anonymous";
  };
  CHECK(told("token.example") == ":refresh");
  CHECK(told("registry.example") == "bob:word");
  CHECK(told("other.example") == "anonymous");
}
