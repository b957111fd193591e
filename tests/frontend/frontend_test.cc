#include "core/frontend/frontend.h"

#include <doctest/doctest.h>

#include "core/frontend/located_error.h"
#include "core/json/decode.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"
#include "tests/frontend/fake_gateway.h"
#include "tests/support/error_text.h"

namespace {

constexpr char plain[] = "image \"team/app\" {\n  base_image = \"scratch\"\n  env = { A = \"${a}\" }\n}\n";

using Options = std::map<std::string, std::string>;

frontend::LocatedError located(FakeGateway& gateway, const Options& options) {
  try {
    frontend::run(gateway, options);
  } catch (const frontend::LocatedError& error) {
    return error;
  }
  return {base::Error(base::Kind::failed, "no error"), {}};
}

}  // namespace

TEST_CASE("a build takes its recipe from the caller's directory and its variables from the build arguments") {
  FakeGateway gateway;
  gateway.files = {{"app.hcl", plain}};
  auto result = frontend::run(
      gateway,
      {{"filename", "app.hcl"}, {"build-arg:a", "b"}, {"build-arg:SOURCE_DATE_EPOCH", "86400"}, {"label:x", "y"}});
  REQUIRE(result.images.size() == 1);
  const auto& [platform, image] = *result.images.begin();
  CHECK(platform == name::Platform::host().text());
  auto config = json::parse(image.config, "config");
  CHECK(config["config"]["Env"] == json::Value::array({"A=b"}));
  CHECK(config["config"]["Labels"] == json::Value{{"x", "y"}});
  CHECK(config["created"] == "1970-01-02T00:00:00Z");
  CHECK(result.metadata.at("source.date.epoch") == "86400");
  CHECK(image.attestations.empty());
  CHECK(gateway.source("local://dockerfile").at("local.includepattern") == R"(["app.hcl"])");
  CHECK(gateway.source("local://dockerfile").at("local.session") == "session");
}

TEST_CASE("a bill that nobody reads is not made: the base is not looked into") {
  const std::string recipe = "image \"x\" {\n  base_image = \"busybox\"\n}\n%";
  auto looked_into = [&](const std::string& more, const Options& options) {
    FakeGateway gateway;
    gateway.files = {{"estaleiro.hcl", std::string(recipe).replace(recipe.find('%'), 1, more)}};
    frontend::run(gateway, options);
    CHECK(gateway.resolved.size() == 1);
    std::size_t trees = 0;  // besides recipe and ignore files, and the image itself
    for (const auto& request : gateway.solved) {
      auto graph = llb::view_graph(request.definition);
      trees +=
          !request.evaluate && graph.vertices.size() == 1 && graph.vertices[0].summary.starts_with("docker-image://");
    }
    return trees > 0;
  };
  CHECK(!looked_into("", {}));
  CHECK(looked_into("", {{"attest:sbom", ""}}));
  CHECK(looked_into("", {{"target", "bom"}}));
  CHECK(looked_into("policy {\n  require_commits = true\n}\n", {}));
}

TEST_CASE("several platforms are as many images, each with its time") {
  FakeGateway gateway;
  gateway.files = {{"estaleiro.hcl", plain}};
  auto result = frontend::run(gateway, {{"platform", "linux/arm64,linux/amd64"}, {"build-arg:a", ""}});
  CHECK(result.images.size() == 2);
  CHECK(json::parse(result.images.at("linux/arm64").config, "config")["architecture"] == "arm64");
  CHECK(result.metadata.at("source.date.epoch/linux/arm64") == "0");
  CHECK(!result.metadata.contains("source.date.epoch"));
}

TEST_CASE("the recipe's own platforms count when the caller names none") {
  FakeGateway gateway;
  gateway.files = {
      {"estaleiro.hcl",
       "image \"x\" {\n  base_image = \"scratch\"\n  platforms = [\"linux/arm64\", \"linux/amd64\"]\n}\n"}};
  CHECK(frontend::run(gateway, {}).images.size() == 2);
  CHECK(frontend::run(gateway, {{"platform", "linux/arm64"}}).images.size() == 1);
}

