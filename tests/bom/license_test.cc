#include "core/bom/license.h"

#include <doctest/doctest.h>

#include "core/base/error.h"

namespace {

const std::string head = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n";

std::string declared(const std::string& licenses) {
  bom::LicenseCollector collector;
  return collector.declared("p", head + "\nFiles: *\nCopyright: x\nLicense: " + licenses + "\n");
}

}  // namespace

TEST_CASE("Debian's short names become ids of SPDX's list") {
  for (const auto& [name, id] : std::vector<std::pair<std::string, std::string>>{
           {"GPL-2+", "GPL-2.0-or-later"},
           {"GPL-2", "GPL-2.0-only"},
           {"gpl-3.0+", "GPL-3.0-or-later"},
           {"GPLv2+", "GPL-2.0-or-later"},
           {"LGPL-2.1", "LGPL-2.1-only"},
           {"LGPL-3.0-or-later", "LGPL-3.0-or-later"},
           {"GFDL-1.3+", "GFDL-1.3-or-later"},
           {"GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later"},
           {"LPGL-2.1+", "LGPL-2.1-or-later"},
           {"Expat", "MIT"},
           {"BSD-3-clause", "BSD-3-Clause"},
           {"Artistic", "Artistic-1.0-Perl"},
           {"Apache-2", "Apache-2.0"},
           {"GPL-2+ with Bison exception", "GPL-2.0-or-later WITH Bison-exception-2.2"},
           {"GPL-2 with Classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"},
           // What is not surely one of the list is not taken for one.
           {"GPL", ""},
           {"GPL-4", ""},
           {"GPL-2+ with OpenSSL exception", ""},
           {"public-domain", ""},
           {"BSD", ""},
           {"", ""},
       }) {
    CAPTURE(name);
    CHECK(bom::spdx_license(name) == id);
  }
}

TEST_CASE("a synopsis becomes an expression: comma, or, and") {
  for (const auto& [synopsis, expression] : std::vector<std::pair<std::string, std::string>>{
           {"Expat", "MIT"},
           {"GPL-2+ or Artistic", "Artistic-1.0-Perl OR GPL-2.0-or-later"},
           {"Expat and BSD-3-clause", "BSD-3-Clause AND MIT"},
           {"Expat and ISC or Zlib", "(ISC AND MIT) OR Zlib"},
           {"GPL-2+ or Artistic, and BSD-3-clause", "(Artistic-1.0-Perl OR GPL-2.0-or-later) AND BSD-3-Clause"},
           {"Expat, ISC", "ISC AND MIT"},
           {"Expat and/or ISC", "ISC OR MIT"},
           {"Expat and Expat", "MIT"},
           {"GPL-2 or Expat, or ISC", "GPL-2.0-only OR ISC OR MIT"},
           {"Perl", "Artistic-1.0-Perl OR GPL-1.0-or-later"},
           {"Expat and mine", "LicenseRef-debian-mine AND MIT"},
           {"and", "LicenseRef-debian-and"},
           {"Expat and", "LicenseRef-debian-Expat-and"},
       }) {
    CAPTURE(synopsis);
    CHECK(declared(synopsis) == expression);
  }
}

TEST_CASE("a licence off the list keeps its text; two of one name are told apart") {
  bom::LicenseCollector collector;
  std::string one = collector.declared("a", head + "\nFiles: *\nLicense: permissive\n Do it.\n");
  std::string same = collector.declared("b", head + "\nFiles: *\nLicense: permissive\n Do it.\n");
  std::string other = collector.declared("c", head + "\nFiles: *\nLicense: permissive\n Do not.\n");
  CHECK(one == "LicenseRef-debian-permissive");
  CHECK(same == one);
  CHECK(other.starts_with("LicenseRef-debian-permissive-"));
  auto texts = collector.take();
  REQUIRE(texts.size() == 2);
  CHECK(texts[0] == bom::LicenseText{one, "Do it.\n"});
  CHECK(texts[1] == bom::LicenseText{other, "Do not.\n"});
}

TEST_CASE("free text is a licence of its own, never guessed") {
  bom::LicenseCollector collector;
  CHECK(collector.declared("libc6", "This is GPL-2, or so.\xff\n") == "LicenseRef-libc6-copyright");
  CHECK(collector.declared("nothing", " \n") == "");
  auto texts = collector.take();
  REQUIRE(texts.size() == 1);
  CHECK(texts[0].text == "This is GPL-2, or so.?\n");
}

TEST_CASE("all paragraphs together declare a package's licence") {
  bom::LicenseCollector collector;
  CHECK(collector.declared("p", head + "\nFiles: *\nLicense: GPL-2+ or Expat\n\nFiles: a\nLicense: Expat\n"
                                       "\nFiles: b\nLicense: Expat\n") == "(GPL-2.0-or-later OR MIT) AND MIT");
}
