#include "core/frontend/step_access.h"

#include <doctest/doctest.h>

#include "core/hcl/source.h"
#include "core/llb/exec.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"
#include "tests/support/error_text.h"

namespace {

recipe::Recipe with_step(const std::string& arguments) {
  return recipe::load(
      hcl::File::make(
          "estaleiro.hcl",
          "step \"build\" {\n  dockerfile = \"Dockerfile\"\n" + arguments +
              "  source_file \"*\" {\n    vcs \"git\" {\n      repository = \"r\"\n      ref = \"v1\"\n    }\n  "
              "}\n}\nimage \"x\" {\n  base_image = \"debian\"\n}\n"),
      {});
}

/// What a command asks for, checked against the step.
std::string refused(const std::string& arguments, llb::ExecOptions options) {
  const auto recipe = with_step(arguments);
  options.args = {"make"};
  const auto graph =
      llb::marshal(llb::exec(llb::image("docker.io/library/debian@sha256:" + std::string(64, 'a')), options).root());
  return support::error_text([&] { frontend::check_access(recipe, recipe.steps.at(0), graph); });
}

}  // namespace

TEST_CASE("a step gets the secrets and agents that the recipe names") {
  llb::ExecOptions options;
  options.mounts = {llb::secret_mount("/run/secrets/token", "token"), llb::ssh_mount("/run/agent")};
  options.secret_env = {{"TOKEN", "token", false}};
  CHECK(refused("  secrets = [\"token\"]\n  ssh = [\"default\"]\n", options) == "no error");
  // `RUN --mount=type=ssh` without an id.
  options.mounts = {llb::ssh_mount("/run/agent", "")};
  options.secret_env = {};
  CHECK(refused("  ssh = [\"default\"]\n", options) == "no error");
}

TEST_CASE("a step that asks for more is refused") {
  const std::string lines = "  1 | step \"build\" {\n    | ^^^^^^^^^^^^\n  fix: add ";
  llb::ExecOptions options;
  options.mounts = {llb::secret_mount("/run/secrets/token", "token")};
  CHECK(refused("  secrets = [\"other\"]\n", options) ==
        "estaleiro.hcl:1:1: step 'build' asks for the secret 'token', which the recipe does not let it have\n" + lines +
            "secrets = [\"token\"] to the step");
  options.mounts = {llb::ssh_mount("/run/agent")};
  CHECK(refused("  secrets = [\"default\"]\n", options) ==
        "estaleiro.hcl:1:1: step 'build' asks for the ssh agent 'default', which the recipe does not let it have\n" +
            lines + "ssh = [\"default\"] to the step");
  options.mounts = {};
  options.secret_env = {{"TOKEN", "token", true}};
  CHECK(refused("", options).starts_with("estaleiro.hcl:1:1: step 'build' asks for the secret 'token'"));
}
