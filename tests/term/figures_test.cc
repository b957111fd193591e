#include "core/term/figures.h"

#include <doctest/doctest.h>

using namespace std::chrono_literals;

TEST_CASE("durations read as people say them") {
  struct Row {
    std::chrono::nanoseconds duration;
    std::string text, seconds;
  };
  const Row rows[] = {
      {0ns, "0.0s", "0s"},
      {-5s, "0.0s", "0s"},
      {49ms, "0.0s", "0s"},
      {51ms, "0.1s", "0s"},
      {300ms, "0.3s", "0s"},
      {12'449ms, "12.4s", "12s"},
      {59'940ms, "59.9s", "1m00s"},
      {59'960ms, "1m00s", "1m00s"},
      {65s, "1m05s", "1m05s"},
      {59min + 59s, "59m59s", "59m59s"},
      {3599'600ms, "1h00m00s", "1h00m00s"},
      {2h + 3min + 4s, "2h03m04s", "2h03m04s"},
      {std::chrono::nanoseconds::max(), "1000000h00m00s", "1000000h00m00s"},
      {std::chrono::nanoseconds::min(), "0.0s", "0s"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(term::duration_text(row.duration) == row.text);
    CHECK(term::seconds_text(row.duration) == row.seconds);
  }
}

TEST_CASE("a rate needs some time to be told") {
  CHECK(term::rate_text(1000, 0s) == "");
  CHECK(term::rate_text(1000, 49ms) == "");
  CHECK(term::rate_text(0, 1s) == "0 B/s");
  CHECK(term::rate_text(3 << 20, 2s) == "1.5 MiB/s");
  CHECK(term::rate_text(UINT64_MAX, 50ms) == "15987.2 PiB/s");
}

TEST_CASE("an amount tells the whole when it is known, and never more than all of it") {
  CHECK(term::amount_text(512, 0) == "512 B");
  CHECK(term::amount_text(512, 1024) == "512 B of 1.0 KiB (50%)");
  CHECK(term::amount_text(1023, 1024) == "1023 B of 1.0 KiB (99%)");
  CHECK(term::amount_text(2048, 1024) == "2.0 KiB of 1.0 KiB (100%)");
}

TEST_CASE("no pair of times is too far apart") {
  const term::Time early{std::chrono::nanoseconds::min()}, zero{}, late{std::chrono::nanoseconds::max()};
  CHECK(term::time_between(zero, zero + 5s) == 5s);
  CHECK(term::time_between(zero + 5s, zero) == 0s);
  CHECK(term::time_between(early, late) == term::max_duration);
  CHECK(term::time_between(late, early) == 0s);
}
