#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "cli/graph_file.h"
#include "cli/output_option.h"
#include "cli/run.h"
#include "cli/status_json.h"
#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "tests/support/error_text.h"

namespace {

struct Ran {
  int code;
  std::string out, err;
};

Ran run(std::vector<std::string> arguments) {
  std::istringstream in;
  std::ostringstream out, err;
  cli::Streams streams{in, out, err};
  int code = cli::run(std::move(arguments), streams);
  return {code, out.str(), err.str()};
}

const std::string examples = std::string(TEST_DATA) + "/../../../examples/";

}  // namespace

TEST_CASE("an output says its type, its place and what the engine is to know") {
  auto push = cli::parse_output("push", {"team/app:1", "registry.example/app"});
  CHECK(push.exporter.type == "image");
  CHECK(push.exporter.attributes ==
        std::map<std::string, std::string>{{"name", "docker.io/team/app:1,registry.example/app:latest"},
                                           {"oci-mediatypes", "true"},
                                           {"push", "true"},
                                           {"store", "false"}});
  auto directory = cli::parse_output("out/", {});
  CHECK(directory.exporter.type == "local");
  CHECK(directory.exporter.target.directory == "out/");
  auto layout = cli::parse_output("type=oci,tar=false,dest=layout,compression=zstd", {});
  CHECK(layout.exporter.target.directory == "layout");
  CHECK(layout.exporter.attributes.at("compression") == "zstd");
  base::TemporaryDirectory files("output");
  auto tar = cli::parse_output("tar,dest=" + (files.path() / "x.tar").string(), {});
  CHECK(tar.exporter.target.fd >= 0);
  CHECK(tar.exporter.attributes.empty());
}

TEST_CASE("an output that makes no sense is refused") {
  struct {
    const char *text, *error;
  } const table[] = {
      {"imag",
       "--output has the type 'imag': image, push, oci, docker, tar and local are there\n"
       "  fix: did you mean 'image'?"},
      {"", "--output has the type '': image, push, oci, docker, tar and local are there"},
      {"type=oci,dest", "--output has 'dest' where KEY=VALUE is wanted"},
      {"image", "the image has no name\n  fix: give one: --tag registry.example/team/app:1.0"},
      {"local", "--output type local needs dest=DIRECTORY"},
      {"oci,tar=false", "--output type oci needs dest=DIRECTORY"},
      {"push,name=x,dest=y", "--output type push has no dest"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(support::error_text([&] { cli::parse_output(row.text, {}); }) == row.error);
  }
}

TEST_CASE("a build without an engine ends in one error, and nonsense before any engine is asked") {
  std::vector<std::string> build = {"build", "--var", "greeting=x", examples + "small"};
  auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), build.begin(), build.end());
    return run(more);
  };
  CHECK(with({"--addr", "unix:///nowhere/buildkitd.sock"}).err.starts_with("error: "));
  CHECK(with({"--progress", "loud"}).err == "error: --progress is 'loud', auto, plain, tty or json is wanted\n");
  CHECK(with({"--label", "x"}).err == "error: --label has 'x' where NAME=VALUE is wanted\n");
  CHECK(with({"--secret", "src=x"}).err == "error: --secret has no id\n  fix: write id=NAME,src=FILE\n");
  CHECK(with({"--kept-inputs", "x"}).err == "error: --kept-inputs is given without --lock\n");
  CHECK(with({"--lock", "/nowhere/bom.yml"}).err.starts_with("error: "));
  CHECK(with({"--target", "x"}).err == "error: no target 'x': image, bom and lock are there\n");
  CHECK(run({"build", examples + "nowhere"}).code == cli::exit_failed);
}

TEST_CASE("check and outline need no engine") {
  auto missing = run({"build", "--check", examples + "small"});
  CHECK(missing.code == cli::exit_failed);
  CHECK(missing.out.find("unknown variable 'greeting'") != std::string::npos);
  auto fine = run({"build", "--check", "--var", "greeting=x", examples + "small"});
  CHECK(fine.code == cli::exit_ok);
  CHECK(fine.out.empty());
  CHECK(run({"build", "--call", "outline", examples + "small"}).out.find("greeting") != std::string::npos);
  CHECK(run({"build", "--call", "targets", examples + "small"}).out ==
        "TARGET          DESCRIPTION\nimage (default) the image\n"
        "bom             its bill of materials in every format, as files\n"
        "lock            its bill as bom.yml, to build the same again\n");
}

