#include <doctest/doctest.h>

#include <algorithm>

#include "core/base/digest.h"
#include "core/llb/combine.h"
#include "core/llb/exec.h"
#include "core/llb/file.h"
#include "core/llb/marshal.h"
#include "core/llb/protobuf.h"
#include "core/llb/source.h"
#include "tests/llb/support.h"

namespace {

std::string digest_of(const std::string& bytes) { return base::sha256(bytes).text(); }

std::string op_bytes(const std::vector<std::string>& inputs, const std::string& source = "") {
  pb::Op op;
  for (const std::string& input : inputs) op.add_inputs()->set_digest(input);
  if (!source.empty()) op.mutable_source()->set_identifier(source);
  return op.SerializeAsString();
}

/// A graph as another client might write it: ops in field order, not in Go's, and with a field we do not know.
llb::Definition foreign() {
  std::string unknown_field = "\xba\x3e\x01x";  // 999, a string
  std::string image = op_bytes({}, "docker-image://alpine") + unknown_field;
  pb::Op run;
  run.mutable_exec()->mutable_meta()->add_args("true");
  run.add_inputs()->set_digest(digest_of(image));
  run.mutable_platform()->set_os("linux");
  std::string exec = run.SerializeAsString();
  pb::Op terminal;
  terminal.add_inputs()->set_digest(digest_of(exec));
  terminal.mutable_inputs(0)->set_index(3);

  llb::Definition definition;
  definition.ops = {image, exec, terminal.SerializeAsString()};
  pb::OpMetadata metadata;
  (*metadata.mutable_description())["llb.customname"] = "[2/2] RUN true";
  definition.metadata[digest_of(exec)] = metadata.SerializeAsString() + unknown_field;

  pb::Source source;
  source.add_infos()->set_filename("other");
  source.add_infos()->set_filename("Dockerfile");
  source.mutable_infos(1)->set_data("FROM alpine\nRUN true\n");
  pb::Location* location = (*source.mutable_locations())[digest_of(exec)].add_locations();
  location->set_sourceindex(1);
  location->add_ranges()->mutable_start()->set_line(2);
  location->mutable_ranges(0)->mutable_end()->set_line(2);
  definition.source = source.SerializeAsString();
  return definition;
}

std::string refusal(const llb::Definition& definition) {
  return error_of([&] { llb::definition_output(definition); });
}

}  // namespace

TEST_CASE("a foreign graph joins ours byte for byte") {
  llb::Definition nested = foreign();
  llb::Output tree = llb::definition_output(nested);
  CHECK(tree.vertex() == digest_of(nested.ops[1]));
  CHECK(tree.index() == 3);

  llb::Output ours = llb::file(llb::image("base"), {llb::copy(tree, "/a", "/a")});
  llb::Definition joined = llb::marshal(ours);
  REQUIRE(joined.ops.size() == 5);
  for (int i : {0, 1}) CHECK(std::count(joined.ops.begin(), joined.ops.end(), nested.ops[i]) == 1);
  CHECK(joined.metadata.at(tree.vertex()) == nested.metadata.at(tree.vertex()));

  pb::Op copy = op_of(ours);
  CHECK(copy.inputs(1).digest() == tree.vertex());
  CHECK(copy.inputs(1).index() == 3);
}

TEST_CASE("its source places come along") {
  auto recipe = std::make_shared<llb::SourceFile>(llb::SourceFile{"estaleiro.hcl", "HCL", "x"});
  llb::Output tree = llb::definition_output(foreign());
  llb::Output ours = llb::file(llb::scratch(), {llb::copy(tree, "/a", "/a")}, {.places = {{recipe, 1, 0, 1, 1}}});
  pb::Source source;
  REQUIRE(source.ParseFromString(llb::marshal(ours).source));
  REQUIRE(source.infos_size() == 2);
  CHECK(source.infos(0).filename() == "Dockerfile");
  CHECK(source.infos(1).filename() == "estaleiro.hcl");
  CHECK(source.locations().at(tree.vertex()).locations(0).sourceindex() == 0);
  CHECK(source.locations().at(tree.vertex()).locations(0).ranges(0).start().line() == 2);
  CHECK(source.locations().at(ours.vertex()).locations(0).sourceindex() == 1);
}

