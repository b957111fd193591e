#include "core/llb/exec.h"

#include <doctest/doctest.h>

#include "core/llb/source.h"
#include "tests/llb/support.h"

namespace {
const llb::Output root = llb::image("base@sha256:aa");
const llb::Output other = llb::image("other@sha256:bb");
}  // namespace

TEST_CASE("a command alone changes its root, which is output 0") {
  llb::Exec run = llb::exec(root, {.args = {"true"}});
  CHECK(run.root().index() == 0);
  CHECK(run.root().vertex() == run.vertex());

  pb::Op op = op_of(run.root());
  REQUIRE(op.inputs_size() == 1);
  CHECK(op.inputs(0).digest() == root.vertex());
  REQUIRE(op.exec().mounts_size() == 1);
  CHECK(op.exec().mounts(0).dest() == "/");
  CHECK(op.exec().mounts(0).input() == 0);
  CHECK(op.exec().mounts(0).output() == 0);
  CHECK(op.exec().meta().cwd() == "/");
  CHECK(op.exec().meta().removemountstubsrecursive());
}

TEST_CASE("an output's number is its position among the mounts that have one, whatever order they are given in") {
  llb::Exec run = llb::exec(
      root, {.args = {"true"},
             .mounts = {llb::output_mount("/z"), llb::secret_mount("/a", "token"), llb::bind_mount("/b", other),
                        llb::output_mount("/c", other), llb::ssh_mount("/agent"), llb::tmpfs_mount("/d"),
                        llb::cache_mount("/e", "id", llb::CacheSharing::private_)}});
  pb::Op op = op_of(run.root());
  std::map<std::string, std::int64_t> counted;
  std::int64_t next = 0;
  for (const pb::Mount& mount : op.exec().mounts())
    if (mount.output() >= 0) {
      CHECK(mount.output() == next);
      counted[mount.dest()] = next++;
    }
  CHECK(counted == std::map<std::string, std::int64_t>{{"/", 0}, {"/c", 1}, {"/z", 2}});
  CHECK(run.root().index() == 0);
  CHECK(run.output("/c").index() == 1);
  CHECK(run.output("/z").index() == 2);
}

TEST_CASE("a read-only root stays the tree it was, and the first output is another mount's") {
  llb::Exec run = llb::exec(root, {.args = {"true"}, .mounts = {llb::output_mount("/out")}, .read_only_root = true});
  CHECK(run.root() == root);
  CHECK(run.output("/out").index() == 0);
  pb::Op op = op_of(run.output("/out"));
  CHECK(op.exec().mounts(0).readonly());
  CHECK(op.exec().mounts(0).output() == -1);
  CHECK(op.exec().mounts(1).output() == 0);
}

TEST_CASE("mounts are in the order in which they nest, secrets and sockets last") {
  llb::Exec run = llb::exec(root, {.args = {"true"},
                                   .mounts = {llb::secret_mount("/a/secret", "s"), llb::bind_mount("/x/y", other),
                                              llb::tmpfs_mount("/x"), llb::ssh_mount("/a/agent")}});
  std::vector<std::string> order;
  pb::Op op = op_of(run.root());
  for (const pb::Mount& mount : op.exec().mounts()) order.push_back(mount.dest());
  CHECK(order == std::vector<std::string>{"/", "/x", "/x/y", "/a/agent", "/a/secret"});
}

TEST_CASE("each kind of mount says what the engine needs") {
  llb::Exec run = llb::exec(
      root,
      {.args = {"true"},
       .mounts = {llb::bind_mount("/1", other, "/sub"), llb::output_mount("/2"),
                  llb::cache_mount("/3", "apt", llb::CacheSharing::locked, other), llb::tmpfs_mount("/4", 4096),
                  llb::secret_mount("/5", "token", {.uid = 1, .gid = 2, .optional = true}), llb::ssh_mount("/6")}});
  pb::Op op = op_of(run.root());
  const auto& mounts = op.exec().mounts();
  REQUIRE(mounts.size() == 7);

  CHECK(mounts[1].mounttype() == pb::BIND);
  CHECK(mounts[1].readonly());
  CHECK(mounts[1].selector() == "/sub");
  CHECK(mounts[1].input() == 1);

  CHECK(mounts[2].mounttype() == pb::BIND);
  CHECK(!mounts[2].readonly());
  CHECK(mounts[2].input() == -1);

  CHECK(mounts[3].mounttype() == pb::CACHE);
  CHECK(mounts[3].cacheopt().id() == "apt");
  CHECK(mounts[3].cacheopt().sharing() == pb::LOCKED);
  CHECK(mounts[3].input() == 1);

  CHECK(mounts[4].mounttype() == pb::TMPFS);
  CHECK(mounts[4].tmpfsopt().size() == 4096);

  CHECK(mounts[5].mounttype() == pb::SECRET);
  CHECK(mounts[5].secretopt().id() == "token");
  CHECK(mounts[5].secretopt().uid() == 1);
  CHECK(mounts[5].secretopt().gid() == 2);
  CHECK(mounts[5].secretopt().mode() == 0400);
  CHECK(mounts[5].secretopt().optional());

  CHECK(mounts[6].mounttype() == pb::SSH);
  CHECK(mounts[6].sshopt().id() == "default");
  CHECK(mounts[6].sshopt().mode() == 0600);
  CHECK(!mounts[6].sshopt().optional());

  for (int i : {1, 3, 4, 5, 6}) CHECK(mounts[i].output() == -1);
  CHECK(op.inputs_size() == 2);
}

