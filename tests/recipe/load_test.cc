#include <doctest/doctest.h>

#include "tests/recipe/support.h"
#include "tests/support/golden.h"

using namespace std::chrono_literals;
using recipe_test::commit;
using recipe_test::image;
using recipe_test::load;

namespace {

recipe_test::Loaded good(const char* name) {
  auto loaded = load(golden::read(std::string(TEST_DATA) + "/good/" + name));
  REQUIRE(loaded.text() == "");
  return loaded;
}

std::vector<std::string> values(const std::vector<recipe::Text>& texts) {
  std::vector<std::string> out;
  for (const auto& text : texts) out.push_back(text.value);
  return out;
}

std::vector<std::string> pairs(const std::vector<recipe::Entry>& entries) {
  std::vector<std::string> out;
  for (const auto& entry : entries) out.push_back(entry.key.value + "=" + entry.value.value);
  return out;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("the announcement's recipe means what it meant") {
  const auto loaded = good("announcement.hcl");
  const recipe::Image& image = loaded.recipe.image;
  CHECK(image.name.value == "cirocosta/estaleiro");
  CHECK(image.base.value == "docker.io/library/ubuntu:bionic");
  REQUIRE(image.apt.size() == 1);
  CHECK(image.apt[0].packages[0].name.value == "ca-certificates");
  REQUIRE(image.files.size() == 1);
  CHECK(image.files[0].destination.value == "/usr/local/bin/estaleiro");
  CHECK(std::get<recipe::FromStep>(image.files[0].origin).index == 0);
  REQUIRE(image.files[0].provenance);
  CHECK(image.files[0].provenance->repository.value == "https://git.example/estaleiro");
  CHECK(image.files[0].provenance->ref.value == commit);
  CHECK(image.files[0].provenance->pinned());
  CHECK(image.entrypoint->value == Strings{"/usr/local/bin/estaleiro", "frontend"});
  CHECK(!image.cmd);
  CHECK(loaded.recipe.steps[0].dockerfile.value == "Dockerfile");
  CHECK(loaded.recipe.steps[0].context.value == ".");
  CHECK(loaded.recipe.steps[0].used);
  REQUIRE(loaded.recipe.variables.size() == 1);
  CHECK(loaded.recipe.variables[0].name == "commit");
  CHECK(loaded.recipe.variables[0].origin == "--var");
}

TEST_CASE("an image takes over every setting in its normal form") {
  const auto loaded = good("whole.hcl");
  const recipe::Image& image = loaded.recipe.image;
  CHECK(image.base.value == "registry.example:5000/debian:sid");
  CHECK(!image.scratch);
  CHECK(image.cmd->value.empty());
  CHECK(image.entrypoint->value == Strings{"/usr/bin/app", "--port", "8080"});
  CHECK(pairs(image.env) == Strings{"ZONE=utc", "HOME=/srv/app", "A=two\nlines"});
  CHECK(values(image.volumes) == Strings{"/data", "/var/lib/app"});
  CHECK(image.stopsignal->value == "SIGINT");
  CHECK(image.user->value == "app:app");
  CHECK(image.workdir->value == "/srv/app/work");
  CHECK(pairs(image.labels) == Strings{"org.opencontainers.image.title=app", "org.opencontainers.image.vendor=acme"});
  CHECK(pairs(image.annotations) == Strings{"org.opencontainers.image.source=https://git.example/app"});
  CHECK(values(image.exposed_ports) == Strings{"8080/tcp", "53/udp"});
  CHECK(image.shell->value == Strings{"/bin/bash", "-c"});
  CHECK(values(image.platforms) == Strings{"linux/amd64", "linux/arm64"});
  const recipe::Healthcheck& check = image.healthcheck->value;
  CHECK(check.test == Strings{"CMD", "/usr/bin/app", "--check"});
  CHECK(check.interval == 90s);
  CHECK(check.timeout == 500ms);
  CHECK(check.start_period == 10s);
  CHECK(check.start_interval == 1s);
  CHECK(check.retries == 3);
}

TEST_CASE("apt blocks keep repositories, keys, packages and choices") {
  const auto loaded = good("whole.hcl");
  const recipe::Apt& apt = loaded.recipe.image.apt.at(0);
  CHECK(values(apt.repositories) == Strings{"deb [arch=amd64] https://apt.example/debian/@SNAPSHOTID@/ sid main"});
  CHECK(apt.recommends.value);
  CHECK(apt.snapshot->value == "20240131T000000Z");
  CHECK(apt.source_policy.value == recipe::Apt::SourcePolicy::archive);
  CHECK(apt.keys.at(0).name.value == "vendor");
  CHECK(apt.keys[0].digest->value.starts_with("sha256:e3b0"));
  CHECK(apt.packages.at(0).version->value == "1.6-2.1");
  CHECK(apt.packages.at(1).vcs->repository.value == "https://git.example/tool");
}

TEST_CASE("each origin of a file carries what is needed to fetch it and where it comes from") {
  const auto loaded = good("whole.hcl");
  const std::vector<recipe::File>& files = loaded.recipe.image.files;
  REQUIRE(files.size() == 7);
  CHECK(files[0].mode->value == 04755);
  CHECK(files[0].owner->value.user == "root");
  CHECK(files[0].owner->value.group == "app");
  CHECK(std::get<recipe::FromStep>(files[0].origin).path.value == "/out/app");
  CHECK(files[0].provenance->repository.value == "https://git.example/app");
  CHECK(files[1].destination.value == "/usr/share/app");
  CHECK(files[1].directory);
  CHECK(std::get<recipe::FromTarball>(files[1].origin).path.value == "share/app");
  CHECK(files[1].provenance->repository.value == "https://git.example/assets");
  CHECK(std::get<recipe::FromContext>(files[2].origin).path.value == "config/app.conf");
  CHECK(files[2].provenance->repository.value == "git@git.example:acme/config.git");
  CHECK(std::get<recipe::FromImage>(files[3].origin).reference.value == "docker.io/library/busybox:1.36");
  CHECK(std::get<recipe::FromImage>(files[3].origin).path.value == "/bin/busybox");
  CHECK(std::get<recipe::FromGit>(files[4].origin).path.value == "words.txt");
  CHECK(files[4].provenance->repository.value == "https://git.example/words");
  CHECK(std::get<recipe::FromUrl>(files[5].origin).uri.value == "https://files.example/model.bin");
  CHECK(std::get<recipe::FromPackage>(files[6].origin).name.value == "jo");
  CHECK(std::get<recipe::FromPackage>(files[6].origin).version->value == "1.9-1");
  CHECK(!files[6].provenance);
  CHECK(files[6].owner->value.user == "0");
}

TEST_CASE("a step takes over every setting") {
  const auto loaded = good("whole.hcl");
  const recipe::Step& step = loaded.recipe.steps.at(0);
  CHECK(step.dockerfile.value == "images/Dockerfile");
  CHECK(step.context.value == "src");
  CHECK(step.target->value == "build");
  CHECK(pairs(step.build_args) == Strings{"VERSION=1", "COMMIT=" + commit});
  CHECK(step.platform->value == "linux/amd64");
  CHECK(values(step.secrets) == Strings{"npmrc"});
  CHECK(values(step.ssh) == Strings{"default"});
  CHECK(step.network.value == recipe::Step::Network::none);
  CHECK(loaded.recipe.tarballs.at(0).path.value == "assets.tgz");
}

TEST_CASE("a policy is read, and absent rows allow everything") {
  const auto loaded = good("whole.hcl");
  const recipe::Policy& policy = loaded.recipe.policy;
  CHECK(policy.allowed_bases->size() == 2);
  CHECK(policy.allowed_keys->at(0).value == "4D64FD6092D75E9424AE5F2E9A4D3A049C60BD52");
  CHECK(policy.max_size->value == 1'500'000'000);
  CHECK(policy.require_explained->value);
  CHECK(!policy.require_archive_sources->value);
  const auto without = load(image(""));
  CHECK(!without.recipe.policy.allowed_bases);
  CHECK(!without.recipe.policy.max_size);
}

TEST_CASE("scratch is no reference, and null is the same as absent") {
  const auto scratch = good("scratch.hcl");
  CHECK(scratch.recipe.image.scratch);
  CHECK(scratch.recipe.image.base.value == "scratch");
  CHECK(scratch.recipe.image.healthcheck->value.test == Strings{"NONE"});
  const auto nulls = good("nulls.hcl");
  CHECK(!nulls.recipe.image.user);
  CHECK(!nulls.recipe.image.cmd);
  CHECK(!nulls.recipe.steps.at(0).target);
}

TEST_CASE("base images are made canonical in both forms") {
  struct Row {
    std::string body;
    std::string base;
  };
  const std::string digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const Row rows[] = {
      {"base_image = \"ubuntu\"", "docker.io/library/ubuntu:latest"},
      {"base_image = \"ubuntu:bionic\"", "docker.io/library/ubuntu:bionic"},
      {"base_image = \"concourse/concourse-rc\"", "docker.io/concourse/concourse-rc:latest"},
      {"base_image = \"localhost:5000/a/b:1\"", "localhost:5000/a/b:1"},
      {"base_image {\n name = \"ubuntu\"\n }", "docker.io/library/ubuntu:latest"},
      {"base_image {\n name = \"ubuntu\"\n ref = \"bionic\"\n }", "docker.io/library/ubuntu:bionic"},
      {"base_image {\n name = \"scratch\"\n }", "scratch"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    const auto loaded = load("image \"x\" {\n" + std::string(row.body) + "\n}\n");
    CHECK(loaded.text() == "");
    CHECK(loaded.recipe.image.base.value == row.base);
  }
  const auto by_digest = load("image \"x\" {\n base_image {\n name = \"ubuntu\"\n ref = \"" + digest + "\"\n }\n}\n");
  CHECK(by_digest.recipe.image.base.value == "docker.io/library/ubuntu@" + digest);
}

TEST_CASE("every value knows its place") {
  const auto loaded = good("announcement.hcl");
  const recipe::Recipe& recipe = loaded.recipe;
  CHECK(recipe.image.name.range.text() == "\"cirocosta/estaleiro\"");
  CHECK(recipe.image.range.text() == "image \"cirocosta/estaleiro\"");
  CHECK(recipe.image.base.range.text() == "\"ubuntu\"");
  CHECK(recipe.image.files[0].destination.range.place() == "estaleiro.hcl:14:8");
  CHECK(std::get<recipe::FromStep>(recipe.image.files[0].origin).path.range.text() == "\"/bin/estaleiro\"");
  CHECK(recipe.image.files[0].origin_range.text() == "from_step \"build\"");
  CHECK(recipe.image.files[0].provenance->ref.range.text() == "\"${commit}\"");
  CHECK(recipe.steps[0].context.range.text() == "step \"build\"");
}

TEST_CASE("variables that are declared have a type, a default, and the given value wins") {
  const std::string declared = "variable \"port\" {\n  default = 80\n}\n";
  const std::string used = image("  exposed_ports = [port + 1]");
  CHECK(load(declared + used).recipe.image.exposed_ports.at(0).value == "81/tcp");
  const auto given = load(declared + used, {{"port", {"8080", "vars"}}});
  CHECK(given.recipe.image.exposed_ports.at(0).value == "8081/tcp");
  CHECK(given.recipe.variables.at(0).origin == "vars");
  CHECK(load(declared + used).recipe.variables.at(0).origin == "default");
  CHECK(load(declared + used).recipe.variables.at(0).value == "80");
  const auto wrong = load(declared + used, {{"port", {"http", "vars"}}});
  CHECK(wrong.text() ==
        "estaleiro.hcl:1:10: error: variable 'port' is 'http' (vars), a number is wanted\n"
        "  1 | variable \"port\" {\n"
        "    |          ^^^^^^\n");
}

TEST_CASE("a variable that breaks its rule is shown with its value and who gave it") {
  const std::string text =
      "variable \"release\" {\n  validation {\n    condition = release != \"sid\"\n    error_message = \"never sid\"\n"
      "  }\n}\n" +
      image("");
  CHECK(load(text).text() ==
        "estaleiro.hcl:3:17: error: never sid\n"
        "  3 |     condition = release != \"sid\"\n"
        "    |                 ^^^^^^^^^^^^^^^^ variable 'release' is 'sid' (vars)\n"
        "estaleiro.hcl:1:1: the variable is here\n"
        "  1 | variable \"release\" {\n"
        "    | ^^^^^^^^^^^^^^^^^^\n");
}

TEST_CASE("locals may stand in any order and lie in several blocks") {
  const auto loaded = load("locals {\n  a = \"${local.b}!\"\n}\nlocals {\n  b = upper(local.c)\n  c = \"x\"\n}\n" +
                           image("  user = local.a"));
  CHECK(loaded.text() == "");
  CHECK(loaded.recipe.image.user->value == "X!");
}

TEST_CASE("a long chain of locals takes time in its length") {
  std::string text = "locals {\n  l0 = \"x\"\n";
  for (int i = 1; i <= 20000; ++i) text += "  l" + std::to_string(i) + " = local.l" + std::to_string(i - 1) + "\n";
  const auto loaded = load(text + "}\n" + image("  user = local.l20000"));
  CHECK(loaded.text() == "");
  CHECK(loaded.recipe.image.user->value == "x");
}

TEST_CASE("an evaluation that would take everything ends with one error") {
  std::string text = "locals {\n  l0 = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "local.l" + std::to_string(i - 1);
    text += "  l" + std::to_string(i) + " = [for a in " + before + " : " + before + "]\n";
  }
  const auto loaded = load(text + "}\n" + image("  user = jsonencode(local.l11)\n  workdir = jsonencode(local.l11)"));
  CHECK(loaded.diagnostics.errors() == 1);
}

TEST_CASE("matching that would take forever ends with one error") {
  std::string stars, text = "image \"x\" {\n  base_image = \"debian\"\n";
  for (int i = 0; i < 1000; ++i) stars += "*a";
  for (int i = 0; i < 300; ++i) {
    text += "  file \"/d/" + std::to_string(i) + "\" {\n    from_tarball \"t\" {\n      path = \"" +
            std::string(200, 'a') + std::to_string(i) + "\"\n    }\n  }\n";
  }
  text += "}\ntarball \"t\" {\n";
  for (int i = 0; i < 3000; ++i) {
    text += "  source_file \"" + stars.substr(0, 150) + "b" + std::to_string(i) +
            "\" {\n    vcs \"git\" {\n      repository = \"r\"\n      ref = commit\n    }\n  }\n";
  }
  const auto loaded = load(text + "}\n");
  REQUIRE(loaded.diagnostics.errors() >= 1);
  CHECK(loaded.diagnostics.list().back().summary ==
        "matching the files with the patterns of source_file takes too long");
}

TEST_CASE("a policy from elsewhere is checked as the recipe's own is, without a second excerpt") {
  auto loaded = load(image(""));
  recipe::Policy policy;
  policy.allowed_bases = {{recipe::Text{"docker.io/library/ubuntu:*", {}}}};
  hcl::Diagnostics problems;
  recipe::check_policy(loaded.recipe, policy, "source.policy", problems);
  CHECK(hcl::render(problems) ==
        "estaleiro.hcl:2:16: error: image 'docker.io/library/debian:latest' is not allowed by source.policy\n"
        "  2 |   base_image = \"debian\"\n"
        "    |                ^^^^^^^^\n");
}