TEST_CASE("the bill goes along as an attestation when the caller asks for an SBOM") {
  FakeGateway gateway;
  gateway.files = {{"estaleiro.hcl", plain}};
  auto result = frontend::run(gateway, {{"attest:sbom", ""}, {"build-arg:a", ""}});
  const auto& attestations = result.images.begin()->second.attestations;
  REQUIRE(attestations.size() == 1);
  CHECK(attestations[0].predicate_type == "https://spdx.dev/Document");
  CHECK(attestations[0].metadata.at("reason") == "sbom");
  CHECK(attestations[0].ref.definition.ops[0].find("SPDX-2.3") != std::string::npos);
}

TEST_CASE("the target bom is the bill in every format") {
  FakeGateway gateway;
  gateway.files = {{"estaleiro.hcl", plain}};
  auto result = frontend::run(gateway, {{"target", "bom"}, {"build-arg:a", ""}});
  std::vector<std::string> names;
  for (const auto& vertex : llb::view_graph(result.images.begin()->second.ref.definition).vertices)
    names.push_back(vertex.summary);
  // With nothing declared and nothing installed there is nothing that a statement could be about.
  CHECK(names == std::vector<std::string>{"mkfile /bom.yml", "mkfile /bom.spdx.json", "mkfile /bom.cdx.json",
                                          "mkfile /bom.html"});
}

TEST_CASE("the target lock is the bill alone") {
  FakeGateway gateway;
  gateway.files = {{"estaleiro.hcl", plain}};
  auto result = frontend::run(gateway, {{"target", "lock"}, {"build-arg:a", ""}});
  auto view = llb::view_graph(result.images.begin()->second.ref.definition);
  REQUIRE(view.vertices.size() == 1);
  CHECK(view.vertices[0].summary == "mkfile /bom.yml");
}

TEST_CASE("a request that is no build is answered without one") {
  FakeGateway gateway;
  gateway.files = {{"estaleiro.hcl", plain}};
  auto result = frontend::run(gateway, {{"requestid", "frontend.outline"}});
  CHECK(result.images.empty());
  CHECK(result.metadata.at("result.txt").find("\na\n") != std::string::npos);
  CHECK(gateway.solved.size() == 1);  // the recipe
}

TEST_CASE("an error of the recipe comes with its place, for clients to show") {
  FakeGateway gateway;
  gateway.files = {{"estaleiro.hcl", plain}};
  auto missing = located(gateway, {});
  REQUIRE(missing.places().size() == 1);
  CHECK(missing.places()[0].file->name == "estaleiro.hcl");
  CHECK(missing.places()[0].file->text == plain);
  CHECK(missing.places()[0].first_line == 3);
  CHECK(missing.excerpt().empty());
  CHECK(missing.message().find("unknown variable 'a'") != std::string::npos);

  gateway.files = {{"estaleiro.hcl", "image \"x\" {\n  bas_image = \"a\"\n  entrypont = []\n}\n"}};
  auto several = located(gateway, {});
  CHECK(several.places().size() >= 2);
  CHECK(!several.excerpt().empty());
}

TEST_CASE("a recipe that is not there is an error that says how to name one") {
  FakeGateway gateway;
  CHECK(support::error_text([&] {
          frontend::run(gateway, {{"filename", "x.hcl"}});
        }) == "there is no recipe 'x.hcl'\n  fix: name the recipe with --file, or the option 'filename'");
}

TEST_CASE("warnings of the recipe go to the engine with their lines") {
  FakeGateway gateway;
  gateway.files = {
      {"estaleiro.hcl",
       "image \"x\" {\n  base_image = \"scratch\"\n}\n\nstep \"build\" {\n  dockerfile = \"Dockerfile\"\n}\n"}};
  frontend::run(gateway, {});
  REQUIRE(gateway.warnings.size() == 1);
  CHECK(gateway.warnings[0].file == "estaleiro.hcl");
  CHECK(gateway.warnings[0].line == 5);
  CHECK(gateway.warnings[0].text == "step 'build' is not used");
}

TEST_CASE("a named context takes the place of the base image, however its name is written") {
  for (const char* name : {"debian:12", "docker.io/library/debian:12"}) {
    CAPTURE(name);
    FakeGateway gateway;
    gateway.files = {{"estaleiro.hcl", "image \"x\" {\n  base_image = \"debian:12\"\n}\n"}};
    frontend::run(gateway, {{std::string("context:") + name, "docker-image://registry.example/base:1"}});
    CHECK(gateway.resolved == std::vector<std::string>{"registry.example/base:1"});
  }
  FakeGateway gateway;
  gateway.files = {{"estaleiro.hcl", "image \"x\" {\n  base_image = \"debian:12\"\n}\n"}};
  frontend::run(gateway, {{"context:debian:11", "docker-image://registry.example/base:1"}});
  CHECK(gateway.resolved == std::vector<std::string>{"docker.io/library/debian:12"});
}

