#include "core/base/deadline.h"

#include <doctest/doctest.h>

using namespace std::chrono_literals;

namespace {

bool stops(const std::stop_token& token) {
  for (int i = 0; i < 3000 && !token.stop_requested(); i++) std::this_thread::sleep_for(10ms);
  return token.stop_requested();
}

}  // namespace

TEST_CASE("a deadline stops when its time has come") {
  base::Deadline deadline({}, 1ms);
  CHECK(stops(deadline.token()));
}

TEST_CASE("a deadline stops with the stop from outside, also one that came before it") {
  std::stop_source outer;
  base::Deadline deadline(outer.get_token(), 24h);
  CHECK(!deadline.token().stop_requested());
  outer.request_stop();
  CHECK(stops(deadline.token()));
  CHECK(stops(base::Deadline(outer.get_token(), 24h).token()));
}

TEST_CASE("a deadline that is no longer needed stops nothing, and waits for nothing") {
  std::stop_token token;
  {
    base::Deadline deadline({}, 24h);
    token = deadline.token();
  }
  CHECK(!token.stop_requested());
}
