#include "core/oci/timestamp.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

TEST_CASE("times of image configs are read, whatever their zone and precision") {
  struct Row {
    const char* text;
    std::int64_t microseconds;
  };
  for (const Row& row : std::vector<Row>{{"1970-01-01T00:00:00Z", 0},
                                         {"1970-01-01T00:00:01.5Z", 1'500'000},
                                         {"1970-01-01T00:00:00.123456789Z", 123'456},
                                         {"1970-01-01T01:00:00+01:00", 0},
                                         {"1969-12-31T19:30:00-04:30", 0},
                                         {"2024-02-29t12:00:00z", 1'709'208'000'000'000},
                                         {"0001-01-01T00:00:00Z", -62'135'596'800'000'000},
                                         {"9999-12-31T23:59:59Z", 253'402'300'799'000'000}}) {
    CAPTURE(row.text);
    auto time = oci::parse_timestamp(row.text);
    REQUIRE(time);
    CHECK(time->time_since_epoch().count() == row.microseconds);
  }
}

TEST_CASE("what is no time is none") {
  for (std::string text :
       {"", "yesterday", "2024-01-01", "2024-02-30T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z", "2024-01-01T00:00:00", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00Zx",
        "2024-01-01T-1:00:00Z", "2024-01-01T00:00:00+1:00", "2024-01-01T00:00:00+24:00", "20240101T000000Z"}) {
    CAPTURE(text);
    CHECK_FALSE(oci::parse_timestamp(text));
  }
}

}  // namespace
