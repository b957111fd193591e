#include "core/http/retry.h"

#include <doctest/doctest.h>

#include <thread>

#include "tests/support/error_text.h"
#include "tests/support/fake_clock.h"

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::FakeClock;

http::Error temporary(std::optional<seconds> retry_after = std::nullopt) {
  http::Error error(base::Kind::unavailable, http::Cause::broken, "the connection broke");
  error.set_temporary(true);
  error.set_retry_after(retry_after);
  return error;
}

}  // namespace

TEST_CASE("delays double up to the cap, half of each at random") {
  FakeClock clock;
  http::Retries retries({.max_tries = 6, .base = milliseconds(100), .cap = milliseconds(500)}, clock);
  CHECK(support::error_text([&] { http::with_retries(retries, {}, [] { throw temporary(); }); }) ==
        "the connection broke\n  after 6 tries");
  CHECK(clock.delays() == std::vector<int>{75, 150, 300, 375, 375});
}

TEST_CASE("what will not pass is not tried again") {
  FakeClock clock;
  int tries = 0;
  CHECK(support::error_text([&] {
          http::with_retries(http::Retries({}, clock), {}, [&] {
            ++tries;
            throw http::Error(base::Kind::denied, http::Cause::certificate, "not trusted");
          });
        }) == "not trusted");
  CHECK(tries == 1);
}

TEST_CASE("Retry-After is waited for, unless that is beyond the budget") {
  FakeClock clock;
  int tries = 0;
  auto result = http::with_retries(http::Retries({.budget = seconds(10)}, clock), {}, [&] {
    if (++tries == 1) throw temporary(seconds(7));
    return 42;
  });
  CHECK(result == 42);
  CHECK(clock.delays() == std::vector<int>{7000});
  CHECK_THROWS_AS(
      http::with_retries(http::Retries({.budget = seconds(10)}, clock), {}, [] { throw temporary(seconds(11)); }),
      http::Error);
  CHECK(clock.delays().size() == 1);
}

TEST_CASE("the budget counts all waiting, also after progress") {
  FakeClock clock;
  http::Retries retries({.max_tries = 2, .base = milliseconds(1000), .budget = milliseconds(3000)}, clock);
  int rounds = 0;
  try {
    for (;;) {
      retries.restart();
      auto error = temporary();
      if (!retries.next(error, {})) break;
      ++rounds;
    }
  } catch (...) {
  }
  CHECK(rounds == 4);  // 750 ms each
}

TEST_CASE("the error keeps its own type through the tries") {
  struct Special : http::Error {
    using http::Error::Error;
  };
  FakeClock clock;
  CHECK_THROWS_AS(http::with_retries(http::Retries({}, clock), {},
                                     [] {
                                       Special error(base::Kind::unavailable, http::Cause::status, "x");
                                       error.set_temporary(true);
                                       throw error;
                                     }),
                  Special);
}

TEST_CASE("waiting for the next try ends when a stop is requested") {
  std::stop_source stop;
  std::jthread later([&] {
    std::this_thread::sleep_for(milliseconds(30));
    stop.request_stop();
  });
  auto begin = std::chrono::steady_clock::now();
  CHECK(support::error_text([&] { http::system_clock().sleep(seconds(60), stop.get_token()); }) ==
        "stopped while waiting for the next try");
  CHECK(std::chrono::steady_clock::now() - begin < seconds(5));
}

TEST_CASE("Retry-After is seconds or a date") {
  auto now = std::chrono::system_clock::from_time_t(784111777);  // Sun, 06 Nov 1994 08:49:37 GMT
  struct Row {
    const char* value;
    std::optional<int> wanted;
  };
  for (const Row& row : std::initializer_list<Row>{{"0", 0},
                                                   {"120", 120},
                                                   {"99999999999999999999999", 86400},
                                                   {"Sun, 06 Nov 1994 08:49:40 GMT", 3},
                                                   {"Sun, 06 Nov 1994 08:00:00 GMT", 0},
                                                   {"Sun, 06 Nov 2094 08:00:00 GMT", 86400},
                                                   {"-1", std::nullopt},
                                                   {"", std::nullopt},
                                                   {"soon", std::nullopt},
                                                   {"12 s", std::nullopt}}) {
    CAPTURE(row.value);
    auto parsed = http::parse_retry_after(row.value, now);
    CHECK(parsed.has_value() == row.wanted.has_value());
    if (parsed && row.wanted) CHECK(parsed->count() == *row.wanted);
  }
}
