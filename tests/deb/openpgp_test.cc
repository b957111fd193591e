#include "core/deb/openpgp.h"

#include <doctest/doctest.h>

#include "core/base/error.h"
#include "core/base/fd.h"

namespace {

std::string data(const std::string& name) { return base::read_file(TEST_DATA "/" + name, 1 << 20); }

std::string error_of(const std::string& file) {
  try {
    deb::parse_keys(file);
  } catch (const base::Error& error) {
    return error.message();
  }
  return "no error";
}

}  // namespace

TEST_CASE("a key has the fingerprint that gpg shows, armoured or binary") {
  for (const char* file : {"key.asc", "key.gpg"}) {
    CAPTURE(file);
    auto keys = deb::parse_keys(data(file));
    REQUIRE(keys.size() == 1);
    CHECK(keys[0].fingerprint == "22BF497D64AE50E1F104C43AFB35C21FAF637598");
    CHECK(keys[0].user_ids == std::vector<std::string>{"Test Key <key@vendor.example>"});
    CHECK(keys[0].has("22BF497D64AE50E1F104C43AFB35C21FAF637598"));
    CHECK(!keys[0].has("22BF"));
  }
}

TEST_CASE("several armoured keys may stand in one file") {
  auto keys = deb::parse_keys(data("key.asc") + "\n" + data("key.asc"));
  CHECK(keys.size() == 2);
}

TEST_CASE("an InRelease file says which keys signed it") {
  CHECK(
      deb::signature_issuers(data("InRelease-bookworm-security")) ==
      std::vector<std::string>{"ED541312A33F1128F10B1C6C54404762BBB6E853", "B0CAB9266E8C3929798B3EEEBDE6D2B9216EC7A8"});
}

TEST_CASE("what is no key is refused") {
  std::string key = data("key.gpg"), armoured = data("key.asc");
  struct {
    const char* name;
    std::string file;
    std::string message;
  } cases[] = {
      {"empty", "", "OpenPGP data is broken: it holds no public key"},
      {"a page", "<html>", "OpenPGP data is broken: a packet has no header"},
      {"cut", key.substr(0, 40), "OpenPGP data is broken: it ends in the middle of a packet"},
      {"armour that does not end", armoured.substr(0, 120), "OpenPGP data is broken: its armour does not end"},
      {"a user id alone", std::string("\xb4\x01x"), "OpenPGP data is broken: it holds no public key"},
      {"a partial length", std::string("\xc6\xe0"), "OpenPGP data is broken: a key or signature has a partial length"},
      {"a length that does not end", std::string("\xc6\xff\x7f"),
       "OpenPGP data is broken: it ends in the middle of a packet"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.name);
    CHECK(error_of(one.file) == one.message);
  }
  CHECK_THROWS_AS(deb::signature_issuers("Origin: Debian\n"), base::Error);
}
