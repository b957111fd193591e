#include "core/archive/pax.h"

#include <doctest/doctest.h>

#include "tests/support/error_text.h"

TEST_CASE("PAX records hold any bytes but NUL in names") {
  auto records = archive::parse_pax(std::string_view("10 uid=12\n15 a=b\nc=\0d\xff=e\n7 x=yz\n", 32));
  CHECK(records.size() == 3);
  CHECK(records[0] == std::pair<std::string, std::string>{"uid", "12"});
  CHECK(records[1] == std::pair<std::string, std::string>{"a", std::string("b\nc=\0d\xff=e", 9)});
  CHECK(records[2] == std::pair<std::string, std::string>{"x", "yz"});
  CHECK(archive::parse_pax("").empty());
}

TEST_CASE("a record's length counts its own digits") {
  CHECK(archive::pax_record("a", "b") == "6 a=b\n");
  CHECK(archive::pax_record("path", "xx") == "11 path=xx\n");
  CHECK(archive::pax_record("a", std::string(93, 'x')).substr(0, 4) == "99 a");
  CHECK(archive::pax_record("a", std::string(94, 'x')).substr(0, 5) == "101 a");
  for (std::size_t size : {0, 1, 5, 90, 91, 92, 93, 94, 95, 990, 991, 992, 993, 994, 100000}) {
    std::string value(size, 'v');
    auto records = archive::parse_pax(archive::pax_record("key", value));
    REQUIRE(records.size() == 1);
    CHECK(records[0].second == value);
  }
}

TEST_CASE("times have a sign and any number of decimals") {
  struct Row {
    const char* text;
    archive::FileTime time;
    const char* back;
  };
  const Row rows[] = {
      {"0", {0, 0}, "0"},
      {"1.5", {1, 500000000}, "1.5"},
      {"1.", {1, 0}, "1"},
      {"1600000000.123456789", {1600000000, 123456789}, "1600000000.123456789"},
      {"1.0000000019", {1, 1}, "1.000000001"},
      {"-1", {-1, 0}, "-1"},
      {"-0.25", {-1, 750000000}, "-0.25"},
      {"-1.000000001", {-2, 999999999}, "-1.000000001"},
      {"9223372036854775807", {INT64_MAX, 0}, "9223372036854775807"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(archive::pax_time("mtime", row.text) == row.time);
    CHECK(archive::pax_time_text(row.time) == row.back);
  }
  for (const char* bad : {"", "-", ".5", "1e9", "+1", " 1", "1.5x", "--1", "0x10", "9223372036854775808"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(archive::pax_time("mtime", bad), base::Error);
  }
}

TEST_CASE("libarchive's attributes are percent-encoded and base64 without padding") {
  using Pair = std::pair<std::string, std::string>;
  CHECK(archive::libarchive_xattr("user.a", "dmFsdWU") == Pair{"user.a", "value"});
  CHECK(archive::libarchive_xattr("user.%3Da%20b", "dg") == Pair{"user.=a b", "v"});
  CHECK(archive::libarchive_xattr("user.50%", "dg") == Pair{"user.50%", "v"});
  CHECK(support::error_text([] { archive::libarchive_xattr("user.a", "d"); }) ==
        "value of xattr 'user.a' is not base64");
}