TEST_CASE("a recipe is drawn without an engine, the bill's side told apart") {
  auto drawn = run({"graph", "--file", examples + "announcement/estaleiro.hcl", "--var",
                    "estaleiro-commit=49b6936ef130793fff677038891e517718c2baf8", "--format", "dot"});
  CHECK(drawn.err.empty());
  for (const char* label :
       {"[base] docker.io/library/debian:bookworm", "[apt] resolve 1 package", "[apt] fetch ca-certificates",
        "[apt] install 1 package", "[build] Dockerfile, stage build", "[tarball] unpack motd-1.0.tar.gz",
        "[bill] hash the files", "image cirocosta/estaleiro", "bill of materials", "estaleiro.hcl:"}) {
    CAPTURE(label);
    CHECK(drawn.out.find(label) != std::string::npos);
  }
  base::TemporaryDirectory files("graph");
  std::string to = (files.path() / "graph.svg").string();
  CHECK(run({"graph", "--file", examples + "small/estaleiro.hcl", "--var", "greeting=x", "-o", to}).code == 0);
  CHECK(base::read_file(to, 1 << 20).starts_with("<svg "));
  CHECK(run({"graph", "--file", examples + "small/estaleiro.hcl", "--var", "greeting=x", "--format", "png"}).err ==
        "error: graph format 'png', svg, dot or llb is wanted\n");
}

TEST_CASE("a status is one line of BuildKit's raw JSON") {
  term::BuildStatus status;
  auto at = term::Time(std::chrono::seconds(1) + std::chrono::nanoseconds(5));
  status.vertices.push_back({"sha256:a", {"sha256:b"}, "name", true, at, {}, "bad"});
  status.tasks.push_back({"id", "sha256:a", "layer", 1, 2, at, at});
  status.logs.push_back({"sha256:a", 2, "hi\n"});
  status.warnings.push_back({"", 1, "w", {"d"}, "u"});
  CHECK(
      cli::status_json(status) ==
      R"({"vertexes":[{"digest":"sha256:a","inputs":["sha256:b"],"name":"name","started":"1970-01-01T00:00:01.000000005Z",)"
      R"("cached":true,"error":"bad"}],"statuses":[{"id":"id","vertex":"sha256:a","name":"layer","current":1,"total":2,)"
      R"("started":"1970-01-01T00:00:01.000000005Z","completed":"1970-01-01T00:00:01.000000005Z"}],)"
      R"("logs":[{"vertex":"sha256:a","stream":2,"data":"aGkK"}],)"
      R"("warnings":[{"vertex":"","level":1,"short":"dw==","detail":["ZA=="],"url":"u"}]})");
}

TEST_CASE("every command is in the help, the completions and the manual page") {
  auto help = run({"--help"}).out, bash = run({"completion", "bash"}).out, zsh = run({"completion", "zsh"}).out,
       man = run({"man"}).out;
  for (const char* command : {"build", "graph", "validate", "fmt", "config", "frontend", "completion", "man"}) {
    CAPTURE(command);
    CHECK(help.find(command) != std::string::npos);
    CHECK(bash.find(std::string("    ") + command + ")") != std::string::npos);
    CHECK(zsh.find(std::string("'") + command + ":") != std::string::npos);
    CHECK(man.find(std::string(".SS estaleiro ") + command) != std::string::npos);
  }
  CHECK(bash.find("--vars-file") != std::string::npos);
  CHECK(zsh.find("--platform[") != std::string::npos);
  CHECK(run({"bom", "--help"}).out.find("verify") != std::string::npos);
  CHECK(man.find("\\-\\-vars\\-file") != std::string::npos);
  CHECK(bash.find("    bom)\n      words='get ") != std::string::npos);
  CHECK(zsh.find("'get:") != std::string::npos);
  CHECK(man.find(".SS estaleiro bom get\n") != std::string::npos);
  CHECK(run({"completion", "fish"}).code == cli::exit_usage);
}
