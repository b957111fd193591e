#include "core/deb/in_release.h"

#include <doctest/doctest.h>

#include "core/base/fd.h"
#include "tests/support/error_text.h"

using support::error_text;

TEST_CASE("a clear-signed InRelease of the security archive") {
  auto release = deb::parse_in_release(base::read_file(TEST_DATA "/InRelease-bookworm-security", 1 << 20));
  CHECK(release.origin == "Debian");
  CHECK(release.label == "Debian-Security");
  CHECK(release.codename == "bookworm-security");
  CHECK(deb::to_rfc3339(release.date) == "2026-11-21T00:53:02Z");
  REQUIRE(release.valid_until);
  CHECK(*release.valid_until - release.date == std::chrono::days(7));
  CHECK(release.acquire_by_hash);
  CHECK(release.architectures.size() == 5);
  const auto* packages = release.find("main/binary-amd64/Packages");
  REQUIRE(packages);
  CHECK(packages->size == 2523192);
  CHECK(packages->sha256 == "eb517821ea447f4a108a390e79b9b3c9115289ca8c142d0a38ffddef38ccefcc");
  CHECK(release.find("main/binary-amd64/Nothing") == nullptr);
}

TEST_CASE("a plain Release without end") {
  auto release = deb::parse_in_release("Suite: x\nDate: Sat, 1 Jun 2024 09:20:15 +0000\n");
  CHECK(!release.valid_until);
  CHECK(release.files.empty());
  CHECK(deb::to_rfc3339(release.date) == "2024-06-01T09:20:15Z");
}

TEST_CASE("dates are read exactly or not at all") {
  CHECK(deb::to_rfc3339(*deb::parse_release_date("Thu, 29 Feb 2024 23:59:59 GMT")) == "2024-02-29T23:59:59Z");
  for (auto bad : {"", "2024-02-29", "Thu, 30 Feb 2024 00:00:00 UTC", "Thu, 29 Feb 2024 24:00:00 UTC",
                   "Thu, 29 Feb 2024 00:00:00 CET", "Thu, 29 Feb 2024 00:00 UTC", "Thu 29 Feb 2024 00:00:00 UTC",
                   "Thu, 29 Fbe 2024 00:00:00 UTC", "Thu, -1 Feb 2024 00:00:00 UTC", "Thu, 29 Feb 99999 00:00:00 UTC",
                   "Thu, 29 Feb 1924 00:00:00 UTC", "Thu, 1x Feb 2024 00:00:00 UTC"})
    CHECK_MESSAGE(!deb::parse_release_date(bad), bad);
}

TEST_CASE("text outside of the signed part, and other forgeries, are refused") {
  const std::string begin = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n";
  const std::string body = "Suite: x\nDate: Sat, 01 Jun 2024 09:20:15 UTC\n";
  const std::string end = "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n";
  CHECK(deb::parse_in_release(begin + body + end).suite == "x");
  CHECK(deb::parse_in_release(begin + "- " + body + end).suite == "x");
  struct {
    std::string text;
    std::string error;
  } cases[] = {
      {"", "InRelease is empty"},
      {body + begin + body + end,
       "InRelease line 3: '-----BEGIN PGP SIGNED MESSAGE-----' is not of the form 'Name: value'"},
      {begin + body + end + body, "InRelease is no clear-signed message: text after it: 'Suite: x'"},
      {begin + body, "InRelease is no clear-signed message: it ends early"},
      {begin + body + "-----BEGIN PGP SIGNATURE-----\niQ==\n", "InRelease is no clear-signed message: it ends early"},
      {"-----BEGIN PGP MESSAGE-----\n",
       "InRelease is no clear-signed message: text before it: '-----BEGIN PGP MESSAGE-----'"},
      {begin + body + "\nSuite: y\n" + end, "InRelease line 7: a second paragraph, where a Release file has one"},
      {"Suite: x\n", "InRelease line 1: the stanza has no Date field"},
      {"Date: today\n", "InRelease line 1: Date 'today' is no date"},
      {body + "Valid-Until: never\n", "InRelease line 1: Valid-Until 'never' is no date"},
      {body + "SHA256:\n 00 1 main/Packages\n",
       "entry '00 1 main/Packages' of the SHA256 list is not HASH SIZE PATH\n  while reading InRelease"},
      {body + "SHA256:\n " + std::string(64, '0') + " 1 ../Packages\n",
       "'../Packages' is no path inside an archive\n  while reading InRelease"},
  };
  for (const auto& [text, error] : cases) CHECK(error_text([&, t = text] { deb::parse_in_release(t); }) == error);
}
