#include "core/oci/config.h"

#include <doctest/doctest.h>

#include "core/base/fd.h"
#include "tests/support/error_text.h"

namespace {
std::string data(const std::string& name) { return base::read_file(TEST_DATA "/configs/" + name + ".json", 1 << 20); }
}  // namespace

TEST_CASE("every field of a config is read, null lists told from empty ones") {
  auto config = oci::parse_config(data("good"));
  CHECK(config.created == "2024-01-02T03:04:05Z");
  CHECK(config.author == "ann");
  CHECK(config.platform() == name::Platform::parse("linux/arm64"));
  CHECK(config.os_version == "1");
  CHECK(config.user == "1000:1000");
  CHECK(config.env == std::vector<std::string>{"A=1", "B=2"});
  CHECK(config.entrypoint == std::vector<std::string>{"/bin/sh"});
  CHECK(!config.cmd);
  CHECK(config.working_dir == "/w");
  CHECK(config.labels == std::map<std::string, std::string>{{"k", "v"}});
  CHECK(config.volumes == std::set<std::string>{"/data"});
  CHECK(config.exposed_ports == std::set<std::string>{"80/tcp"});
  CHECK(config.stop_signal == "SIGINT");
  REQUIRE(config.healthcheck);
  CHECK(config.healthcheck->interval == std::chrono::seconds(1));
  CHECK(config.healthcheck->retries == 3);
  CHECK(config.shell == std::vector<std::string>{"/bin/bash", "-c"});
  CHECK(config.on_build == std::vector<std::string>{"RUN x"});
  CHECK(config.diff_ids.size() == 2);
  REQUIRE(config.history.size() == 2);
  CHECK(config.history[0].comment == "c");
  CHECK(config.history[1].empty_layer);
}

TEST_CASE("a config is written and read back the same") {
  auto config = oci::parse_config(data("good"));
  CHECK(oci::parse_config(oci::write(config)) == config);
  CHECK(oci::write(oci::parse_config(data("minimal"))) ==
        R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}})");
  auto empty_healthcheck = oci::write(oci::parse_config(R"({"config":{"Healthcheck":{}}})"));
  CHECK(oci::write(oci::parse_config(empty_healthcheck)) == empty_healthcheck);
}

TEST_CASE("each fault of a config is named with its place") {
  struct Row {
    const char *file, *error;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"env-string", "config.config.Env is a string, a list of strings is wanted"},
           {"diff-id-short", "config.rootfs.diff_ids[1] is 'sha256:1', no digest"},
           {"rootfs-other-type", "config.rootfs.type is 'layers+base', 'layers' is wanted"},
           {"history-object", "config.history is an object, a list of objects is wanted"},
           {"empty-layer-string", "config.history[0].empty_layer is a string, true or false is wanted"},
           {"volumes-list", "config.config.Volumes is no object"},
           {"interval-huge", "config.config.Healthcheck.Interval is a number, a whole number is wanted"}}) {
    CAPTURE(row.file);
    CHECK(support::error_text([&] { oci::parse_config(data(row.file)); }) == row.error);
  }
  CHECK(support::error_text([] { oci::parse_config(std::string(9 << 20, ' ')); }) ==
        "image config has 9.0 MiB, at most 8.0 MiB are read");
}
