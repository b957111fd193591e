// One tag, on the real docker-registry: the cases of registry-image's own suite, and rolled-back tags.
#include <doctest/doctest.h>

#include "check/modes.h"
#include "tests/check/fixture.h"
#include "tests/support/error_text.h"
#include "tests/support/http_server.h"

namespace {

using support::Images;
using support::reply_of;
using support::shared_registry;

json::Ordered version(const std::string& tag, const std::string& digest) { return {{"tag", tag}, {"digest", digest}}; }

TEST_CASE("a tag's versions are what is known, if it still exists, and what the tag names now") {
  Images images(shared_registry().host(), "tag/plain");
  auto old = images.push("latest", "old");
  auto now = images.push("latest", "now");
  const json::Ordered source{{"repository", images.text()}, {"tag", "latest"}};
  const std::string unknown = "sha256:" + std::string(64, '3');

  CHECK(support::check(source) == reply_of({{"latest", now}}));
  CHECK(support::check(source, version("latest", now)) == reply_of({{"latest", now}}));
  CHECK(support::check(source, {{"digest", now}}) == reply_of({{"latest", now}}));
  CHECK(support::check(source, version("latest", old)) == reply_of({{"latest", old}, {"latest", now}}));
  CHECK(support::check(source, {{"digest", old}}) == reply_of({{"latest", old}, {"latest", now}}));
  CHECK(support::check(source, version("latest", unknown)) == reply_of({{"latest", now}}));
  CHECK(support::check(source, version("latest", "sha256:broken")) == reply_of({{"latest", now}}));
  CHECK(support::check(source, {{"tag", "latest"}}) == reply_of({{"latest", now}}));
  CHECK(support::check({{"repository", images.text()}, {"tag", "no-such-tag"}}) == "[]\n");
  CHECK(support::check({{"repository", images.text()}, {"tag", "no-such-tag"}}, version("x", now)) == "[]\n");
  CHECK(support::check({{"repository", images.text() + "/unknown"}, {"tag", "latest"}}) == "[]\n");
}

TEST_CASE("a tag may be a number") {
  Images images(shared_registry().host(), "tag/number");
  auto digest = images.push("1.5", "a");
  CHECK(support::check({{"repository", images.text()}, {"tag", 1.5}}) == reply_of({{"1.5", digest}}));
}

TEST_CASE("a version that the registry has forgotten is not reported") {
  Images images(shared_registry().host(), "tag/forgotten");
  auto old = images.push("latest", "old");
  auto now = images.push("latest", "now");
  images.remove(old);
  CHECK(support::check({{"repository", images.text()}, {"tag", "latest"}}, version("latest", old)) ==
        reply_of({{"latest", now}}));
}

TEST_CASE("a tag that is moved back is a version of its own when that is asked for") {
  Images images(shared_registry().host(), "tag/rollback");
  auto a = images.push("latest", "a");
  auto b = images.push("latest", "b");
  images.push("latest", "a");
  json::Ordered source{{"repository", images.text()}, {"tag", "latest"}};
  // Concourse has both, so this list changes nothing there.
  CHECK(support::check(source, version("latest", b)) == reply_of({{"latest", b}, {"latest", a}}));

  source["detect_rollbacks"] = true;
  json::Ordered seen = version("latest", b);
  seen["seen"] = "2024-01-01T00:00:00Z";
  auto reply = json::parse(support::check(source, seen), "reply");
  REQUIRE(reply.size() == 2);
  CHECK(reply[0] == json::Value(seen));
  CHECK(reply[1].at("digest") == a);
  CHECK(reply[1].at("seen").get<std::string>().size() == std::string("2024-01-01T00:00:00Z").size());
  // As long as the tag stays, so does the version.
  CHECK(json::parse(support::check(source, json::Ordered(reply[1])), "reply") == json::Value::array({reply[1]}));
  // What `put` or a check without the option has found is the same version still.
  CHECK(support::check(source, version("latest", a)) == reply_of({{"latest", a}}));
}

TEST_CASE("with platform_digest the platform's image is the version") {
  support::OwnCache cache;
  Images images(shared_registry().host(), "tag/platform");
  auto amd = images.make("amd", "", "amd64"), arm = images.make("arm", "", "arm64");
  images.push(amd);
  images.push(arm);
  oci::Index index{.media_type = std::string(oci::media_type::index),
                   .manifests = {amd.descriptor(), arm.descriptor()}};
  index.manifests[0].platform = name::Platform::parse("linux/amd64");
  index.manifests[1].platform = name::Platform::parse("linux/arm64");
  auto whole = images.push("multi", oci::write(index));
  auto plain = images.push("plain", "p");
  auto source = [&](const char* tag, const char* architecture) {
    return json::Ordered{{"repository", images.text()},
                         {"tag", tag},
                         {"platform", {{"os", "linux"}, {"architecture", architecture}}},
                         {"platform_digest", true}};
  };
  CHECK(support::check(source("multi", "amd64")) == reply_of({{"multi", amd.digest.text()}}));
  CHECK(support::check(source("multi", "arm64")) == reply_of({{"multi", arm.digest.text()}}));
  CHECK(support::check(source("multi", "riscv64")) == "[]\n");
  CHECK(support::check(source("plain", "arm64")) == reply_of({{"plain", plain}}));
  auto without = source("multi", "amd64");
  without["platform_digest"] = false;
  CHECK(support::check(without) == reply_of({{"multi", whole}}));
}

}  // namespace
