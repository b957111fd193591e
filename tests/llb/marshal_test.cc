#include "core/llb/marshal.h"

#include <doctest/doctest.h>

#include "core/base/digest.h"
#include "core/llb/combine.h"
#include "core/llb/exec.h"
#include "core/llb/file.h"
#include "core/llb/source.h"
#include "tests/llb/support.h"

namespace {

llb::Output step(const llb::Output& on, const std::string& name, const llb::Metadata& metadata = {}) {
  return llb::file(on, {llb::mkdir("/" + name)}, metadata);
}

pb::Source source_of(const llb::Definition& definition) {
  pb::Source source;
  source.ParseFromString(definition.source);
  return source;
}

}  // namespace

TEST_CASE("bytes are in Go's order: inputs, platform, constraints, then the op") {
  llb::Definition definition = llb::marshal(llb::image("a", {.platform = llb::Platform{"o", "p", ""}}));
  REQUIRE(definition.ops.size() == 2);
  CHECK(base::to_hex(std::as_bytes(std::span(definition.ops[0]))) ==
        "5206"
        "0a0170"
        "12016f"  // platform = 10: Architecture "p", OS "o"
        "5a00"    // constraints = 11
        "1a12"
        "0a10"
        "646f636b65722d696d6167653a2f2f61");  // source = 3: identifier "docker-image://a"
}

TEST_CASE("the last op points at the wanted output and holds nothing else") {
  llb::Exec run = llb::exec(llb::scratch(), {.args = {"true"}, .mounts = {llb::output_mount("/out")}});
  llb::Definition definition = llb::marshal(run.output("/out"));
  REQUIRE(definition.ops.size() == 2);
  CHECK(base::sha256(definition.ops[0]).text() == run.vertex());
  pb::Op terminal;
  REQUIRE(terminal.ParseFromString(definition.ops[1]));
  REQUIRE(terminal.inputs_size() == 1);
  CHECK(terminal.inputs(0).digest() == run.vertex());
  CHECK(terminal.inputs(0).index() == 1);
  CHECK(terminal.op_case() == pb::Op::OP_NOT_SET);
}

TEST_CASE("inputs come before those who use them, each once, however often it was made") {
  auto diamond = [] { return step(llb::image("base"), "shared"); };
  llb::Definition definition = llb::marshal(llb::merge({step(diamond(), "a"), step(diamond(), "b"), diamond()}));
  CHECK(definition.ops.size() == 6);
  std::set<std::string> before;
  for (const std::string& bytes : definition.ops) {
    pb::Op op;
    REQUIRE(op.ParseFromString(bytes));
    for (const pb::Input& input : op.inputs()) CHECK(before.count(input.digest()) == 1);
    CHECK(before.insert(base::sha256(bytes).text()).second);
  }
}

TEST_CASE("the same graph gives the same bytes, and metadata is no part of a digest") {
  auto graph = [](const llb::Metadata& metadata) {
    return step(llb::local("context", {.session = "s", .shared_key_hint = "h"}), "x", metadata);
  };
  CHECK(llb::marshal(graph({})).ops == llb::marshal(graph({.name = "other", .ignore_cache = true})).ops);
  CHECK(graph({}) == graph({.name = "other"}));
  CHECK_FALSE(graph({}) == step(llb::scratch(), "x"));
}

TEST_CASE("scratch is the empty definition") {
  CHECK(llb::marshal(llb::scratch()).empty());
  CHECK(llb::scratch().vertex() == "");
  CHECK(llb::scratch().is_scratch());
}

TEST_CASE("merge and diff leave out what adds nothing") {
  llb::Output a = llb::image("a"), b = llb::image("b");
  CHECK(llb::merge({}).is_scratch());
  CHECK(llb::merge({llb::scratch(), llb::scratch()}).is_scratch());
  CHECK(llb::merge({llb::scratch(), a}) == a);
  CHECK(llb::diff(llb::scratch(), a) == a);

  pb::Op merged = op_of(llb::merge({a, llb::scratch(), b}));
  REQUIRE(merged.merge().inputs_size() == 2);
  CHECK(merged.inputs(static_cast<int>(merged.merge().inputs(1).input())).digest() == b.vertex());

  pb::Op deleted = op_of(llb::diff(a, llb::scratch()));
  CHECK(deleted.diff().lower().input() == 0);
  CHECK(deleted.diff().upper().input() == -1);
}

