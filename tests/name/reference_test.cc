#include "core/name/reference.h"

#include <doctest/doctest.h>

#include "tests/support/error_text.h"

using name::Reference;
using name::Registry;
using name::Repository;
using name::Tag;

namespace {
const std::string digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
}

TEST_CASE("a registry is host and port, Docker Hub by any of its names") {
  struct Row {
    const char *text, *canonical, *api, *key, *host;
    int port;
    bool loopback, local;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"ghcr.io", "ghcr.io", "ghcr.io", "ghcr.io", "ghcr.io", 0, false, false},
           {"Registry.Example:5000", "registry.example:5000", "registry.example:5000", "registry.example:5000",
            "registry.example", 5000, false, false},
           {"docker.io", "docker.io", "registry-1.docker.io", "https://index.docker.io/v1/", "docker.io", 0, false,
            false},
           {"index.docker.io", "docker.io", "registry-1.docker.io", "https://index.docker.io/v1/", "docker.io", 0,
            false, false},
           {"registry-1.docker.io", "docker.io", "registry-1.docker.io", "https://index.docker.io/v1/", "docker.io", 0,
            false, false},
           {"localhost", "localhost", "localhost", "localhost", "localhost", 0, true, true},
           {"reg.localhost:80", "reg.localhost:80", "reg.localhost:80", "reg.localhost:80", "reg.localhost", 80, true,
            true},
           {"127.8.0.1:5000", "127.8.0.1:5000", "127.8.0.1:5000", "127.8.0.1:5000", "127.8.0.1", 5000, true, true},
           {"[::1]:5000", "[::1]:5000", "[::1]:5000", "[::1]:5000", "::1", 5000, true, true},
           {"10.1.2.3", "10.1.2.3", "10.1.2.3", "10.1.2.3", "10.1.2.3", 0, false, true},
           {"172.31.0.1", "172.31.0.1", "172.31.0.1", "172.31.0.1", "172.31.0.1", 0, false, true},
           {"172.32.0.1", "172.32.0.1", "172.32.0.1", "172.32.0.1", "172.32.0.1", 0, false, false},
           {"192.168.1.1:443", "192.168.1.1:443", "192.168.1.1:443", "192.168.1.1:443", "192.168.1.1", 443, false,
            true},
           {"8.8.8.8", "8.8.8.8", "8.8.8.8", "8.8.8.8", "8.8.8.8", 0, false, false}}) {
    CAPTURE(row.text);
    auto registry = Registry::parse(row.text);
    CHECK(registry.text() == row.canonical);
    CHECK(registry.api_host() == row.api);
    CHECK(registry.credentials_key() == row.key);
    CHECK(registry.host() == row.host);
    CHECK(registry.port().value_or(0) == row.port);
    CHECK(registry.is_loopback() == row.loopback);
    CHECK(registry.is_local() == row.local);
  }
}

TEST_CASE("what is no registry is refused with the reason") {
  auto error = [](const std::string& text) { return support::error_text([&] { Registry::parse(text); }); };
  CHECK(error("") == "the registry's name is empty");
  CHECK(
      error("https://ghcr.io") ==
      "registry 'https://ghcr.io' has a scheme\n  fix: give host and port alone: whether https is spoken is found out");
  CHECK(error("ghcr.io/acme") == "registry 'ghcr.io/acme' has a '/'\n  fix: give host and port alone");
  CHECK(error("ghcr.io:0") == "registry 'ghcr.io:0' has no valid port\n  fix: a port is a number from 1 to 65535");
  CHECK(error("ghcr.io:65536") ==
        "registry 'ghcr.io:65536' has no valid port\n  fix: a port is a number from 1 to 65535");
  CHECK(error("ghcr.io:").starts_with("registry 'ghcr.io:' has no valid port"));
  CHECK(error("[::1") == "registry '[::1' is not an IPv6 address in brackets");
  CHECK(error("[::zz]:80") == "registry '[::zz]:80' is not an IPv6 address in brackets");
  CHECK(error("-a.io") ==
        "registry '-a.io' is not a host name\n  fix: letters, digits and '-', in parts separated by '.'");
  CHECK(error("a..io").starts_with("registry 'a..io' is not a host name"));
  CHECK(error("user@ghcr.io").starts_with("registry 'user@ghcr.io' is not a host name"));
  CHECK(error(std::string(300, 'a')).find("is not a host name") != std::string::npos);
}

TEST_CASE("a repository's first part is a registry only if it looks like one") {
  struct Row {
    const char *text, *canonical;
  };
  for (const Row& row : std::initializer_list<Row>{{"ubuntu", "docker.io/library/ubuntu"},
                                                   {"acme/app", "docker.io/acme/app"},
                                                   {"docker.io/ubuntu", "docker.io/library/ubuntu"},
                                                   {"index.docker.io/library/ubuntu", "docker.io/library/ubuntu"},
                                                   {"localhost/app", "localhost/app"},
                                                   {"registry:5000/app", "registry:5000/app"},
                                                   {"ghcr.io/acme/a_b/c__d/e--f.g", "ghcr.io/acme/a_b/c__d/e--f.g"},
                                                   {"[::1]:5000/a", "[::1]:5000/a"}}) {
    CAPTURE(row.text);
    CHECK(Repository::parse(row.text).text() == row.canonical);
  }
  CHECK(Repository::make(Registry::docker_hub(), "ubuntu").text() == "docker.io/ubuntu");
}

