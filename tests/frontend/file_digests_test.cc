#include "core/frontend/file_digests.h"

#include <doctest/doctest.h>

#include "core/base/digest.h"
#include "core/base/error.h"

using namespace std::string_literals;

TEST_CASE("digests and modes of a tree are joined by path, whatever the names hold") {
  std::string one(base::sha256("1").hex()), two(base::sha256("2").hex());
  auto files = frontend::parse_digests(two + "  usr/bin/b\0"s + one + "  etc/a\nb  c\0"s,
                                       "755 usr/bin/b\0"s + "4644 etc/a\nb  c\0"s);
  REQUIRE(files.size() == 2);
  CHECK(files[0].path == "/etc/a\nb  c");
  CHECK(files[0].digest == "sha256:" + one);
  CHECK(files[0].mode == 04644);
  CHECK(files[1].path == "/usr/bin/b");
  CHECK(files[1].mode == 0755);
}

TEST_CASE("an answer that makes no sense is refused") {
  std::string hex(base::sha256("1").hex());
  for (const auto& [digests, modes] : std::vector<std::pair<std::string, std::string>>{
           {hex + "  a"s, "644 a\0"s},        // cut
           {hex + "  a\0"s, ""s},             // no mode
           {""s, "644 a\0"s},                 // no digest
           {"abc  a\0"s, "644 a\0"s},         // no hash
           {hex + "  a\0"s, "999 a\0"s},      // not octal
           {hex + "  a\0"s, "7777777 a\0"s},  // too large
       }) {
    CAPTURE(digests);
    CAPTURE(modes);
    CHECK_THROWS_AS(frontend::parse_digests(digests, modes), base::Error);
  }
}
