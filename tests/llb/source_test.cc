#include "core/llb/source.h"

#include <doctest/doctest.h>

#include "tests/llb/support.h"

namespace {

using Attributes = std::map<std::string, std::string>;

Attributes attributes(const llb::Output& output) {
  pb::Op op = op_of(output);
  return Attributes(op.source().attrs().begin(), op.source().attrs().end());
}

}  // namespace

TEST_CASE("an image names its platform and nothing it was not told") {
  pb::Op op = op_of(llb::image("ghcr.io/acme/app@sha256:aa", {.platform = llb::Platform{"linux", "arm64", "v8"}}));
  CHECK(op.source().identifier() == "docker-image://ghcr.io/acme/app@sha256:aa");
  CHECK(op.source().attrs().empty());
  CHECK(op.platform().os() == "linux");
  CHECK(op.platform().architecture() == "arm64");
  CHECK(op.platform().variant() == "v8");
  CHECK(op.has_constraints());

  CHECK(!op_of(llb::image("a/b@sha256:aa")).has_platform());
  CHECK(attributes(llb::image("a/b@sha256:aa", {.resolve_mode = llb::ResolveMode::local})) ==
        Attributes{{"image.resolvemode", "local"}});
}

TEST_CASE("a local directory carries its patterns as JSON") {
  llb::Output output = llb::local("context", {.unique = "u1",
                                              .include = {"a\\b", "tab\there"},
                                              .exclude = {"\"quoted\"", "ü"},
                                              .differ = llb::LocalOptions::Differ::none});
  CHECK(op_of(output).source().identifier() == "local://context");
  CHECK(attributes(output) == Attributes{{"local.unique", "u1"},
                                         {"local.includepattern", R"(["a\\b","tab\u0009here"])"},
                                         {"local.excludepatterns", R"(["\"quoted\"","ü"])"},
                                         {"local.differ", "none"}});
}

TEST_CASE("an http source is its URL, with the mode in octal") {
  llb::Output output = llb::http("http://127.0.0.1:80/pool/a_1%2b2.deb",
                                 {.filename = "a.deb", .mode = 04755, .auth_header_secret = "token"});
  CHECK(op_of(output).source().identifier() == "http://127.0.0.1:80/pool/a_1%2b2.deb");
  CHECK(attributes(output) ==
        Attributes{{"http.filename", "a.deb"}, {"http.perm", "04755"}, {"http.authheadersecret", "token"}});
  CHECK(attributes(llb::http("https://host/x")).empty());
}

TEST_CASE("a git source has one name whatever the protocol") {
  struct Row {
    std::string remote, ref, identifier;
    bool ssh;
  };
  const Row rows[] = {
      {"https://host/a/b.git", "", "git://host/a/b.git", false},
      {"https://user:pass@host/a/b.git", "v1", "git://host/a/b.git#v1", false},
      {"http://host:8080/a/", "main", "git://host:8080/a#main", false},
      {"git://host/a", "main", "git://host/a#main", false},
      {"ssh://git@host:22/a/b.git", "v1", "git://host:22/a/b.git#v1", true},
      {"git@host:a/b.git", "v1", "git://host/a/b.git#v1", true},
      {"host:/a/b.git", "v1", "git://host/a/b.git#v1", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.remote);
    llb::Output output = llb::git(row.remote, row.ref, {.known_hosts = "host ssh-ed25519 AAAA\n"});
    CHECK(op_of(output).source().identifier() == row.identifier);
    Attributes attrs = attributes(output);
    CHECK(attrs.at("git.fullurl") == row.remote);
    CHECK(attrs.at("git.authtokensecret") == "GIT_AUTH_TOKEN");
    CHECK(attrs.count("git.mountsshsock") == (row.ssh ? 1 : 0));
    CHECK(attrs.count("git.knownsshhosts") == (row.ssh ? 1 : 0));
  }
}

TEST_CASE("a git source can be pinned to a commit and cut down to a directory") {
  llb::Output output = llb::git("https://host/a", "",
                                {.subdirectory = "docs",
                                 .checksum = "0123abcd",
                                 .keep_git_directory = true,
                                 .auth_token_secret = "",
                                 .auth_header_secret = ""});
  CHECK(op_of(output).source().identifier() == "git://host/a#:docs");
  CHECK(attributes(output) ==
        Attributes{{"git.fullurl", "https://host/a"}, {"git.checksum", "0123abcd"}, {"git.keepgitdir", "true"}});
}

TEST_CASE("what no engine would understand is refused here") {
  const char* fix = "\n  fix: use a URL such as https://host/path.git, or git@host:path";
  CHECK(error_of([] { llb::http("ftp://host/x"); }) == "source 'ftp://host/x' is no http or https URL");
  CHECK(error_of([] { llb::git("https://host/a#v1", ""); }) ==
        std::string("git remote 'https://host/a#v1' has a '#': the ref is given by itself") + fix);
  CHECK(error_of([] { llb::git("file:///etc", ""); }) ==
        std::string("git remote 'file:///etc' has an unknown scheme") + fix);
  CHECK(error_of([] { llb::git("../a:b", ""); }) == std::string("git remote '../a:b' is no URL") + fix);
  CHECK(error_of([] { llb::git("https:///a", ""); }) == std::string("git remote 'https:///a' has no host") + fix);
  CHECK(error_of([] { llb::git("https://host/", ""); }) == std::string("git remote 'https://host/' has no path") + fix);
  CHECK(error_of([] { llb::git("https://host/a", "v1:x"); }) == "git ref 'v1:x' has a ':'");
  CHECK(error_of([] { llb::local("context", {.include = {"caf\xe9"}}); }) ==
        "local.includepattern '[\"caf\\xe9\"]' is not UTF-8\n"
        "  fix: build engines take names and texts in UTF-8 only: rename it");
}
