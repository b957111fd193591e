#include "core/deb/hash.h"

#include <doctest/doctest.h>

#include "tests/support/error_text.h"

using support::error_text;

TEST_CASE("a hash's algorithm is what the text says, in any case") {
  CHECK(deb::parse_hash("MD5Sum:" + std::string(32, 'A')).text() == "md5:" + std::string(32, 'a'));
  CHECK(deb::parse_hash("SHA1:" + std::string(40, '0')).algorithm == "sha1");
  CHECK(deb::parse_hash("sha256:" + std::string(64, '0')).algorithm == "sha256");
  CHECK(deb::parse_hash("SHA512:" + std::string(128, 'f')).algorithm == "sha512");
}

TEST_CASE("hashes that cannot be true are refused") {
  CHECK(error_text([] { deb::parse_hash("41f3ea2b9f5b419550f165975b941f81"); }) ==
        "hash '41f3ea2b9f5b419550f165975b941f81' does not begin with MD5Sum:, SHA1:, SHA256: or SHA512:");
  CHECK(error_text([] { deb::parse_hash("CRC32:00"); }) ==
        "hash 'CRC32:00' does not begin with MD5Sum:, SHA1:, SHA256: or SHA512:");
  CHECK(error_text([] { deb::parse_hash("MD5:" + std::string(64, 'a')); }) ==
        "hash 'MD5:" + std::string(64, 'a') + "' does not have the 32 hex digits of md5");
  CHECK(error_text([] { deb::parse_hash("SHA1:" + std::string(40, 'g')); }) ==
        "hash 'SHA1:" + std::string(40, 'g') + "' does not have the 40 hex digits of sha1");
  CHECK(!deb::valid_hash("sha256", std::string(64, 'A')));
  CHECK(!deb::valid_hash("", ""));
}
