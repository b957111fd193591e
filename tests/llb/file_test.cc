#include "core/llb/file.h"

#include <doctest/doctest.h>

#include "core/llb/source.h"
#include "tests/llb/support.h"

namespace {
const llb::Output base_tree = llb::image("base@sha256:aa");
const llb::Output source = llb::image("source@sha256:bb");
}  // namespace

TEST_CASE("a copy keeps mode, owner and time unless told otherwise") {
  pb::Op op = op_of(llb::file(base_tree, {llb::copy(source, "/a", "/b")}));
  const pb::FileActionCopy& copy = op.file().actions(0).copy();
  CHECK(copy.src() == "/a");
  CHECK(copy.dest() == "/b");
  CHECK(copy.mode() == -1);
  CHECK(copy.timestamp() == -1);
  CHECK(!copy.has_owner());
  CHECK(copy.createdestpath());
  CHECK(!copy.attemptunpackdockercompatibility());
  CHECK(!copy.allowwildcard());
  CHECK(!copy.allowemptywildcard());
  CHECK(!copy.followsymlink());
  CHECK(!copy.dircopycontents());
  CHECK(!op.has_platform());
}

TEST_CASE("a copy does as it is told") {
  llb::FileTime time{std::chrono::seconds(1700000000)};
  pb::Op op = op_of(llb::file(base_tree, {llb::copy(source, "dir/*", "to/",
                                                    {.mode = 04755,
                                                     .owner = llb::Owner{.user = 1000u, .group = "staff"},
                                                     .time = time,
                                                     .create_destination = false,
                                                     .contents_only = true,
                                                     .follow_symlink = true,
                                                     .wildcard = true,
                                                     .allow_no_match = true,
                                                     .include = {"*.so"},
                                                     .exclude = {"test"}})}));
  const pb::FileActionCopy& copy = op.file().actions(0).copy();
  CHECK(copy.src() == "/dir/*");
  CHECK(copy.dest() == "/to/");
  CHECK(copy.mode() == 04755);
  CHECK(copy.timestamp() == 1700000000000000000);
  CHECK(copy.owner().user().byid() == 1000);
  CHECK(copy.owner().group().byname().name() == "staff");
  CHECK(copy.owner().group().byname().input() == 0);
  CHECK(!copy.createdestpath());
  CHECK(copy.dircopycontents());
  CHECK(copy.followsymlink());
  CHECK(copy.allowwildcard());
  CHECK(copy.allowemptywildcard());
  CHECK(copy.include_patterns(0) == "*.so");
  CHECK(copy.exclude_patterns(0) == "test");
}

TEST_CASE("actions go on from one another, and only the last is an output") {
  pb::Op op = op_of(llb::file(base_tree, {llb::mkdir("/x"), llb::copy(source, "/a", "/x/a"), llb::rm("/y"),
                                          llb::copy(base_tree, "/b", "/x/b")}));
  REQUIRE(op.inputs_size() == 2);
  CHECK(op.inputs(0).digest() == base_tree.vertex());
  CHECK(op.inputs(1).digest() == source.vertex());
  const auto& actions = op.file().actions();
  REQUIRE(actions.size() == 4);
  struct Row {
    std::int64_t input, secondary, output;
  };
  const Row rows[] = {{0, -1, -1}, {2, 1, -1}, {3, -1, -1}, {4, 0, 0}};
  for (int i = 0; i < 4; i++) {
    CAPTURE(i);
    CHECK(actions[i].input() == rows[i].input);
    CHECK(actions[i].secondaryinput() == rows[i].secondary);
    CHECK(actions[i].output() == rows[i].output);
  }
}

TEST_CASE("files start from nothing on scratch") {
  pb::Op op = op_of(llb::file(llb::scratch(), {llb::mkfile("etc/x", std::string("a\0\xff", 3), {.mode = 0600})}));
  CHECK(op.inputs_size() == 0);
  const pb::FileAction& action = op.file().actions(0);
  CHECK(action.input() == -1);
  CHECK(action.mkfile().path() == "/etc/x");
  CHECK(action.mkfile().data() == std::string("a\0\xff", 3));
  CHECK(action.mkfile().mode() == 0600);
  CHECK(action.mkfile().timestamp() == -1);
}

TEST_CASE("directories, removals and links say what they were told") {
  llb::FileTime epoch{};
  pb::Op op = op_of(llb::file(base_tree, {llb::mkdir("/d", {.mode = 0700, .parents = true, .time = epoch}),
                                          llb::rm("/old*", {.allow_missing = true, .wildcard = true}),
                                          llb::symlink("../t", "/d/l", {.owner = llb::Owner{.user = 7u}})}));
  const auto& actions = op.file().actions();
  CHECK(actions[0].mkdir().mode() == 0700);
  CHECK(actions[0].mkdir().makeparents());
  CHECK(actions[0].mkdir().timestamp() == 0);
  CHECK(actions[1].rm().path() == "/old*");
  CHECK(actions[1].rm().allownotfound());
  CHECK(actions[1].rm().allowwildcard());
  CHECK(actions[2].symlink().oldpath() == "../t");
  CHECK(actions[2].symlink().newpath() == "/d/l");
  CHECK(actions[2].symlink().owner().user().byid() == 7);
  CHECK(!actions[2].symlink().owner().has_group());
}

TEST_CASE("an engine that knows no symlink action is told that it needs to") {
  CHECK(metadata_of(llb::file(base_tree, {llb::symlink("a", "/b")})).caps().at("file.symlink.create"));
  CHECK(metadata_of(llb::file(base_tree, {llb::mkdir("/a")})).caps().empty());
}

TEST_CASE("no action leaves the tree as it is") { CHECK(llb::file(base_tree, {}) == base_tree); }

TEST_CASE("what the engine would drop or refuse is refused here") {
  CHECK(error_of([] { llb::file(llb::scratch(), {llb::mkdir("/tmp", {.mode = 01777})}); }) ==
        "mode 1777 of '/tmp': want at most 0777");
  CHECK(error_of([] { llb::file(llb::scratch(), {llb::mkfile("/su", "", {.mode = 04755})}); }) ==
        "mode 4755 of '/su': want at most 0777");
  CHECK(error_of([] { llb::file(llb::scratch(), {llb::copy(source, "/caf\xe9", "/x")}); }) ==
        "path '/caf\\xe9' is not UTF-8\n  fix: build engines take names and texts in UTF-8 only: rename it");
}

TEST_CASE("ten thousand files from as many sources make one vertex") {
  std::vector<llb::FileAction> actions;
  for (int i = 0; i < 10000; i++) {
    std::string name = std::to_string(i);
    actions.push_back(llb::copy(llb::http("https://host/" + name), "/" + name, "/all/" + name));
  }
  pb::Op op = op_of(llb::file(base_tree, actions));
  CHECK(op.inputs_size() == 10001);
  CHECK(op.file().actions(9999).secondaryinput() == 10000);
  CHECK(op.file().actions(9999).input() == 10001 + 9998);
}
