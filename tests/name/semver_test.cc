#include "core/name/semver.h"

#include <doctest/doctest.h>

#include <vector>

namespace {

using name::SemanticVersion;

TEST_CASE("versions are read as tags write them") {
  struct Row {
    const char* text;
    const char* normal;
    int parts;
  };
  for (const Row& row : std::vector<Row>{{"1.2.3", "1.2.3", 3},
                                         {"v1.2.3", "1.2.3", 3},
                                         {"1.2", "1.2.0", 2},
                                         {"3", "3.0.0", 1},
                                         {"v0", "0.0.0", 1},
                                         {"01.002.3", "1.2.3", 3},
                                         {"1.0.0-rc.1", "1.0.0-rc.1", 3},
                                         {"1.0-rc1", "1.0.0-rc1", 2},
                                         {"1.0.0-a-b.0", "1.0.0-a-b.0", 3},
                                         {"1.2.3+build.007", "1.2.3", 3},
                                         {"20240131", "20240131.0.0", 1},
                                         {"18446744073709551614", "18446744073709551614.0.0", 1}}) {
    CAPTURE(row.text);
    auto version = SemanticVersion::parse(row.text);
    REQUIRE(version);
    CHECK(version->text() == row.normal);
    CHECK(version->parts() == row.parts);
  }
}

TEST_CASE("what is no version is none") {
  for (const char* text : {"",
                           "v",
                           "latest",
                           "1.",
                           ".1",
                           "1..2",
                           "1.2.3.4",
                           "1.2.x",
                           "vv1",
                           "V1",
                           "1.0.0-",
                           "1.0.0-a..b",
                           "1.0.0-01",
                           "1.0.0-a_b",
                           "1.0.0+",
                           "-1",
                           "1.-2",
                           " 1",
                           "1 ",
                           "3bd8a5e-dev",
                           "1.2e3",
                           "18446744073709551615",
                           "99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(SemanticVersion::parse(text));
  }
}

TEST_CASE("versions come in semver's order") {
  const std::vector<const char*> ordered = {
      "0.0.1",       "0.1.0",         "1.0.0-0",          "1.0.0-2",    "1.0.0-10",     "1.0.0-99999999999999999999999",
      "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
      "1.0.0-rc.1",  "1.0.0",         "1.0.1-rc",         "1.0.1",      "1.2.0",        "1.10.0",
      "2.0.0",       "10.0.0"};
  for (std::size_t i = 0; i < ordered.size(); ++i)
    for (std::size_t j = 0; j < ordered.size(); ++j) {
      CAPTURE(ordered[i]);
      CAPTURE(ordered[j]);
      auto a = *SemanticVersion::parse(ordered[i]), b = *SemanticVersion::parse(ordered[j]);
      CHECK((a < b) == (i < j));
      CHECK((a == b) == (i == j));
    }
}

TEST_CASE("missing numbers and build metadata do not count in the order") {
  CHECK(*SemanticVersion::parse("1.2") == *SemanticVersion::parse("v1.2.0+x"));
  CHECK(*SemanticVersion::parse("1-rc") == *SemanticVersion::parse("1.0.0-rc"));
}

}  // namespace