TEST_CASE("marshalling, joining and marshalling again changes nothing") {
  auto recipe = std::make_shared<llb::SourceFile>(llb::SourceFile{"estaleiro.hcl", "HCL", "x"});
  llb::Exec run = llb::exec(llb::image("base"), {.args = {"true"}, .mounts = {llb::output_mount("/out")}},
                            {.name = "run", .places = {{recipe, 1, 0, 1, 1}}});
  llb::Definition first = llb::marshal(llb::merge({run.root(), run.output("/out")}));
  llb::Definition second = llb::marshal(llb::definition_output(first));
  CHECK(first.ops == second.ops);
  CHECK(first.metadata == second.metadata);
  CHECK(first.source == second.source);
}

TEST_CASE("as a message and back, a definition stays as it was") {
  llb::Definition definition = foreign();
  llb::Definition back = llb::from_protobuf(llb::to_protobuf(definition));
  CHECK(back.ops == definition.ops);
  CHECK(back.metadata == definition.metadata);
  CHECK(back.source == definition.source);

  definition.metadata["sha256:x"] = "\x0f";
  CHECK(error_of([&] { llb::to_protobuf(definition); }) == "build graph: metadata of 'sha256:x' cannot be decoded");
  definition.metadata.clear();
  definition.source = "\x0f";
  CHECK(error_of([&] { llb::to_protobuf(definition); }) == "build graph: source places cannot be decoded");
}

TEST_CASE("ops may come in any order and twice; those that nobody needs are left out") {
  std::string a = op_bytes({}, "docker-image://a"), b = op_bytes({digest_of(a)}, "docker-image://b");
  std::string lonely = op_bytes({}, "docker-image://lonely");
  llb::Definition shuffled{{b, lonely, a, b, op_bytes({digest_of(b)})}, {}, ""};
  CHECK(llb::marshal(llb::definition_output(shuffled)).ops == std::vector<std::string>{a, b, op_bytes({digest_of(b)})});
}

TEST_CASE("an empty definition joins as scratch") { CHECK(llb::definition_output({}).is_scratch()); }

TEST_CASE("a graph that does not hang together is refused") {
  const std::string a = op_bytes({}, "docker-image://a");
  const std::string to_a = op_bytes({digest_of(a)});
  const std::string garbage = "\x0f";
  pb::Op negative;
  negative.add_inputs()->set_digest(digest_of(a));
  negative.mutable_inputs(0)->set_index(-2);
  pb::Source source;
  source.add_infos();
  (*source.mutable_locations())[digest_of(a)].add_locations()->set_sourceindex(1);

  CHECK(refusal({{garbage, to_a}, {}, ""}) == "build graph: op 0 cannot be decoded");
  CHECK(refusal({{a, garbage}, {}, ""}) == "build graph: op 1 cannot be decoded");
  CHECK(refusal({{to_a}, {}, ""}) == "build graph: op 0 needs '" + digest_of(a) + "', which is not in the graph");
  CHECK(refusal({{op_bytes({"sha256:no"}, "x"), a, to_a}, {}, ""}) ==
        "build graph: op 0 needs 'sha256:no', which is not in the graph");
  CHECK(refusal({{a, negative.SerializeAsString()}, {}, ""}) == "build graph: op 1 needs output -2");
  CHECK(refusal({{a}, {}, ""}) == "build graph: its last op is no terminal op: it has 0 inputs, or work of its own");
  CHECK(refusal({{a, op_bytes({digest_of(a)}, "x")}, {}, ""}) ==
        "build graph: its last op is no terminal op: it has 1 inputs, or work of its own");
  CHECK(refusal({{a, to_a}, {}, garbage}) == "build graph: its source places cannot be decoded");
  CHECK(refusal({{a, to_a}, {}, source.SerializeAsString()}) == "build graph: a place is in source file 1 of 1");
}
