#include <doctest/doctest.h>

#include "core/llb/combine.h"
#include "core/llb/exec.h"
#include "core/llb/file.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"

// The digests are those that BuildKit's own Go client (v0.32, client/llb) gives to the same graphs: one graph, one
// cache, whoever asks for it.
namespace {

const base::Digest sum = base::Digest::parse("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
const std::string debian = "docker.io/library/debian:12@" + sum.text();
const llb::Platform amd64 = {"linux", "amd64", ""};

llb::Output base_image() { return llb::image(debian, {.platform = amd64}); }

llb::Output context() {
  return llb::local("context", {.session = "s1",
                                .include = {"src", "a b\"c"},
                                .exclude = {"**/*.o"},
                                .follow = {"x"},
                                .shared_key_hint = "hint"});
}

llb::Output package() {
  return llb::http("https://deb.example/a.deb",
                   {.checksum = sum, .filename = "a.deb", .mode = 0644, .uid = 7, .gid = 8});
}

llb::Exec build() {
  return llb::exec(base_image(), {.args = {"/bin/sh", "-c", "make"},
                                  .env = {"A=1"},
                                  .cwd = "/src",
                                  .user = "build",
                                  .network = llb::Network::none,
                                  .mounts = {llb::output_mount("/out"), llb::bind_mount("/src", context(), "/sub"),
                                             llb::bind_mount("/again", context()),
                                             llb::cache_mount("/cache", "c1", llb::CacheSharing::locked),
                                             llb::tmpfs_mount("/tmp", 1000), llb::output_mount("/a/out", base_image())},
                                  .platform = amd64});
}

llb::Output changed() {
  const llb::FileTime time{std::chrono::nanoseconds(1700000000000000005)};
  return llb::file(base_image(),
                   {llb::copy(package(), "/a.deb", "/debs/", {.contents_only = true, .include = {"*"}}),
                    llb::mkdir("/x", {.parents = true, .time = time}),
                    llb::copy(context(), "/*.c", "/x/",
                              {.mode = 0600, .owner = llb::Owner{.user = "build", .group = 0u}, .wildcard = true}),
                    llb::mkfile("/x/f", "hello\n", {.owner = llb::Owner{.user = 1u, .group = 2u}}),
                    llb::rm("/y", {.allow_missing = true}), llb::symlink("f", "/x/link")});
}

}  // namespace

TEST_CASE("a vertex has the digest that the stock client gives it") {
  struct Row {
    const char* name;
    llb::Output output;
    std::string digest;
  };
  const Row rows[] = {
      {"image", base_image(), "sha256:0edefe21d3d66f204766cc862d3a9d4265ffb3d4389b613dd4c74bfd0948583e"},
      {"image, pulled", llb::image(debian, {.platform = amd64, .resolve_mode = llb::ResolveMode::pull}),
       "sha256:6d77d2aace3ab8a70761d7e72e6ce3e678c856b3a76539a82324462635649b8f"},
      {"local", context(), "sha256:3d4b0ba6de1df7e2b0ac341e778c1fe53012c4eb205f2322a22ebea6e079283b"},
      {"http", package(), "sha256:8008b6166fbb083907b619323cbc8bc354f14b58e020df1a4f5c4dc4829b0bbe"},
      {"git", llb::git("https://user@example.com/a/b.git", "v1.0", {.subdirectory = "sub/dir"}),
       "sha256:ece4c6b28de5fbd368e73854d865008685c47adf8c9f65604e5ee4c9da15eb4b"},
      {"OCI layout", llb::oci_layout("store.local/x@" + sum.text(), {.platform = amd64, .session = "s1", .store = "x"}),
       "sha256:1ed0eecd7965c9611ed76511083f2ee21c3cba4adbf88b9e7b749e720dd71d19"},
      {"exec", build().root(), "sha256:8bc5fa77f0d57687b7e4a0149d08fe07184ded73c5e4f54ef8a147d0d9798dbe"},
      {"file", changed(), "sha256:0b332ef3ff75d5ca81094057ecb4f43acb15a16cfe1279694e9c4177c5c622c1"},
      {"file on scratch", llb::file(llb::scratch(), {llb::mkdir("/x")}),
       "sha256:e3032d4e1191c7dcca4a650d1c8dde67b3d0a296551c484a5d102ed3dcc7f5ec"},
      {"merge", llb::merge({base_image(), llb::scratch(), changed(), base_image()}),
       "sha256:1a892e543d588b9601064e3d0c0fbf30a30c7f0bbcd975d4e461c318a39b0133"},
      {"diff", llb::diff(base_image(), build().root()),
       "sha256:bde9e3d43699c9da5de597eac65790699263f865c240beb4c6a7e0a5c0cf1d75"},
      {"diff to scratch", llb::diff(base_image(), llb::scratch()),
       "sha256:26f391e31389342e6873630db5b7f24faffb40527aef32ad3791299410ef86c2"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(row.output.vertex() == row.digest);
    CHECK(row.output.index() == 0);
  }
}

TEST_CASE("outputs of a command are numbered as the stock client numbers them") {
  CHECK(build().output("/a/out").index() == 1);
  CHECK(build().output("/out").index() == 2);
}

TEST_CASE("a marshalled graph has as many ops as the stock client's") {
  CHECK(llb::marshal(base_image()).ops.size() == 2);
  CHECK(llb::marshal(build().root()).ops.size() == 4);
  CHECK(llb::marshal(changed()).ops.size() == 5);
  CHECK(llb::marshal(llb::merge({base_image(), changed(), base_image()})).ops.size() == 6);
}
