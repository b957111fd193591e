#include "core/deb/os_release.h"

#include <doctest/doctest.h>

#include "core/base/fd.h"

TEST_CASE("bookworm's os-release") {
  auto os = deb::parse_os_release(base::read_file(TEST_DATA "/os-release-bookworm", 4096));
  CHECK(os.id == "debian");
  CHECK(os.version_id == "12");
  CHECK(os.version_codename == "bookworm");
  CHECK(os.pretty_name == "Debian GNU/Linux 12 (bookworm)");
}

TEST_CASE("quotes, escapes, comments and junk are taken as the shell would take them") {
  struct {
    std::string text;
    std::string id;
  } cases[] = {
      {"ID=alpine", "alpine"},
      {"ID='two words'", "two words"},
      {"ID=\"a \\\"b\\\" \\$c\"", "a \"b\" $c"},
      {"ID='a\\b'", "a\\b"},
      {"ID=bare # comment", "bare"},
      {"\r\nno equals sign\n=x\nID=ok\r\n", "ok"},
      {"#ID=no\n", ""},
      {"ID=first\nID=last\n", "last"},
      {"ID=\"unterminated", "unterminated"},
      {"ID=", ""},
      {"XID=x\nID_LIKE=debian\n", ""},
      {"ID=a\x1b[31m\xff"
       "b",
       "a[31m"},
      {"", ""},
  };
  for (const auto& [text, id] : cases) CHECK(deb::parse_os_release(text).id == id);
  CHECK(deb::parse_os_release("ID=" + std::string(10000, 'x')).id.size() == 256);
}

TEST_CASE("what is absent is empty: sid has no version, Alpine no codename") {
  auto os = deb::parse_os_release("PRETTY_NAME=\"Debian GNU/Linux trixie/sid\"\nID=debian\nVERSION_CODENAME=trixie\n");
  CHECK(os.id == "debian");
  CHECK(os.version_id == "");
  CHECK(os.version_codename == "trixie");
}