TEST_CASE("two outputs of one vertex are two inputs, the same output twice is one") {
  llb::Exec first = llb::exec(root, {.args = {"true"}, .mounts = {llb::output_mount("/out")}});
  llb::Exec run = llb::exec(
      first.root(),
      {.args = {"true"}, .mounts = {llb::bind_mount("/1", first.output("/out")), llb::bind_mount("/2", first.root())}});
  pb::Op op = op_of(run.root());
  REQUIRE(op.inputs_size() == 2);
  CHECK(op.inputs(0).index() == 0);
  CHECK(op.inputs(1).index() == 1);
  CHECK(op.exec().mounts(0).input() == 0);
  CHECK(op.exec().mounts(1).input() == 1);
  CHECK(op.exec().mounts(2).input() == 0);
}

TEST_CASE("environment, user, network, hosts and secrets reach the command") {
  llb::Exec run = llb::exec(llb::scratch(), {.args = {"/init", "--flag"},
                                             .env = {"B=2", "A=1"},
                                             .cwd = "/work",
                                             .user = "1000:1000",
                                             .hostname = "builder",
                                             .network = llb::Network::host,
                                             .extra_hosts = {{"db", "10.0.0.1"}},
                                             .secret_env = {{"TOKEN", "ci-token", true}},
                                             .platform = llb::Platform{"linux", "amd64", ""}});
  pb::Op op = op_of(run.root());
  CHECK(op.inputs_size() == 0);
  CHECK(op.exec().mounts(0).input() == -1);
  const pb::Meta& meta = op.exec().meta();
  CHECK(meta.args(1) == "--flag");
  CHECK(meta.env(0) == "B=2");
  CHECK(meta.env(1) == "A=1");
  CHECK(meta.cwd() == "/work");
  CHECK(meta.user() == "1000:1000");
  CHECK(meta.hostname() == "builder");
  CHECK(meta.extrahosts(0).host() == "db");
  CHECK(meta.extrahosts(0).ip() == "10.0.0.1");
  CHECK(op.exec().network() == pb::HOST);
  CHECK(op.exec().secretenv(0).name() == "TOKEN");
  CHECK(op.exec().secretenv(0).id() == "ci-token");
  CHECK(op.exec().secretenv(0).optional());
  CHECK(op.platform().architecture() == "amd64");
}

TEST_CASE("a command that cannot run is refused when it is made") {
  auto with = [](std::vector<llb::Mount> mounts) {
    return error_of([&] { llb::exec(root, {.args = {"true"}, .mounts = mounts}); });
  };
  CHECK(error_of([] { llb::exec(root, {}); }) == "a command without arguments");
  CHECK(with({llb::tmpfs_mount("tmp")}) == "mount at 'tmp': want an absolute path below '/'");
  CHECK(with({llb::tmpfs_mount("/")}) == "mount at '/': want an absolute path below '/'");
  CHECK(with({llb::tmpfs_mount("/a"), llb::output_mount("/a")}) == "mount at '/a' is given twice");
  CHECK(error_of([] { llb::exec(root, {.args = {"a\xff"}}); }).find("argument 'a\\xff' is not UTF-8") == 0);
  CHECK(error_of([] { llb::exec(root, {.args = {"true"}}).output("/out"); }) == "no output mount at '/out'");
  CHECK(error_of([] {
          llb::exec(root, {.args = {"true"}, .mounts = {llb::bind_mount("/in", other)}}).output("/in");
        }) == "no output mount at '/in'");
}
