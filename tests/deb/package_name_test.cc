#include "core/deb/package_name.h"

#include <doctest/doctest.h>

#include "tests/support/error_text.h"

using support::error_text;

TEST_CASE("package names, with and without architecture") {
  CHECK(deb::parse_package_name("jq") == deb::PackageName{"jq", ""});
  CHECK(deb::parse_package_name("libstdc++6") == deb::PackageName{"libstdc++6", ""});
  CHECK(deb::parse_package_name("0ad-data") == deb::PackageName{"0ad-data", ""});
  CHECK(deb::parse_package_name("jq:arm64") == deb::PackageName{"jq", "arm64"});
  CHECK(deb::parse_package_name("libc6:musl-linux-armhf") == deb::PackageName{"libc6", "musl-linux-armhf"});
}

TEST_CASE("what apt would take for something else is refused") {
  const std::string is_none = " is not a Debian package name (like 'libssl3' or 'jq:arm64')";
  struct {
    std::string name;
    std::string fix;
  } cases[] = {
      {"jq-", "a '-' at the end would make apt remove the package"},
      {"jq=1.6", "give the version as `version = \"…\"`"},
      {"jq/sid", "a release cannot be chosen here: give the exact `version`"},
      {"desktop^", "tasks are not supported: name the packages"},
      {"jq.*", "patterns are not supported: name the packages"},
      {"?installed", "patterns are not supported: name the packages"},
      {"JQ", "did you mean 'jq'?"},
  };
  for (const auto& [name, fix] : cases)
    CHECK(error_text([&, n = name] { deb::parse_package_name(n); }) ==
          "package name '" + name + "'" + is_none + "\n  fix: " + fix);
  for (std::string name : {"", "j", "-jq", "+jq", "jq lib", "jq\\n", "jq:", "jq:AMD64", "jq:-x", "../jq", "jq_1", "é"})
    CHECK_MESSAGE(error_text([&] { deb::parse_package_name(name); }).starts_with("package name '"), name);
  CHECK(!deb::valid_package_name(std::string(257, 'a')));
}