namespace {

constexpr char on_debian[] = "image \"x\" {\n  base_image = \"debian:12\"\n}\n";

/// What the image is made of when `source` stands in for debian:12.
llb::VertexView replaced_base(FakeGateway& gateway, const std::string& source, Options options = {}) {
  gateway.files["estaleiro.hcl"] = on_debian;
  options["context:debian:12"] = source;
  auto result = frontend::run(gateway, options);
  return llb::view_graph(result.images.begin()->second.ref.definition).vertices.at(0);
}

std::map<std::string, std::string> details_of(const llb::VertexView& vertex) {
  return {vertex.details.begin(), vertex.details.end()};
}

}  // namespace

TEST_CASE("an image layout, a directory, a repository, a download or an input can be the base image") {
  const std::string digest = "sha256:" + std::string(64, 'a');
  FakeGateway layout;
  auto vertex = replaced_base(layout, "oci-layout://store:latest@" + digest);
  CHECK(vertex.summary == "oci-layout://docker.io/library/debian:12@" + digest);
  CHECK(details_of(vertex).at("oci.store") == "store");
  CHECK(details_of(vertex).at("oci.session") == "session");
  CHECK(layout.resolved == std::vector<std::string>{"store docker.io/library/debian:12@" + digest});
  CHECK(layout.warnings.empty());

  FakeGateway directory;
  directory.files[".dockerignore"] = "*.o\n";
  vertex = replaced_base(directory, "local:rootfs", {{"local-sessionid:rootfs", "other"}});
  CHECK(vertex.summary == "local://rootfs");
  CHECK(details_of(vertex).at("local.excludepatterns") == R"(["*.o"])");
  CHECK(details_of(vertex).at("local.session") == "other");
  REQUIRE(directory.warnings.size() == 1);
  CHECK(directory.warnings[0].text == "base image 'docker.io/library/debian:12' is replaced by 'local:rootfs'");
  CHECK(directory.warnings[0].line == 2);
  CHECK(directory.resolved.empty());

  FakeGateway git;
  CHECK(replaced_base(git, "https://git.example/rootfs.git#main:sub").summary.starts_with("git://git.example/rootfs"));
  FakeGateway file;
  vertex = replaced_base(file, "https://files.example/rootfs.tar");
  CHECK(vertex.summary == "https://files.example/rootfs.tar");
  CHECK(details_of(vertex).at("http.filename") == "context");

  FakeGateway input;
  input.given_inputs["x"] = llb::marshal(llb::image("registry.example/x@" + digest));
  const std::string config = base::to_base64(R"({"architecture":"amd64","os":"linux","config":{"Env":["A=b"]}})");
  input.files["estaleiro.hcl"] = on_debian;
  auto result = frontend::run(input, {{"context:debian:12", "input:x"},
                                      {"platform", "linux/amd64"},
                                      {"input-metadata:x", R"({"containerimage.config":")" + config + R"("})"}});
  CHECK(json::parse(result.images.begin()->second.config, "config")["config"]["Env"] == json::Value::array({"A=b"}));
}

TEST_CASE("a named context may be for one platform alone, and scratch") {
  FakeGateway gateway;
  gateway.files = {{"estaleiro.hcl", on_debian}};
  frontend::run(gateway, {{"context:debian:12", "docker-image://scratch"},
                          {"context:debian:12::linux/arm64", "docker-image://registry.example/arm"},
                          {"platform", "linux/amd64,linux/arm64"}});
  CHECK(gateway.resolved == std::vector<std::string>{"registry.example/arm:latest"});
}

