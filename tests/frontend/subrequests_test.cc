#include "core/frontend/subrequests.h"

#include <doctest/doctest.h>

#include "core/json/decode.h"
#include "tests/support/error_text.h"
#include "tests/support/golden.h"

namespace {

constexpr char sample[] = R"(variable "release" {
  description = "the Debian to start from"
  default     = "bookworm"
}

image "team/app" {
  base_image = "debian:${release}"
  env = { GREETING = "${greeting}" }

  file "/bin/app" {
    from_step "build" { path = "/bin/app" }
  }
}

step "build" {
  dockerfile = "Dockerfile"
  secrets    = ["token"]
  source_file "/bin/app" {
    vcs "git" {
      repository = "https://git.example/app"
      ref        = "main"
    }
  }
}
)";

frontend::Result ask(const std::string& request, const std::string& text, recipe::Variables variables = {}) {
  frontend::Options options;
  options.request = request;
  options.variables = std::move(variables);
  return frontend::answer(options, hcl::File::make("estaleiro.hcl", text));
}

/// The answer for people and, below it, the one for programs.
void check_golden(const std::string& name, frontend::Result result) {
  CHECK(result.images.empty());
  CHECK(result.metadata.at("version") == "1.0.0");
  json::parse(result.metadata.at("result.json"), "answer");
  golden::check(std::string(TEST_DATA) + "/subrequests/" + name + ".txt",
                result.metadata.at("result.txt") + "----\n" + result.metadata.at("result.json"));
}

}  // namespace

TEST_CASE("the outline shows variables, given or not, and secrets") {
  check_golden("outline", ask(frontend::request_outline, sample, {{"release", {"trixie", "build-arg"}}}));
}

TEST_CASE("the targets are the image and its bill") { check_golden("targets", ask(frontend::request_targets, sample)); }

TEST_CASE("the requests that are answered are described") {
  check_golden("describe", ask(frontend::request_describe, sample));
}

TEST_CASE("lint shows warnings, and an error where there is one") {
  auto missing = ask(frontend::request_lint, sample);
  CHECK(missing.metadata.at("result.statuscode") == "1");
  check_golden("lint-missing-variable", std::move(missing));
  auto warned = ask(frontend::request_lint, sample, {{"greeting", {"hello", "build-arg"}}});
  CHECK(warned.metadata.at("result.statuscode") == "1");
  check_golden("lint-moving-ref", std::move(warned));
  auto clean = ask(frontend::request_lint, "image \"x\" {\n  base_image = \"scratch\"\n}\n");
  CHECK(clean.metadata.at("result.statuscode") == "0");
  CHECK(clean.metadata.at("result.txt").empty());
}

TEST_CASE("a request that is not there is refused with those that are") {
  CHECK(support::error_text([] { ask("frontend.dance", sample); }) ==
        "unsupported request 'frontend.dance'\n  fix: this frontend answers frontend.subrequests.describe, "
        "frontend.lint, frontend.outline, frontend.targets");
}
