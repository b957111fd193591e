#include "core/llb/graph_view.h"

#include <doctest/doctest.h>

#include "core/base/digest.h"
#include "core/llb/combine.h"
#include "core/llb/exec.h"
#include "core/llb/file.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"
#include "tests/llb/support.h"

using Kind = llb::VertexView::Kind;
using Details = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("a graph is shown vertex by vertex, inputs first") {
  auto recipe = std::make_shared<llb::SourceFile>(llb::SourceFile{"estaleiro.hcl", "HCL", "x"});
  llb::Output base = llb::image("base@sha256:aa", {.platform = llb::Platform{"linux", "arm", "v7"}});
  llb::Exec run =
      llb::exec(base,
                {.args = {"/bin/sh", "-c", "make all"},
                 .mounts = {llb::output_mount("/out"), llb::bind_mount("/src", base, "/usr/src"),
                            llb::cache_mount("/cache", "c1", llb::CacheSharing::shared), llb::tmpfs_mount("/tmp"),
                            llb::secret_mount("/token", "ci"), llb::ssh_mount("/agent")}},
                {.name = "[build] make", .ignore_cache = true, .places = {{recipe, 3, 2, 4, 5}}});
  llb::Output tree = llb::file(run.root(), {llb::copy(run.output("/out"), "/bin", "/usr/bin"), llb::mkdir("/x"),
                                            llb::mkfile("/x/y", ""), llb::rm("/tmp/z"), llb::symlink("y", "/x/l")});
  llb::GraphView view = llb::view_graph(llb::marshal(llb::diff(llb::merge({tree, base}), base)));

  REQUIRE(view.vertices.size() == 5);
  const llb::VertexView& image = view.vertices[0];
  CHECK(image.kind == Kind::source);
  CHECK(image.digest == base.vertex());
  CHECK(image.name == "docker-image://base@sha256:aa");
  CHECK(image.platform == "linux/arm/v7");
  CHECK(image.inputs.empty());

  const llb::VertexView& exec = view.vertices[1];
  CHECK(exec.kind == Kind::exec);
  CHECK(exec.name == "[build] make");
  CHECK(exec.summary == "/bin/sh -c make all");
  CHECK(exec.ignore_cache);
  CHECK(exec.details == Details{{"/", "input 0, writable"},
                                {"/cache", "cache c1"},
                                {"/out", "scratch, writable"},
                                {"/src", "input 0 at /usr/src, read-only"},
                                {"/tmp", "tmpfs"},
                                {"/agent", "ssh default"},
                                {"/token", "secret ci"}});
  REQUIRE(exec.places.size() == 1);
  CHECK(exec.places[0].file->name == "estaleiro.hcl");
  CHECK(exec.places[0].first_line == 3);
  CHECK(exec.places[0].last_column == 5);

  const llb::VertexView& file = view.vertices[2];
  CHECK(file.kind == Kind::file);
  CHECK(file.summary == "copy /bin /usr/bin, mkdir /x, mkfile /x/y, rm /tmp/z, symlink /x/l -> y");
  REQUIRE(file.inputs.size() == 2);
  CHECK(file.inputs[0].vertex == 1);
  CHECK(file.inputs[0].output == 0);
  CHECK(file.inputs[1].vertex == 1);
  CHECK(file.inputs[1].output == 1);

  CHECK(view.vertices[3].kind == Kind::merge);
  CHECK(view.vertices[4].kind == Kind::diff);
  CHECK(view.result.vertex == 4);
  CHECK(view.result.output == 0);
}

TEST_CASE("a source shows its attributes") {
  llb::GraphView view = llb::view_graph(llb::marshal(llb::local("context", {.session = "s", .include = {"src"}})));
  CHECK(view.vertices.at(0).details == Details{{"local.includepattern", "[\"src\"]"}, {"local.session", "s"}});
}

TEST_CASE("ops from the future are shown as unknown") {
  llb::Definition definition = llb::marshal(llb::file(llb::scratch(), {llb::mkdir("/x")}));
  std::string future = "\x42\x00";  // op 8
  future.resize(2);
  pb::Op terminal;
  terminal.add_inputs()->set_digest(base::sha256(future).text());
  definition.ops = {future, terminal.SerializeAsString()};
  llb::GraphView view = llb::view_graph(definition);
  CHECK(view.vertices.at(0).kind == Kind::other);
  CHECK(view.vertices.at(0).name == "unknown op");
}

TEST_CASE("scratch has no vertices") { CHECK(llb::view_graph({}).vertices.empty()); }

TEST_CASE("metadata that is none is refused") {
  llb::Output image = llb::image("a");
  llb::Definition definition = llb::marshal(image);
  definition.metadata[image.vertex()] = "\x0f";
  CHECK(error_of([&] { llb::view_graph(definition); }) ==
        "build graph: metadata of '" + image.vertex() + "' cannot be decoded");
}

TEST_CASE("kinds have names") {
  CHECK(llb::kind_name(Kind::exec) == "exec");
  CHECK(llb::kind_name(Kind::source) == "source");
  CHECK(llb::kind_name(Kind::file) == "file");
  CHECK(llb::kind_name(Kind::merge) == "merge");
  CHECK(llb::kind_name(Kind::diff) == "diff");
  CHECK(llb::kind_name(Kind::other) == "other");
}