TEST_CASE("a context that makes no sense, or a base that the policy forbids, is one error") {
  auto text = [](const std::string& source) {
    return support::error_text([&] {
      FakeGateway gateway;
      replaced_base(gateway, source);
    });
  };
  CHECK(text("ftp://x") ==
        "context 'debian:12' is 'ftp://x', which is no kind of context\n"
        "  fix: give docker-image://…, oci-layout://…, a directory, or the URL of a git repository or a file");
  CHECK(text("oci-layout://store") == "context 'debian:12' is 'oci-layout://store', which has no digest");
  CHECK(text("oci-layout://@sha256:" + std::string(64, 'a')).ends_with(", which names no layout"));
  CHECK(text("input:y") == "context 'debian:12' names the input 'y', which the caller does not have");
  FakeGateway gateway;
  gateway.files = {
      {"estaleiro.hcl", std::string(on_debian) + "policy {\n  allowed_bases = [\"docker.io/library/*\"]\n}\n"}};
  auto refused = located(gateway, {{"context:debian:12", "docker-image://registry.example/base:1"}});
  CHECK(refused.message().find("registry.example/base:1") != std::string::npos);
  CHECK(refused.places().size() == 2);
}

namespace {

/// What is said of a build on debian:12 with `source` in its place under the caller's policy "docker.io/library/*".
std::string replaced_under_policy(const std::string& source, const Options& more = {}) {
  FakeGateway gateway;
  auto file = hcl::File::make("estaleiro.hcl", on_debian);
  frontend::Options options = frontend::parse_options({{"context:debian:12", source}});
  for (const auto& [name, origin] : more) options.context_origins[name] = origin;
  recipe::Policy policy;
  policy.allowed_bases.emplace().push_back({"docker.io/library/*", {}});
  frontend::BuildOptions common;
  common.policy = &policy;
  return support::error_text([&] { frontend::make(gateway, recipe::load(file, {}), options, {}, {}, common); });
}

}  // namespace

TEST_CASE("the caller's policy holds for what takes the base's place, by where that is from") {
  const std::string layout = "oci-layout://input-0@sha256:" + std::string(64, 'a');
  const std::string digest = "@sha256:" + std::string(64, 'a');
  CHECK(replaced_under_policy("docker-image://debian:12") == "no error");
  CHECK(replaced_under_policy("docker-image://registry.example/base:1")
            .find("image 'registry.example/base:1' is not allowed by source.policy") != std::string::npos);
  CHECK(replaced_under_policy(layout, {{"debian:12", "docker.io/library/debian:12" + digest}}) == "no error");
  CHECK(replaced_under_policy(layout, {{"debian:12", "registry.example/base:1" + digest}})
            .find("image 'registry.example/base:1' is not allowed by source.policy") != std::string::npos);
  // Of which nobody knows where it is from: it is no debian:12 for being put in its place.
  CHECK(replaced_under_policy(layout).find("image '" + layout + "' is not allowed by source.policy") !=
        std::string::npos);
}

TEST_CASE("secrets in the URL of a context are shown nowhere") {
  FakeGateway gateway;
  auto vertex = replaced_base(gateway, "https://bot:hunter2@git.example/rootfs.git#main");
  CHECK(vertex.name == "[context debian:12] https://git.example/rootfs.git#main");
  CHECK(details_of(vertex).at("git.fullurl").find("bot:hunter2@") != std::string::npos);  // the engine needs them
  REQUIRE(gateway.warnings.size() == 1);
  CHECK(gateway.warnings[0].text ==
        "base image 'docker.io/library/debian:12' is replaced by 'https://git.example/rootfs.git#main'");
  FakeGateway file;
  CHECK(replaced_base(file, "https://files.example/rootfs.tar?token=hunter2").name ==
        "[context debian:12] https://files.example/rootfs.tar?…");
  CHECK(file.warnings.at(0).text.find("hunter2") == std::string::npos);
}

TEST_CASE("hosts of the caller's are known to apt, which fetches from them what the engine cannot") {
  FakeGateway gateway;
  gateway.files = {
      {"estaleiro.hcl", "image \"x\" {\n  base_image = \"debian:12\"\n  apt {\n    package \"jq\" {}\n  }\n}\n"},
      {"var/lib/dpkg/status", ""},
      {"usr/bin/dpkg", ""},
      {"etc/apt/sources.list",
       "deb http://here.example/debian bookworm main\ndeb http://deb.example/debian bookworm-security main\n"}};
  located(gateway, {{"add-hosts", "here.example=10.0.0.1"}});
  bool asked = false;
  for (const auto& request : gateway.solved)
    for (const auto& vertex : llb::view_graph(request.definition).vertices) {
      CHECK(!vertex.summary.starts_with("http://here.example"));
      if (vertex.name != "[apt] resolve 1 package") continue;
      asked = true;
      CHECK(details_of(vertex).at("here.example") == "host 10.0.0.1");
      CHECK(details_of(vertex).contains("/tmp/in-release/1"));
      CHECK(!details_of(vertex).contains("/tmp/in-release/0"));
    }
  CHECK(asked);
}

