#include "core/term/transfer_progress.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "core/base/redactor.h"
#include "tests/term/support.h"

using namespace std::chrono_literals;

namespace {

struct Fixture : Screen {
  term::TransferProgress progress{writer(), {.colour = false}, clock()};
};

constexpr std::uint64_t mib = 1 << 20;

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a transfer says where it is every two seconds and what it was at the end") {
  auto layer = progress.start("layer 9f2c41ab", 29 * mib);
  layer.advance(1 * mib);
  CHECK(take() == "");
  time += 2s;
  layer.advance(7 * mib);
  CHECK(take() == "layer 9f2c41ab: 8.0 MiB of 29.0 MiB (27%), 4.0 MiB/s, 5s left\n");
  time += 1900ms;
  layer.advance(1 * mib);
  CHECK(take() == "");
  time += 100ms;
  layer.advance(1 * mib);
  CHECK(take() == "layer 9f2c41ab: 10.0 MiB of 29.0 MiB (34%), 1.0 MiB/s, 19s left\n");
  time += 1s;
  layer.advance(19 * mib);
  layer.done();
  CHECK(take() == "layer 9f2c41ab: 29.0 MiB in 5.0s (5.8 MiB/s)\n");
}

TEST_CASE_FIXTURE(Fixture, "a quick transfer is one line") {
  auto layer = progress.start("config", 1500);
  layer.advance(1500);
  layer.done();
  CHECK(text == "config: 1.5 KiB in 0.0s\n");
}

TEST_CASE_FIXTURE(Fixture, "a transfer of unknown size, or a stalled one, tells no end") {
  auto unknown = progress.start("log", 0);
  time += 2s;
  unknown.advance(mib);
  CHECK(take() == "log: 1.0 MiB, 512.0 KiB/s\n");
  unknown.done();
  take();

  auto stalled = progress.start("layer", 10 * mib);
  time += 2s;
  stalled.advance(0);
  CHECK(take() == "layer: 0 B of 10.0 MiB (0%), 0 B/s\n");
  time += 2s;
  stalled.advance(1);
  CHECK(take() == "layer: 1 B of 10.0 MiB (0%), 0 B/s\n");
  stalled.done();
}

TEST_CASE_FIXTURE(Fixture, "a remark stands for the figures") {
  auto layer = progress.start("layer 1", 10);
  layer.done("already there");
  layer.done();
  layer.advance(5);
  CHECK(text == "layer 1: already there\n");
}

TEST_CASE_FIXTURE(Fixture, "a transfer that goes without its end has stopped") {
  {
    auto layer = progress.start("layer 1", 10 * mib);
    layer.advance(mib);
  }
  CHECK(text == "layer 1: stopped after 1.0 MiB of 10.0 MiB (10%)\n");
}

TEST_CASE_FIXTURE(Fixture, "a retry counts from where it starts") {
  auto layer = progress.start("layer 1", 10 * mib);
  time += 1s;
  layer.advance(4 * mib);
  layer.restart(2 * mib);
  time += 2s;
  layer.advance(2 * mib);
  CHECK(take() == "layer 1: 4.0 MiB of 10.0 MiB (40%), 1.0 MiB/s, 6s left\n");
  layer.done("enough");
}

TEST_CASE_FIXTURE(Fixture, "other lines fit between, made safe") {
  base::redactor().add("correct horse");
  progress.line("pushing to host as correct horse\x07");
  CHECK(text.find("correct horse") == std::string::npos);
  CHECK(text.find("pushing to host as ") == 0);
  CHECK(text.find("\\x07\n") != std::string::npos);
}

TEST_CASE("colours tell running, done and stopped apart") {
  Screen screen;
  term::TransferProgress progress(screen.writer(), {}, screen.clock());
  {
    auto layer = progress.start("a", 0);
    screen.time += 2s;
    layer.advance(1);
    auto other = progress.start("b", 0);
    other.done("there");
    progress.line("plain");
  }
  CHECK(screen.text ==
        "\x1b[2ma: 1 B, 0 B/s\x1b[0m\n"
        "\x1b[32mb: there\x1b[0m\n"
        "plain\n"
        "\x1b[33ma: stopped after 1 B\x1b[0m\n");
}

TEST_CASE("transfers may run side by side, line by line") {
  std::string text;
  term::TransferProgress progress([&](std::string_view line) { text += line; },
                                  {.colour = false, .interval = std::chrono::nanoseconds(0)});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++)
    threads.emplace_back([&, i] {
      auto transfer = progress.start("t" + std::to_string(i), 1000);
      for (int n = 0; n < 100; n++) transfer.advance(10);
      transfer.done();
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(std::count(text.begin(), text.end(), '\n') == 404);
  for (int i = 0; i < 4; i++) CHECK(text.find("t" + std::to_string(i) + ": 1000 B in ") != std::string::npos);
}

TEST_CASE("a descriptor gets all of it, and a closed one is no error") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  term::descriptor_writer(ends[1])("one\ntwo\n");
  char buffer[16];
  CHECK(std::string(buffer, static_cast<std::size_t>(::read(ends[0], buffer, sizeof buffer))) == "one\ntwo\n");
  ::close(ends[0]);
  ::close(ends[1]);
  term::descriptor_writer(ends[1])("nobody\n");
}