TEST_CASE("what is no repository is refused with the reason") {
  auto error = [](const std::string& text) { return support::error_text([&] { Repository::parse(text); }); };
  CHECK(error("") == "the repository's name is empty");
  CHECK(error("https://ghcr.io/a") == "repository 'https://ghcr.io/a' has a scheme\n  fix: leave out 'https://'");
  CHECK(error("ubuntu:22.04") ==
        "repository 'ubuntu:22.04' has a tag\n  fix: give the tag '22.04' in a field of its own");
  CHECK(error("ghcr.io/a:1") == "repository 'ghcr.io/a:1' has a tag\n  fix: give the tag '1' in a field of its own");
  CHECK(error("a@" + digest).starts_with("repository 'a@sha256:"));
  CHECK(error("acme/App") ==
        "repository 'acme/App' has the invalid part 'App'\n  fix: repository names are lower case: 'acme/app'");
  CHECK(error("ghcr.io/a//b") == "repository 'a//b' has an empty part");
  CHECK(error("ghcr.io/") == "the repository's name is empty");
  for (const char* part : {"a___b", "a..b", "_a", "a_", "a.-b", "a b", "a%2fb", "-a", "a-_b", "\xc3\xa9"}) {
    CAPTURE(part);
    CHECK(error(std::string("ghcr.io/") + part)
              .ends_with("fix: parts are lower-case letters and digits, joined by '.', '_', '__' or dashes"));
  }
  CHECK(error("ghcr.io/" + std::string(300, 'a')).ends_with("has 308 characters, at most 255 are allowed"));
}

TEST_CASE("a tag has up to 128 harmless characters") {
  for (const char* good : {"latest", "1.0", "_x", "A-b.c_d", "0"}) CHECK(Tag::parse(good).text() == good);
  CHECK(Tag::valid(std::string(128, 'a')));
  for (const char* bad : {".a", "-a", "a b", "a/b", "a:b", "\xc3\xa9", "a+b"}) {
    CAPTURE(bad);
    CHECK(support::error_text([&] {
            Tag::parse(bad);
          }).ends_with("is not valid\n  fix: letters, digits, '_', '.' and '-', not beginning with '.' or '-'"));
  }
  CHECK(support::error_text([] { Tag::parse(""); }) == "the tag is empty");
  CHECK(support::error_text([] { Tag::parse(std::string(129, 'a')); }) ==
        "tag '" + std::string(40, 'a') + "…' has 129 characters, at most 128 are allowed");
}

TEST_CASE("tags that hold referrers or signatures are told from versions") {
  const std::string hex(64, 'a');
  for (const char* suffix : {"", ".sig", ".att", ".sbom"}) CHECK(name::is_fallback_tag("sha256-" + hex + suffix));
  for (const std::string& other : {"sha256-" + hex.substr(1), "sha256-" + hex + "a", "sha256-" + hex + ".txt",
                                   "sha256-" + std::string(64, 'A'), std::string("latest"), "sha256:" + hex})
    CHECK(!name::is_fallback_tag(other));
}

TEST_CASE("a reference is repository, tag and digest; the digest decides") {
  struct Row {
    std::string text, canonical, identifier;
  };
  for (const Row& row :
       std::initializer_list<Row>{{"ubuntu", "docker.io/library/ubuntu:latest", "latest"},
                                  {"ubuntu:22.04", "docker.io/library/ubuntu:22.04", "22.04"},
                                  {"localhost:5000/app", "localhost:5000/app:latest", "latest"},
                                  {"localhost:5000/app:1", "localhost:5000/app:1", "1"},
                                  {"[::1]:5000/app:1", "[::1]:5000/app:1", "1"},
                                  {"app@" + digest, "docker.io/library/app@" + digest, digest},
                                  {"ghcr.io/acme/app:1@" + digest, "ghcr.io/acme/app:1@" + digest, digest}}) {
    CAPTURE(row.text);
    auto reference = Reference::parse(row.text);
    CHECK(reference.text() == row.canonical);
    CHECK(reference.identifier() == row.identifier);
    CHECK(Reference::parse(reference.text()) == reference);
  }
  auto pinned = Reference::parse("app:1").with_digest(base::Digest::parse(digest));
  CHECK(pinned.text() == "docker.io/library/app:1@" + digest);
  for (const std::string& bad :
       {std::string("app:"), std::string("app@"), std::string("app@sha256:12"), std::string(":1"),
        std::string("app:1:2"), "app@" + digest + "@" + digest, std::string(601, 'a')}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(Reference::parse(bad), base::Error);
  }
}