namespace {

constexpr char with_step[] = R"(image "x" {
  base_image = "scratch"
  file "/app" {
    from_step "build" { path = "/app" }
  }
}
step "build" {
  dockerfile = "Dockerfile"
  source_file "/app" {
    vcs "git" {
      repository = "https://git.example/app"
      ref        = "49b6936ef130793fff677038891e517718c2baf8"
    }
  }
}
)";

/// What the Dockerfile frontend was asked; the build fails after that, for nothing runs here.
frontend::SolveRequest step_request(FakeGateway& gateway, const Options& options) {
  gateway.files["estaleiro.hcl"] = with_step;
  gateway.files["Dockerfile"] = "FROM scratch\n";
  try {
    frontend::run(gateway, options);
  } catch (const base::Error&) {
  }
  for (const auto& request : gateway.solved)
    if (request.frontend == "dockerfile.v0") return request;
  return {};
}

}  // namespace

TEST_CASE("a step gets the caller's context, and the options that are for Dockerfiles") {
  FakeGateway gateway;
  auto request = step_request(gateway, {{"add-hosts", "a=10.0.0.1"}, {"no-cache", ""}, {"context:other", "local:dir"}});
  CHECK(request.options.at("contextkey") == "context");
  CHECK(request.options.at("dockerfilekey") == "context");
  CHECK(request.options.at("add-hosts") == "a=10.0.0.1");
  CHECK(request.options.at("no-cache") == "");
  CHECK(request.options.at("context:other") == "local:dir");
  CHECK(request.inputs.empty());
}

TEST_CASE("a named context takes the place of a step's context") {
  FakeGateway gateway;
  gateway.files[".dockerignore"] = "*.o\n";
  auto request = step_request(gateway, {{"context:build", "local:sources"}});
  auto context = llb::view_graph(request.inputs.at("context"));
  CHECK(context.vertices.back().summary == "local://sources");
  CHECK(std::map(context.vertices.back().details.begin(), context.vertices.back().details.end())
            .at("local.excludepatterns") == R"(["*.o"])");
  // Not handed on: it would take the place of a stage of that name.
  CHECK(!request.options.contains("context:build"));
  CHECK(llb::view_graph(request.inputs.at("dockerfile")).vertices.back().summary == "local://context");

  FakeGateway other;
  other.given_inputs["x"] = llb::marshal(llb::image("registry.example/x@sha256:" + std::string(64, 'a')));
  request = step_request(other, {{"context:build", "input:x"}});
  CHECK(request.inputs.at("context").ops == other.given_inputs["x"].ops);
  CHECK(support::error_text([&] {
          FakeGateway none;
          none.files = {{"estaleiro.hcl", with_step}};
          frontend::run(none, {{"context:build", "input:y"}});
        }) == "context 'build' names the input 'y', which the caller does not have");
}

TEST_CASE("an ignore file of ours is applied where a Dockerfile frontend would not find it") {
  FakeGateway gateway;
  gateway.files[".estaleiroignore"] = "secret\n";
  auto request = step_request(gateway, {});
  CHECK(!request.options.contains("contextkey"));
  auto context = llb::view_graph(request.inputs.at("context"));
  CHECK(std::map(context.vertices.front().details.begin(), context.vertices.front().details.end())
            .at("local.excludepatterns") == R"(["secret"])");
}

TEST_CASE("a git repository serves as the context, recipe included") {
  FakeGateway gateway;
  auto request = step_request(gateway, {{"context", "https://git.example/app.git#main:sub"}});
  auto context = llb::view_graph(request.inputs.at("context"));
  CHECK(context.vertices.front().summary.starts_with("git://"));
  CHECK(gateway.source("local://dockerfile").empty());
  CHECK(support::error_text([&] {
          frontend::run(gateway, {{"context", "https://files.example/x.tar"}});
        }) ==
        "context 'main': 'https://files.example/x.tar' is no git repository\n"
        "  fix: write a repository's URL with .git at its end, and #REF or #REF:DIRECTORY behind it");
}