TEST_CASE("each vertex has metadata, with what it was given") {
  llb::Output named = step(llb::image("base"), "x",
                           {.name = "[files] make x",
                            .ignore_cache = true,
                            .description = {{"estaleiro.kind", "files"}},
                            .progress_group = llb::Metadata::ProgressGroup{"g1", "group"}});
  CHECK(llb::marshal(named).metadata.size() == 2);
  pb::OpMetadata metadata = metadata_of(named);
  CHECK(metadata.ignore_cache());
  CHECK(metadata.description().at("llb.customname") == "[files] make x");
  CHECK(metadata.description().at("estaleiro.kind") == "files");
  CHECK(metadata.progress_group().id() == "g1");
  CHECK(metadata.progress_group().name() == "group");
}

TEST_CASE("a vertex made twice keeps what either says, the first one's where they differ") {
  llb::Output first = llb::image("base", {}, {.name = "first", .description = {{"a", "1"}}});
  llb::Output second = llb::image("base", {}, {.name = "second", .ignore_cache = true, .description = {{"b", "2"}}});
  llb::Definition definition = llb::marshal(llb::merge({first, second}));
  pb::OpMetadata metadata;
  REQUIRE(metadata.ParseFromString(definition.metadata.at(first.vertex())));
  CHECK(metadata.ignore_cache());
  CHECK(metadata.description().at("llb.customname") == "first");
  CHECK(metadata.description().at("a") == "1");
  CHECK(metadata.description().at("b") == "2");
}

TEST_CASE("a vertex carries its places in the user's files") {
  auto recipe = std::make_shared<llb::SourceFile>(llb::SourceFile{"estaleiro.hcl", "HCL", "image {\n}\n"});
  auto same = std::make_shared<llb::SourceFile>(*recipe);
  auto included = std::make_shared<llb::SourceFile>(llb::SourceFile{"apt.hcl", "HCL", "apt {}\n"});
  llb::Output a = step(llb::scratch(), "a", {.places = {{recipe, 1, 0, 2, 1}, {recipe, 2, 0, 2, 1}}});
  llb::Output b = step(a, "b", {.places = {{included, 1, 4, 1, 6}, {same, 1, 0, 1, 5}}});

  pb::Source source = source_of(llb::marshal(b));
  REQUIRE(source.infos_size() == 2);
  CHECK(source.infos(0).filename() == "estaleiro.hcl");
  CHECK(source.infos(0).language() == "HCL");
  CHECK(source.infos(0).data() == "image {\n}\n");
  CHECK(source.infos(1).filename() == "apt.hcl");

  const auto& of_a = source.locations().at(a.vertex()).locations();
  REQUIRE(of_a.size() == 1);  // one excerpt
  CHECK(of_a[0].sourceindex() == 0);
  REQUIRE(of_a[0].ranges_size() == 2);
  CHECK(of_a[0].ranges(0).start().line() == 1);
  CHECK(of_a[0].ranges(0).end().line() == 2);
  CHECK(of_a[0].ranges(0).end().character() == 1);

  const auto& of_b = source.locations().at(b.vertex()).locations();
  REQUIRE(of_b.size() == 2);
  CHECK(of_b[0].sourceindex() == 1);
  CHECK(of_b[0].ranges(0).start().character() == 4);
  CHECK(of_b[1].sourceindex() == 0);
}

TEST_CASE("the places of a vertex made twice are told once when they are the same") {
  auto recipe = std::make_shared<llb::SourceFile>(llb::SourceFile{"estaleiro.hcl", "HCL", "a\nb\n"});
  auto base = [&](std::int32_t line) { return llb::image("base", {}, {.places = {{recipe, line, 0, line, 1}}}); };
  llb::Definition definition = llb::marshal(llb::merge({base(1), base(1), base(2)}));
  pb::Source source = source_of(definition);
  const auto& locations = source.locations().at(base(1).vertex()).locations();
  REQUIRE(locations.size() == 1);
  CHECK(locations[0].ranges_size() == 2);
}

TEST_CASE("a chain of a hundred thousand vertices is made, marshalled, joined and dropped") {
  llb::Output tip = llb::image("base");
  for (int i = 0; i < 100000; i++) tip = step(tip, std::to_string(i));
  llb::Definition definition = llb::marshal(tip);
  CHECK(definition.ops.size() == 100002);
  tip = llb::scratch();
  CHECK(llb::definition_output(definition).index() == 0);
}
