#include "core/frontend/image_config.h"

#include <doctest/doctest.h>

namespace {

using Strings = std::vector<std::string>;

oci::ImageConfig debian() {
  oci::ImageConfig base;
  base.os = "linux";
  base.architecture = "amd64";
  base.env = {"PATH=/usr/bin", "LANG=C"};
  base.cmd = Strings{"bash"};
  base.user = "app";
  base.labels["vendor"] = "debian";
  base.diff_ids = {base::sha256("layer")};
  base.history = {{.created_by = "debootstrap"}};
  return base;
}

recipe::Entry entry(std::string key, std::string value) { return {{std::move(key), {}}, {std::move(value), {}}}; }

oci::ImageConfig config(const recipe::Image& image) {
  return frontend::image_config(debian(), image, name::Platform::parse("linux/amd64"),
                                std::chrono::sys_seconds(std::chrono::seconds(1700000000)));
}

}  // namespace

TEST_CASE("what the recipe does not mention stays as in the base") {
  auto out = config({});
  CHECK(out.env == debian().env);
  CHECK(out.cmd == debian().cmd);
  CHECK(out.user == "app");
  CHECK(out.labels == debian().labels);
  CHECK(out.created == "2023-11-14T22:13:20Z");
}

TEST_CASE("layers and history are left to the exporter") {
  CHECK(config({}).diff_ids.empty());
  CHECK(config({}).history.empty());
}

TEST_CASE("env is merged over the base's in the recipe's order") {
  recipe::Image image;
  image.env = {entry("Z", "1"), entry("LANG", "C.UTF-8"), entry("A", "2")};
  CHECK(config(image).env == Strings{"PATH=/usr/bin", "LANG=C.UTF-8", "Z=1", "A=2"});
}

TEST_CASE("an entrypoint of its own does not get the base's arguments, unless the recipe says so") {
  recipe::Image image;
  image.entrypoint = {{"/bin/app"}, {}};
  CHECK(config(image).entrypoint == Strings{"/bin/app"});
  CHECK(!config(image).cmd);
  image.cmd = {{"--help"}, {}};
  CHECK(config(image).cmd == Strings{"--help"});
}

TEST_CASE("dates are written and read as RFC 3339") {
  auto seconds = [](std::int64_t s) { return std::chrono::sys_seconds(std::chrono::seconds(s)); };
  CHECK(frontend::rfc3339(seconds(0)) == "1970-01-01T00:00:00Z");
  CHECK(frontend::parse_rfc3339("2023-11-14T22:13:20Z") == seconds(1700000000));
  CHECK(frontend::parse_rfc3339("2023-11-14T22:13:20.123456789Z") == seconds(1700000000));
  CHECK(frontend::parse_rfc3339("2023-11-15T00:13:20+02:00") == seconds(1700000000));
  for (const char* bad :
       {"", "now", "2023-11-14", "2023-13-14T22:13:20Z", "2023-11-14T25:13:20Z", "2023-11-14T22:13:20"}) {
    CAPTURE(bad);
    CHECK(!frontend::parse_rfc3339(bad));
  }
}
