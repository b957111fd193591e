#include "core/deb/madison.h"

#include <doctest/doctest.h>

#include "tests/support/error_text.h"

TEST_CASE("apt-cache madison says which archive has which version") {
  const auto offers = deb::parse_madison(
      "        jq | 1.6-2.1+deb12u3 | http://deb.example/debian-security bookworm-security/main amd64 Packages\n"
      "        jq | 1.6-2.1+deb12u2 | http://deb.example/debian bookworm/main amd64 Packages\n"
      "        jq | 1.6-2.1+deb12u2 | http://deb.example/debian bookworm/main Sources\n"
      "\n"
      "      tool | 1:2 | http://vendor.example/apt ./ Packages\n");
  REQUIRE(offers.size() == 3);
  CHECK(offers[0] ==
        deb::Offer{"jq", "1.6-2.1+deb12u3", "http://deb.example/debian-security", "bookworm-security/main"});
  CHECK(offers[2] == deb::Offer{"tool", "1:2", "http://vendor.example/apt", "./"});

  auto is_from = [&](std::size_t offer, const char* line) {
    return offers[offer].is_from(deb::parse_repository(line));
  };
  CHECK(is_from(1, "deb http://deb.example/debian bookworm contrib main"));
  CHECK(is_from(1, "deb http://deb.example/debian/ bookworm main"));
  CHECK(!is_from(1, "deb http://deb.example/debian bookworm contrib"));
  CHECK(!is_from(1, "deb http://deb.example/debian bookworm-updates main"));
  CHECK(!is_from(0, "deb http://deb.example/debian bookworm-security main"));
  CHECK(is_from(2, "deb http://vendor.example/apt ./"));
}

TEST_CASE("a line of apt-cache madison that makes no sense is refused") {
  for (const char* line : {"jq | 1.6", "jq | 1.6 | http://deb.example/debian", "a | b | c | d e f"}) {
    CAPTURE(line);
    CHECK(support::error_text([&] { deb::parse_madison("\n" + std::string(line)); }) ==
          "line 2 of apt-cache madison makes no sense: '" + std::string(line) + "'");
  }
}
