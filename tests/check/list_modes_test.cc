// Versions out of a whole repository, on the real docker-registry: the cases of registry-image's own suite, and those
// it gets wrong.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "tests/check/fixture.h"
#include "tests/support/error_text.h"

namespace {

using support::Images;
using support::reply_of;
using support::shared_registry;
using support::TagDigest;

/// "1.0.0=a latest=b": tags with the letters of their images; without one each tag has its own.
struct Case {
  const char* name;
  const char* tags;
  json::Ordered settings;
  std::vector<const char*> versions;
  /// "tag" or "tag=letter": the version that is known.
  const char* from = "";
};

std::pair<std::string, std::string> tag_and_letter(std::string_view text) {
  auto equals = text.find('=');
  std::string tag(text.substr(0, equals));
  return {tag, equals == std::string_view::npos ? "image of " + tag : std::string(text.substr(equals + 1))};
}

/// Whether versions come in the order of the case, or in that of the registry.
enum class Order { ours, registry };

void run(const std::vector<Case>& cases, const std::string& prefix, Order order = Order::ours) {
  int number = 0;
  for (const Case& row : cases) {
    CAPTURE(row.name);
    support::OwnCache cache;
    Images images(shared_registry().host(), prefix + std::to_string(number++));
    std::map<std::string, std::string> digests;
    for (auto piece : base::split(row.tags, ' ')) {
      auto [tag, letter] = tag_and_letter(piece);
      digests[tag] = images.push(tag, letter);
    }
    json::Ordered source = row.settings, version;
    source["repository"] = images.text();
    if (std::string_view from = row.from; !from.empty()) {
      auto [tag, letter] = tag_and_letter(from);
      bool same = from.find('=') == std::string_view::npos;
      version = {{"tag", tag}, {"digest", same ? digests[tag] : images.make(letter).digest.text()}};
    }
    std::vector<TagDigest> wanted;
    for (const char* tag : row.versions) wanted.push_back({tag, digests[tag]});
    if (order == Order::registry) {
      const auto listed = images.tags();
      auto place = [&](const TagDigest& one) { return std::find(listed.begin(), listed.end(), one.tag); };
      std::sort(wanted.begin(), wanted.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
    }
    CHECK(support::check(source, version) == reply_of(wanted));
    // What was learnt does not change the answer.
    CHECK(support::check(source, version) == reply_of(wanted));
  }
}

const json::Ordered none = json::Ordered::object();

TEST_CASE("tags that are semantic versions come in their order") {
  const char* pre = "1.0.0-alpha.1 1.0.0 1.2.1-beta.1 1.2.1 2.0.0-rc.1 2.0.0";
  const char* foo =
      "1.0.0-alpha.1-foo 1.0.0-alpha.1-bar-foo 1.0.0-beta.1-foo 1.0.0-beta.1-bar-foo 1.0.0-rc.1-foo "
      "1.0.0-rc.1-bar-foo 1.0.0-foo 1.0.0-bar-foo 1.0.0-alpha.1 1.0.0";
  run({{"no semver tags", "non-semver-tag", none, {}},
       {"latest tag", "non-semver-tag latest", none, {"latest"}},
       {"semver and non-semver tags", "1.0.0 non-semver-tag", none, {"1.0.0"}},
       {"semver tag ordering", "1.0.0 1.2.1 2.0.0", none, {"1.0.0", "1.2.1", "2.0.0"}},
       {"order by number, not by letter", "1.10.0 1.9.0 v1.11.0", none, {"1.9.0", "1.10.0", "v1.11.0"}},
       {"with cursor", "1.0.0 1.2.1 2.0.0", none, {"1.2.1", "2.0.0"}, "1.2.1"},
       {"with cursor with different digest", "1.0.0 1.2.1 2.0.0", none, {"1.0.0", "1.2.1", "2.0.0"}, "1.2.1=other"},
       {"with cursor that is gone", "1.0.0 2.0.0", none, {"1.0.0", "2.0.0"}, "1.2.1=other"},
       {"semver constraint",
        "1.0.0 1.2.1 1.2.2 v1.2.3 2.0.0 latest",
        {{"semver_constraint", "1.2.x"}},
        {"1.2.1", "1.2.2", "v1.2.3"}},
       {"prereleases ignored by default", pre, none, {"1.0.0", "1.2.1", "2.0.0"}},
       {"prereleases opted in",
        pre,
        {{"pre_releases", true}},
        {"1.0.0-alpha.1", "1.0.0", "1.2.1-beta.1", "1.2.1", "2.0.0-rc.1", "2.0.0"}},
       {"prerelease prefixes opted in",
        "1.0.0 2.0.0-build.1 2.0.0-rc.1",
        {{"pre_releases", true}, {"pre_release_prefixes", {"build"}}},
        {"1.0.0", "2.0.0-build.1", "2.0.0-rc.1"}},
       {"prereleases do not include variants",
        "1.0.0-alpha.1 1.0.0-beta.1 1.0.0-rc.1 1.0.0-foo.1",
        {{"pre_releases", true}},
        {"1.0.0-alpha.1", "1.0.0-beta.1", "1.0.0-rc.1"}},
       {"prereleases do not require dot",
        "1.0.0-alpha1 1.0.0-alpha2 1.0.0-beta1 1.0.0-beta2 1.0.0-rc1 1.0.0-rc2 1.0.0-foo1",
        {{"pre_releases", true}},
        {"1.0.0-alpha1", "1.0.0-alpha2", "1.0.0-beta1", "1.0.0-beta2", "1.0.0-rc1", "1.0.0-rc2"}},
       {"prereleases do not require number",
        "1.0.0-alpha 1.0.0-beta 1.0.0-rc 1.0.0-foo",
        {{"pre_releases", true}},
        {"1.0.0-alpha", "1.0.0-beta", "1.0.0-rc"}},
       {"final versions take priority over rcs",
        "1.0.0-rc.1=a 1.0.0-rc1=a 1.0.0-rc=a 1.0.0=a",
        {{"pre_releases", true}},
        {"1.0.0"}},
       {"a more specific prerelease is preferred", "1.0.0-rc=a 1.0.0-rc.2=a", {{"pre_releases", true}}, {"1.0.0-rc.2"}},
       {"mixed specificity",
        "1=a 2=b 2.1=b latest=c 3=c 3.2=c 3.2.1=c 3.1=d 3.1.0=d 3.0=e 3.0.0=e",
        none,
        {"1", "2.1", "3.0.0", "3.1.0", "3.2.1"}},
       {"latest having unique digest", "1.0.0=a latest=c", none, {"1.0.0", "latest"}},
       {"latest pointing to latest version", "1 2 3=c latest=c", none, {"1", "2", "3"}},
       {"latest pointing to older version", "1 2=b latest=b 3", none, {"1", "2", "3"}},
       {"variants",
        "latest=a 1.0.0=a 0.9.0=b foo=c 1.0.0-foo=c 0.9.0-foo=d bar=e 1.0.0-bar=e 0.9.0-bar=f",
        {{"variant", "foo"}},
        {"0.9.0-foo", "1.0.0-foo"}},
       {"bare variant tag with unique digest",
        "latest=a 1.0.0=a foo=c 0.8.0-foo=d bar=e 1.0.0-bar=e",
        {{"variant", "foo"}},
        {"0.8.0-foo", "foo"}},
       {"distinguishing additional variants from prereleases",
        foo,
        {{"variant", "foo"}, {"pre_releases", true}},
        {"1.0.0-alpha.1-foo", "1.0.0-beta.1-foo", "1.0.0-rc.1-foo", "1.0.0-foo"}},
       {"pre-releases allow additional suffixes before variant",
        "1.0.0-alpha.1-foo 1.0.0-alpha.1-bar-foo 1.0.0-beta.1-foo 1.0.0-beta.1-bar-foo 1.0.0-build-foo 1.0.0-rc.1-foo "
        "1.0.0-rc.1-bar-foo 1.0.0-bar-foo",
        {{"variant", "foo"}, {"pre_releases", true}, {"pre_release_prefixes", {"build"}}},
        {"1.0.0-alpha.1-foo", "1.0.0-alpha.1-bar-foo", "1.0.0-beta.1-foo", "1.0.0-beta.1-bar-foo", "1.0.0-build-foo",
         "1.0.0-rc.1-foo", "1.0.0-rc.1-bar-foo"}}},
      "semver/case");
}

TEST_CASE("what registry-image gets wrong about semantic versions") {
  run(
      {// Its issue 316: the older release is not asked about, so "latest" looks like news.
       {"latest is an older release than the cursor", "1.0.0=a latest=a 2.0.0", none, {"2.0.0"}, "2.0.0"},
       {"latest with a digest of its own stays the newest",
        "1.0.0=a 2.0.0=b latest=c",
        none,
        {"1.0.0", "2.0.0", "latest"},
        "latest"},
       {"signatures and referrers are no versions",
        "1.0.0 sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
        "sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.sig",
        none,
        {"1.0.0"}}},
      "semver/wrong");
}

TEST_CASE("tags that match an expression come in the registry's order") {
  const char* fallback =
      "aaaa sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
      "sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.sig "
      "sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.att "
      "sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.sbom";
  run({{"no matching regex tags", "non-matching-regex-tag", {{"tag_regex", "foo.*"}}, {}},
       {"simple tag regex", "1.0.0 non-semver-tag gray grey", {{"tag_regex", "gr(a|e)y"}}, {"gray", "grey"}},
       {"regex override semver constraint",
        "1.0.0 1.2.1 1.2.2 2.0.0 latest gray grey",
        {{"tag_regex", "gr(a|e)y"}, {"semver_constraint", "1.2.x"}},
        {"gray", "grey"}},
       {"regex maintain ordering",
        "3bd8a5e-dev 3bd8a5e-stage 67e3c33-dev 67e3c33-stage",
        {{"tag_regex", "^[0-9a-f]{7}-dev$"}},
        {"3bd8a5e-dev", "67e3c33-dev"}},
       {"several tags with one digest", "a=x b=x", {{"tag_regex", "."}}, {"a", "b"}},
       {"the known version does not count", "a b", {{"tag_regex", "."}}, {"a", "b"}, "b"},
       {"signatures and referrers are no versions", fallback, {{"tag_regex", "a"}}, {"aaaa"}}},
      "regex/case", Order::registry);
}

TEST_CASE("created_at_sort brings the image made last to the end") {
  support::OwnCache cache;
  static int number = 0;
  Images images(shared_registry().host(), "regex/sorted" + std::to_string(number++));
  auto d1338 = images.push("gem-1338", "c", "2024-01-01T05:00:00Z");
  auto d182 = images.push("gem-182", "a", "2024-01-01T01:00:00+01:00");
  auto d1337 = images.push("gem-1337", "b", "2024-01-01T04:00:00.000001Z");
  images.push("other", "o", "2024-01-01T04:30:00Z");
  json::Ordered source{{"repository", images.text()}, {"tag_regex", "^gem-"}, {"created_at_sort", true}};
  const auto wanted = reply_of({{"gem-182", d182}, {"gem-1337", d1337}, {"gem-1338", d1338}});
  CHECK(support::check(source) == wanted);
  CHECK(support::check(source) == wanted);

  SUBCASE("an image that does not say when it was made comes first") {
    auto never = images.push("gem-0", "z");
    CHECK(support::check(source) ==
          reply_of({{"gem-0", never}, {"gem-182", d182}, {"gem-1337", d1337}, {"gem-1338", d1338}}));
  }
  SUBCASE("an index is as old as its image for the platform, and left out if it has none") {
    auto arm = images.make("arm", "2024-01-01T06:00:00Z", "arm64"), amd = images.make("amd", "2024-01-01T02:00:00Z");
    images.push(arm);
    images.push(amd);
    auto entry = [](const oci::Document& document, const char* platform) {
      auto out = document.descriptor();
      out.platform = name::Platform::parse(platform);
      return out;
    };
    oci::Index both{.media_type = std::string(oci::media_type::index),
                    .manifests = {entry(arm, "linux/arm64"), entry(amd, "linux/amd64")}};
    auto index = images.push("gem-index", oci::write(both));
    both.manifests.pop_back();
    images.push("gem-arm-only", oci::write(both));
    source["platform"] = {{"os", "linux"}, {"architecture", "amd64"}};
    CHECK(support::check(source) ==
          reply_of({{"gem-182", d182}, {"gem-index", index}, {"gem-1337", d1337}, {"gem-1338", d1338}}));
  }
}

TEST_CASE("with immutable_tags a known tag is not asked about again; without, a move is seen at once") {
  support::OwnCache cache;
  Images images(shared_registry().host(), "regex/moving");
  auto a = images.push("blue", "a");
  json::Ordered source{{"repository", images.text()}, {"tag_regex", "blue"}};
  CHECK(support::check(source) == reply_of({{"blue", a}}));
  auto b = images.push("blue", "b");
  CHECK(support::check(source) == reply_of({{"blue", b}}));
  source["immutable_tags"] = true;
  images.push("blue", "a");
  CHECK(support::check(source) == reply_of({{"blue", b}}));
}

TEST_CASE("a repository that does not exist has no versions") {
  support::OwnCache cache;
  const auto repository = shared_registry().host() + "/nobody/knows";
  CHECK(support::check({{"repository", repository}}) == "[]\n");
  CHECK(support::check({{"repository", repository}, {"tag_regex", "x"}}) == "[]\n");
}

TEST_CASE("what cannot be understood is refused before anything is asked") {
  support::OwnCache cache;
  const auto repository = shared_registry().host() + "/a/b";
  CHECK(support::error_text([&] {
          support::check({{"repository", repository}, {"tag_regex", "a("}});
        }) == "source.tag_regex 'a(' is no regular expression: 'missing ): a('\n  fix: the syntax is RE2's");
  CHECK(support::error_text([&] {
          support::check({{"repository", repository}, {"semver_constraint", "new"}});
        }) ==
        "'new' is no version constraint\n"
        "  fix: write it like '1.2.x', '~1.2', '^2', '>= 1.2, < 3' or '1.x || 3.x'");
  CHECK(support::error_text([&] {
          support::check({{"repository", repository}, {"detect_rollbacks", true}});
        }) == "source.detect_rollbacks needs tag: one tag is watched then");
}

}  // namespace
