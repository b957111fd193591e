#include "core/deb/dpkg_info.h"

#include <doctest/doctest.h>

#include "core/base/error.h"

TEST_CASE("file lists follow each other, each behind its name") {
  auto lists = deb::parse_file_lists(
      "\tvar/lib/dpkg/info/libc6:amd64.list\n/.\n/lib\n/lib/a b\n\tvar/lib/dpkg/info/tzdata.list\n");
  REQUIRE(lists.size() == 2);
  CHECK(lists[0].package == "libc6");
  CHECK(lists[0].paths == std::vector<std::string>{"/.", "/lib", "/lib/a b"});
  CHECK(lists[1].package == "tzdata");
  CHECK(lists[1].paths.empty());
  CHECK_THROWS_WITH_AS(deb::parse_file_lists("/usr\n"), "path '/usr' stands in no package's file list", base::Error);
  CHECK_THROWS_WITH_AS(deb::parse_file_lists("\tdpkg/status\n"), "dpkg's file list has the name 'dpkg/status'",
                       base::Error);
}

TEST_CASE("diversions say where a listed file lies") {
  auto diversions = deb::parse_diversions("/bin/sh\n/bin/sh.distrib\ndash\n/a\n/b\n:\n");
  CHECK(diversions.at("/bin/sh") == deb::Diversion{"/bin/sh.distrib", "dash"});
  CHECK(diversions.at("/a") == deb::Diversion{"/b", ":"});
  CHECK_THROWS_WITH_AS(deb::parse_diversions("/a\n/b\n"), "dpkg's diversions end in the middle of a record",
                       base::Error);
}
