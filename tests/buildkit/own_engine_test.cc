#include "core/buildkit/own_engine.h"

#include <doctest/doctest.h>

#include "core/base/fd.h"

namespace {

std::string config(const buildkit::OwnEngineOptions& options) {
  base::TemporaryDirectory directory("own-engine");
  std::string text = buildkit::engine_config(options, directory.path());
  for (auto at = text.find(directory.path().string()); at != std::string::npos;
       at = text.find(directory.path().string()))
    text.replace(at, directory.path().string().size(), "DIRECTORY");
  return text;
}

}  // namespace

TEST_CASE("an engine's configuration is what the source gives, and a table for each registry") {
  CHECK(config({}).empty());
  CHECK(config({.config = "[worker.oci]\n  gc = true",
                .registries = {{.host = "127.0.0.1:5000", .http = true},
                               {.host = "docker.io", .mirrors = {"mirror.example", "other.example:5000"}},
                               {.host = "registry.example", .ca = "-----BEGIN CERTIFICATE-----"}}}) ==
        "[worker.oci]\n"
        "  gc = true\n"
        "[registry.\"127.0.0.1:5000\"]\n"
        "  http = true\n"
        "[registry.\"docker.io\"]\n"
        "  mirrors = [\"mirror.example\", \"other.example:5000\"]\n"
        "[registry.\"registry.example\"]\n"
        "  ca = [\"DIRECTORY/ca-2.pem\"]\n");
}

TEST_CASE("a table that the source has itself is left alone") {
  CHECK(config({.config = "[registry.\"docker.io\"]\n  http = true\n",
                .registries = {{.host = "docker.io", .mirrors = {"mirror.example"}}}}) ==
        "[registry.\"docker.io\"]\n  http = true\n");
}

TEST_CASE("a host cannot write more than its own name into the configuration") {
  CHECK(config({.registries = {{.host = "a\"]\n[worker", .http = true}}}) ==
        "[registry.\"a\\\"][worker\"]\n  http = true\n");
}
