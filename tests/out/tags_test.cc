#include "out/tags.h"

#include <doctest/doctest.h>

#include <vector>

#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "core/base/text.h"
#include "tests/support/error_text.h"

namespace {

std::string planned(const resource::Source& source, const resource::PutParams& params,
                    std::vector<std::string> existing = {}, const std::filesystem::path& inputs = "/nowhere") {
  std::vector<std::string> out;
  for (const auto& tag : out::planned_tags(source, params, inputs, [&] { return existing; }).in_order)
    out.push_back(tag.text());
  return base::join(out, " ");
}

resource::Source source_of(const std::string& tag, const std::string& variant = "") {
  resource::Source out;
  if (!tag.empty()) out.tag = tag;
  out.variant = variant;
  return out;
}

resource::PutParams version(const std::string& text, bool bump = false) {
  resource::PutParams out;
  out.version = text;
  out.bump_aliases = bump;
  return out;
}

TEST_CASE("a version is a tag of its own, written in full") {
  struct Row {
    const char *version, *variant, *tags;
  };
  for (const Row& row : std::vector<Row>{{"1.2.3", "", "1.2.3"},
                                         {"v1.2.3", "", "1.2.3"},
                                         {"1.2", "", "1.2.0"},
                                         {"01.2.3", "", "1.2.3"},
                                         {"1.2.3-rc.1", "", "1.2.3-rc.1"},
                                         {"1.2.3", "ubuntu", "1.2.3-ubuntu"}}) {
    CAPTURE(row.version);
    CHECK(planned(source_of("", row.variant), version(row.version)) == row.tags);
  }
  CHECK(support::error_text([] { planned(source_of(""), version("text")); }) ==
        "params.version is 'text', a version like '1.2.3' is wanted");
  CHECK(support::error_text([] { planned(source_of(""), {}); }) ==
        "the image gets no tag\n  fix: give source.tag, params.version or params.additional_tags");
}

TEST_CASE("aliases follow a release unless a newer one has them; the most general moves last") {
  struct Row {
    const char* name;
    std::vector<std::string> existing;
    const char* version;
    const char* tags;
  };
  for (const Row& row :
       std::vector<Row>{{"no tags", {}, "1.2.3", "1.2.3 1.2 1 latest"},
                        {"prerelease given", {}, "1.2.3-alpha.1", "1.2.3-alpha.1"},
                        {"only older", {"1.2.2"}, "1.2.3", "1.2.3 1.2 1 latest"},
                        {"the same again", {"1.2.3", "1.2", "1", "latest"}, "1.2.3", "1.2.3 1.2 1 latest"},
                        {"newer patch", {"1.2.4"}, "1.2.3", "1.2.3"},
                        {"newer minor", {"1.3.0"}, "1.2.3", "1.2.3 1.2"},
                        {"newer minor as an alias only", {"1.3"}, "1.2.3", "1.2.3 1.2"},
                        {"newer major", {"2.0.0"}, "1.2.3", "1.2.3 1.2 1"},
                        {"only a prerelease", {"2.0.0-rc.1"}, "1.2.3", "1.2.3 1.2 1 latest"},
                        {"a variant of a newer one", {"1.3.0-lts"}, "1.2.3", "1.2.3 1.2 1 latest"},
                        {"no versions", {"latest", "main", "sha256-abc"}, "1.2.3", "1.2.3 1.2 1 latest"}}) {
    CAPTURE(row.name);
    CHECK(planned(source_of(""), version(row.version, true), row.existing) == row.tags);
  }
}

TEST_CASE("a variant's aliases are compared with that variant only") {
  struct Row {
    const char* name;
    std::vector<std::string> existing;
    const char* tags;
  };
  for (const Row& row :
       std::vector<Row>{{"no tags", {}, "1.2.3-hello 1.2-hello 1-hello hello"},
                        {"only older", {"1.2.2-hello"}, "1.2.3-hello 1.2-hello 1-hello hello"},
                        {"newer patch", {"1.2.4-hello"}, "1.2.3-hello"},
                        {"newer minor", {"1.3.0-hello"}, "1.2.3-hello 1.2-hello"},
                        {"newer major", {"2.0.0-hello"}, "1.2.3-hello 1.2-hello 1-hello"},
                        {"newer minor without the variant", {"1.3.0"}, "1.2.3-hello 1.2-hello 1-hello hello"},
                        {"only a prerelease", {"2.0.0-rc.1-hello"}, "1.2.3-hello 1.2-hello 1-hello hello"},
                        {"only another variant", {"2.0.0-goodbye"}, "1.2.3-hello 1.2-hello 1-hello hello"}}) {
    CAPTURE(row.name);
    CHECK(planned(source_of("", "hello"), version("1.2.3", true), row.existing) == row.tags);
  }
}

TEST_CASE("existing tags are asked for only when aliases depend on them") {
  for (auto params : {version("1.2.3"), version("1.2.3-rc.1", true)}) {
    bool asked = false;
    out::planned_tags(source_of("latest"), params, "/nowhere", [&] {
      asked = true;
      return std::vector<std::string>{};
    });
    CHECK_FALSE(asked);
  }
}

TEST_CASE("additional tags come from a file, with the prefix in front") {
  base::TemporaryDirectory inputs("tags");
  base::write_file(inputs.path() / "tags", "  a\nb\t c\r\n\n");
  resource::PutParams params;
  params.additional_tags = "tags";
  CHECK(planned(source_of(""), params, {}, inputs.path()) == "a b c");
  CHECK(planned(source_of("main"), params, {}, inputs.path()) == "a b c main");
  params.tag_prefix = "pr-";
  params.version = "1.0";
  CHECK(planned(source_of("latest"), params, {}, inputs.path()) == "1.0.0 pr-a pr-b pr-c latest");
  CHECK(out::planned_tags(source_of("latest"), params, inputs.path(), {}).reported.text() == "latest");
  CHECK(out::planned_tags(source_of(""), params, inputs.path(), {}).reported.text() == "1.0.0");

  base::write_file(inputs.path() / "tags", "a/b");
  CHECK(support::error_text([&] { planned(source_of(""), params, {}, inputs.path()); }).starts_with("tag 'pr-a/b' "));
  base::write_file(inputs.path() / "tags", "\n");
  CHECK(support::error_text([&] { planned(source_of(""), params, {}, inputs.path()); }) ==
        "params.tag_prefix has nothing to stand before: the file 'tags' names no tag");
  params.additional_tags = "../tags";
  CHECK(support::error_text([&] { planned(source_of(""), params, {}, inputs.path()); }) != "no error");
}

TEST_CASE("the bare tag moves last, whoever asked for it, and no tag moves twice") {
  CHECK(planned(source_of("latest"), version("1.2.3", true)) == "1.2.3 1.2 1 latest");
  CHECK(planned(source_of("1.2.3"), version("1.2.3", true)) == "1.2.3 1.2 1 latest");
  CHECK(planned(source_of("stable"), version("1.2.3", true)) == "1.2.3 stable 1.2 1 latest");
  // An older release does not take "latest" by itself, but whoever configures it gets it.
  CHECK(planned(source_of("latest"), version("1.2.3", true), {"2.0.0"}) == "1.2.3 1.2 1 latest");
}

}  // namespace
