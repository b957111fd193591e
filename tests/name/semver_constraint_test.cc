#include "core/name/semver_constraint.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/error_text.h"

namespace {

using name::SemanticVersion;
using name::SemverConstraint;

TEST_CASE("a constraint allows what registry-image's users expect") {
  struct Row {
    const char* constraint;
    std::vector<const char*> allowed, refused;
  };
  for (const Row& row : std::vector<Row>{
           {"1.2.x", {"1.2.0", "1.2.99", "v1.2.3", "1.2"}, {"1.1.9", "1.3.0", "1.2.3-rc.1", "2.0.0"}},
           {"1.2.*", {"1.2.0"}, {"1.3.0"}},
           {"1.X", {"1.0.0", "1.9.9"}, {"2.0.0", "0.9.0"}},
           {"1.x.x", {"1.9.9"}, {"2.0.0"}},
           {"*", {"0.0.1", "9.9.9"}, {"1.0.0-rc"}},
           {"1.2.3", {"1.2.3", "v1.2.3"}, {"1.2.4", "1.2.2"}},
           {"= 1.2", {"1.2.0", "1.2.9"}, {"1.3.0"}},
           {"1", {"1.0.0", "1.9.0"}, {"2.0.0"}},
           {"!= 1.2.3", {"1.2.4", "1.2.2"}, {"1.2.3"}},
           {"!=1.2", {"1.3.0", "1.1.9"}, {"1.2.0", "1.2.9"}},
           {"> 1.2.3", {"1.2.4", "2.0.0"}, {"1.2.3", "1.2.2"}},
           {">11", {"12.0.0"}, {"11.1.0", "11.0.0"}},
           {">11.1", {"11.2.1"}, {"11.1.1"}},
           {">= 1.2", {"1.2.0", "3.0.0"}, {"1.1.9"}},
           {"=>1.2", {"1.2.0"}, {"1.1.9"}},
           {"< 1.2", {"1.1.9"}, {"1.2.0"}},
           {"<= 1.2", {"1.2.9", "1.0.0"}, {"1.3.0"}},
           {"=<1.2.3", {"1.2.3"}, {"1.2.4"}},
           {"<=11", {"11.9.9"}, {"12.0.0"}},
           {"~1.2.3", {"1.2.3", "1.2.9"}, {"1.2.2", "1.3.0"}},
           {"~> 1.2", {"1.2.0", "1.2.9"}, {"1.3.0"}},
           {"~1", {"1.0.0", "1.9.0"}, {"2.0.0"}},
           {"^1.2.3", {"1.2.3", "1.9.0"}, {"1.2.2", "2.0.0"}},
           {"^0.2.3", {"0.2.3", "0.2.9"}, {"0.3.0", "0.2.2"}},
           {"^0.0.3", {"0.0.3"}, {"0.0.4", "0.0.2"}},
           {"^0.0", {"0.0.9"}, {"0.1.0"}},
           {"^0", {"0.9.9"}, {"1.0.0"}},
           {">= 1.2, < 3", {"1.2.0", "2.9.9"}, {"1.1.0", "3.0.0"}},
           {">=1.2 <3 !=2.0.0", {"1.2.0", "2.0.1"}, {"2.0.0", "3.0.0"}},
           {"1.x || >= 3.1", {"1.0.0", "3.1.0"}, {"2.0.0", "3.0.9"}},
           {"1.2 - 1.4.5", {"1.2.0", "1.4.5"}, {"1.4.6", "1.1.9"}},
           {"1.2 - 1.4", {"1.4.9"}, {"1.5.0"}},
           // A pre-release has to be asked for, in the same part of the constraint.
           {">= 1.2.0-0", {"1.2.0-alpha", "1.3.0-rc.1", "1.2.0"}, {"1.1.9"}},
           {"~1.2.0-0", {"1.2.5-rc.1", "1.2.0-alpha"}, {"1.3.0-alpha", "1.3.0"}},
           {"> 1.0.0-rc.1", {"1.0.0-rc.2", "1.0.0-rc.1.1", "1.0.0"}, {"1.0.0-rc.1", "1.0.0-beta"}},
           {"<= 1.0.0-rc.1", {"1.0.0-rc.1", "1.0.0-alpha"}, {"1.0.0-rc.2", "1.0.0"}},
           {"1.x || >= 2.0.0-0", {"2.1.0-rc.1", "1.5.0"}, {"1.5.0-rc.1"}},
           {"1.0.0-rc.1", {"1.0.0-rc.1"}, {"1.0.0", "1.0.0-rc.2"}},
       }) {
    auto constraint = SemverConstraint::parse(row.constraint);
    CAPTURE(row.constraint);
    for (const char* text : row.allowed) {
      CAPTURE(text);
      CHECK(constraint.allows(SemanticVersion::parse(text).value()));
    }
    for (const char* text : row.refused) {
      CAPTURE(text);
      CHECK_FALSE(constraint.allows(SemanticVersion::parse(text).value()));
    }
  }
}

TEST_CASE("what is no constraint is refused with an example") {
  for (const char* text : {"", " ", "foo", "1.2.3.4", ">", ">>1", "1.2 ||", "|| 1", "1,", ", 1", "1 | 2", "1.2.-", "~",
                           "^^1", ">=1.2<3", "1 - "}) {
    CAPTURE(text);
    CHECK(support::error_text([&] { SemverConstraint::parse(text); }) ==
          "'" + std::string(text) +
              "' is no version constraint\n  fix: write it like '1.2.x', '~1.2', '^2', '>= 1.2, < 3' or '1.x || 3.x'");
  }
  CHECK(support::error_text([] { SemverConstraint::parse(std::string(1001, '1')); }) ==
        "the version constraint has more than 1000 characters");
}

}  // namespace
