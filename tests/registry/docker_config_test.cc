#include "core/registry/docker_config.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <thread>

#include "core/base/digest.h"
#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "core/registry/credential_helper.h"
#include "tests/support/error_text.h"

namespace {

using name::Registry;
using registry::DockerConfig;

struct Sample {
  base::TemporaryDirectory directory{"docker-config"};
  std::string path = std::getenv("PATH");

  ~Sample() { ::setenv("PATH", path.c_str(), 1); }
  DockerConfig config(const std::string& json) {
    base::write_file(file(), json);
    return DockerConfig(file());
  }
  std::filesystem::path file() { return directory.path() / "config.json"; }
  /// A credential helper that is this shell script.
  void helper(const std::string& name, const std::string& script) {
    base::write_file(directory.path() / ("docker-credential-" + name), "#!/bin/sh\n" + script + "\n", 0755);
    ::setenv("PATH", (directory.path().string() + ":" + path).c_str(), 1);
  }
};

}  // namespace

TEST_CASE("credentials are found under every spelling of a registry's name") {
  Sample sample;
  auto auth = base::to_base64("ann:pass:word");
  auto config = sample.config(R"({"auths":{
    "https://index.docker.io/v1/":{"auth":")" +
                              auth + R"("},
    "http://reg.example:5000":{"username":"bob","password":"word"},
    "ghcr.io":{"identitytoken":"refresh-token"},
    "quay.io/v2/":{"username":"eve","password":"word"},
    "not a host":{"auth":"????"},
    "empty.example":{}},"HttpHeaders":{"x":"y"}})");
  CHECK(config.credentials(Registry::parse("docker.io")).username == "ann");
  CHECK(config.credentials(Registry::parse("docker.io")).password == "pass:word");
  CHECK(config.credentials(Registry::parse("reg.example:5000")).username == "bob");
  CHECK(config.credentials(Registry::parse("ghcr.io")).identity_token == "refresh-token");
  CHECK(config.credentials(Registry::parse("quay.io")).username == "eve");
  CHECK(config.credentials(Registry::parse("empty.example")).empty());
  CHECK(config.credentials(Registry::parse("other.example")).empty());
}

TEST_CASE("a registry's helper comes before the store, the store before the file") {
  Sample sample;
  sample.helper("one",
                R"(read server; echo "{\"ServerURL\":\"$server\",\"Username\":\"one\",\"Secret\":\"$1 $server\"}")");
  sample.helper("store", R"(read server; case $server in b.example) echo '{"Username":"<token>","Secret":"refresh"}';;
    *) echo credentials not found in native keychain; exit 1;; esac)");
  auto config = sample.config(R"({"auths":{"c.example":{"auth":")" + base::to_base64("file:word") +
                              R"("}},"credHelpers":{"docker.io":"one"},"credsStore":"store"})");
  CHECK(config.credentials(Registry::docker_hub()).password == "get https://index.docker.io/v1/");
  CHECK(config.credentials(Registry::parse("b.example")).identity_token == "refresh");
  CHECK(config.credentials(Registry::parse("c.example")).username == "file");
  CHECK(config.credentials(Registry::parse("d.example")).empty());
}

TEST_CASE("helpers that fail say so, and never what they know") {
  Sample sample;
  sample.helper("fails", "echo 'the vault is locked'; exit 1");
  sample.helper("talks", "echo my password is hunter2");
  sample.helper("endless", "yes");
  auto error = [](const char* name) {
    return support::error_text([&] { registry::run_credential_helper(name, "x"); });
  };
  CHECK(error("fails") == "credential helper docker-credential-fails fails: 'the vault is locked'");
  CHECK(error("talks") == "credential helper docker-credential-talks does not answer in its protocol");
  CHECK(error("endless") == "credential helper docker-credential-endless writes more than 64 KiB");
  CHECK(error("none") ==
        "cannot run credential helper 'docker-credential-none': No such file or directory\n"
        "  fix: install it, or take it out of Docker's config.json");
  CHECK(error("../../bin/sh") == "'../../bin/sh' is no name of a credential helper");
}

TEST_CASE("a helper that hangs is stopped") {
  Sample sample;
  sample.helper("hangs", "exec sleep 60");
  std::stop_source stop;
  std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop.request_stop();
  });
  auto begin = std::chrono::steady_clock::now();
  CHECK_THROWS_AS(registry::run_credential_helper("hangs", "x", stop.get_token()), base::Error);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
}

TEST_CASE("a file that is wrong says where") {
  Sample sample;
  auto error = [&](const std::string& json) { return support::error_text([&] { sample.config(json); }); };
  const std::string while_reading = "\n  while reading '" + sample.file().string() + "'";
  CHECK(error("{") == "'" + sample.file().string() + "' is not JSON: error at line:column 1:2");
  CHECK(error(R"({"auths":[]})") == "auths is a list, an object is wanted" + while_reading);
  CHECK(error(R"({"auths":{"a.io":{"auth":"!"}}})") == "auths.a.io.auth is not base64" + while_reading);
  CHECK(error(R"({"auths":{"a.io":{"auth":"YW5u"}}})") ==
        "auths.a.io.auth is not 'user:password' in base64" + while_reading);
}

TEST_CASE("the file is where docker keeps it") {
  Sample sample;
  ::setenv("DOCKER_CONFIG", sample.directory.path().c_str(), 1);
  CHECK(!DockerConfig::default_file());
  sample.config("{}");
  CHECK(DockerConfig::default_file() == sample.file());
  ::unsetenv("DOCKER_CONFIG");
}
