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

oci::ImageConfig config(const recipe::Image& image, const oci::ImageConfig& base = debian()) {
  return frontend::image_config(base, image, name::Platform::parse("linux/amd64"),
                                std::chrono::sys_seconds(std::chrono::seconds(1700000000)), {"install 2 packages"});
}

Strings history(const oci::ImageConfig& base) {
  Strings out;
  for (const auto& entry : config({}, base).history)
    out.push_back(entry.created + " " + entry.created_by + (entry.empty_layer ? " (empty)" : ""));
  return out;
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

TEST_CASE("layers are left to the exporter") { CHECK(config({}).diff_ids.empty()); }

TEST_CASE("the history is the base's, made to fit its layers, and what made ours") {
  auto base = debian();
  base.created = "2020-01-01T00:00:00Z";
  const std::string ours = "2023-11-14T22:13:20Z install 2 packages";
  CHECK(history(base) == Strings{"2020-01-01T00:00:00Z debootstrap", ours});
  base.history.push_back({.created_by = "CMD bash", .empty_layer = true});
  CHECK(history(base) == Strings{"2020-01-01T00:00:00Z debootstrap", "2020-01-01T00:00:00Z CMD bash (empty)", ours});
  base.diff_ids.push_back(base::sha256("another layer"));
  CHECK(history(base).size() == 4);
  CHECK(history(base)[2] == "2020-01-01T00:00:00Z ");
  base.diff_ids.clear();
  CHECK(history(base) == Strings{ours});
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
