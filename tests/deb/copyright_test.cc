#include "core/deb/copyright.h"

#include <doctest/doctest.h>

#include "core/base/error.h"

namespace {
const std::string head = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n";
}

TEST_CASE("the format is known by its address, with and without slash and s") {
  CHECK(deb::machine_readable(head));
  CHECK(deb::machine_readable("Format: http://www.debian.org/doc/packaging-manuals/copyright-format/1.0\n"));
  CHECK(!deb::machine_readable("This package was debianized by hand.\n"));
  CHECK(!deb::machine_readable("Format: http://dep.debian.net/deps/dep5\n"));
  CHECK(!deb::machine_readable(""));
  CHECK(!deb::machine_readable("no colon"));
}

TEST_CASE("licences come from Files paragraphs, texts from all") {
  auto copyright =
      deb::parse_copyright(head +
                           "\nFiles: *\nCopyright: 2020 A\nLicense: GPL-2+ or Artistic\n"
                           "\nFiles: debian/*\nCopyright: B\nLicense: public-domain\n Do what\n .\n you like.\n"
                           "\nFiles: x\nCopyright: C\nLicense: GPL-2+ or Artistic\n"
                           "\nLicense: GPL-2+\n On Debian systems …\n");
  CHECK(copyright.licenses == std::vector<std::string>{"GPL-2+ or Artistic", "public-domain"});
  CHECK(copyright.texts.at("public-domain") == "Do what\n\nyou like.\n");
  CHECK(copyright.texts.at("GPL-2+") == "On Debian systems …\n");
}

TEST_CASE("free text and broken paragraphs are refused") {
  CHECK_THROWS_AS(deb::parse_copyright("It was downloaded from ftp.\n"), base::Error);
  CHECK_THROWS_AS(deb::parse_copyright(head + "\nFiles: *\nFiles: *\n"), base::Error);
}
