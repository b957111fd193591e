#include "core/term/tty_progress.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/base/redactor.h"
#include "core/base/text.h"
#include "tests/term/support.h"

using namespace std::chrono_literals;
using term::BuildStatus;

namespace {

/// What a terminal shows: follows the few sequences that a drawing uses, and fails on any other.
class Terminal {
 public:
  void write(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); i++) {
      if (text[i] == '\r') {
        column_ = 0;
      } else if (text[i] == '\n') {
        row_++;
        column_ = 0;
      } else if (text[i] == '\x1b') {
        std::size_t end = text.find_first_of("AhlJKm", i);
        REQUIRE(end != text.npos);
        sequence(text.substr(i + 2, end - i - 1));
        i = end;
      } else {
        put(text[i]);
      }
    }
  }

  std::string text() const {
    std::string out;
    for (const std::string& line : lines_) out += line + "\n";
    return out;
  }

 private:
  void put(char c) {
    if (lines_.size() <= row_) lines_.resize(row_ + 1);
    std::string& line = lines_[row_];
    line.resize(std::max(line.size(), column_ + 1), ' ');
    line[column_++] = c;
  }

  void sequence(std::string_view s) {
    if (s == "K") {
      if (row_ < lines_.size()) lines_[row_].resize(column_);
    } else if (s == "J") {
      lines_.resize(std::min(lines_.size(), row_));
    } else if (s.back() == 'A') {
      std::size_t up = std::stoul(std::string(s));
      REQUIRE(up <= row_);
      row_ -= up;
    } else {
      REQUIRE((s.back() == 'm' || s == "?25l" || s == "?25h" || s == "?7l" || s == "?7h"));
    }
  }

  std::vector<std::string> lines_;
  std::size_t row_ = 0, column_ = 0;
};

struct Fixture : Screen {
  explicit Fixture(term::TerminalSize size = {40, 12})
      : progress([this](std::string_view more) { terminal.write(more), text += more; },
                 {.colour = false, .size = [size] { return size; }}, clock()) {}
  Terminal terminal;
  term::TtyProgress progress;

  void later(std::chrono::nanoseconds by = 1s) {
    time += by;
    progress.tick();
  }
};

BuildStatus::Vertex vertex(const std::string& name, std::optional<std::chrono::milliseconds> started = {},
                           std::optional<std::chrono::milliseconds> completed = {}) {
  BuildStatus::Vertex out;
  out.digest = out.name = name;
  if (started) out.started = term::Time(1000s) + *started;
  if (completed) out.completed = term::Time(1000s) + *completed;
  return out;
}

BuildStatus::Vertex failed(BuildStatus::Vertex vertex, const std::string& error) {
  vertex.error = error;
  return vertex;
}

BuildStatus steps(std::vector<BuildStatus::Vertex> vertices) { return {std::move(vertices), {}, {}, {}}; }

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a build is drawn in place, running steps with their last lines") {
  BuildStatus::Vertex base = vertex("[base] debian", 0ms, 0ms);
  base.cached = true;
  progress.status(steps({base, vertex("[apt] install", 0ms), vertex("[files] later")}));
  BuildStatus more;
  more.logs = {{"[apt] install", 1, "1\n2\n3\n4\n5\n6\n7\n8 unfinished"}};
  more.tasks = {{"l1", "[apt] install", "layer", 1 << 20, 4 << 20, {}, {}}};
  progress.status(more);
  later(3400ms);
  CHECK(terminal.text() ==
        "[+] Building 3.4s (1/3)\n"
        " => CACHED [base] debian            0.0s\n"
        " => [apt] install                   3.4s\n"
        " => => layer 1.0 MiB of 4.0 MiB…    0.0s\n"
        " => => # 2\n"
        " => => # 3\n"
        " => => # 4\n"
        " => => # 5\n"
        " => => # 6\n"
        " => => # 7\n");

  progress.status(steps({vertex("[apt] install", 0ms, 65s), vertex("[files] later", 65s, 66s)}));
  progress.finish();
  CHECK(terminal.text() ==
        "[+] Building 3.4s (3/3) FINISHED\n"
        " => CACHED [base] debian            0.0s\n"
        " => [apt] install                  1m05s\n"
        " => => layer 1.0 MiB of 4.0 MiB…    0.0s\n"
        " => [files] later                   1.0s\n");
}

TEST_CASE("steps that are over give way to those that run, until the last drawing shows all") {
  Fixture fixture({30, 5});
  std::vector<BuildStatus::Vertex> all;
  for (int i = 0; i < 5; i++) all.push_back(vertex("over " + std::to_string(i), 0ms, 0ms));
  all.insert(all.begin() + 1, vertex("running", 0ms));
  fixture.progress.status(steps(all));
  CHECK(fixture.terminal.text() ==
        "[+] Building 0.0s (5/6)\n"
        " => running               0.0s\n"
        " => over 3                0.0s\n"
        " => over 4                0.0s\n");
  fixture.progress.finish();
  CHECK(fixture.terminal.text() ==
        "[+] Building 0.0s (5/6) FINISHED\n"
        " => over 0                0.0s\n"
        " => running               0.0s\n"
        " => over 1                0.0s\n"
        " => over 2                0.0s\n"
        " => over 3                0.0s\n"
        " => over 4                0.0s\n");
}

TEST_CASE_FIXTURE(Fixture, "drawing is bounded to ten times a second") {
  progress.status(steps({vertex("a", 0ms)}));
  take();
  later(99ms);
  CHECK(take() == "");
  later(1ms);
  CHECK(take() != "");
}

TEST_CASE_FIXTURE(Fixture, "a failure ends with the step's last lines") {
  BuildStatus status = steps({vertex("broken", 0ms), vertex("stopped", 0ms)});
  status.logs = {{"broken", 2, "no such file"}};
  progress.status(status);
  progress.status(steps(
      {failed(vertex("stopped", 0ms, 1s), "context canceled"), failed(vertex("broken", 0ms, 1s), "exit code: 1")}));
  progress.failure("build failed");
  CHECK(terminal.text() ==
        "[+] Building 0.0s (2/2)\n"
        " => ERROR broken                    1.0s\n"
        " => CANCELED stopped                1.0s\n"
        "build failed\n"
        "last line of broken:\n"
        "  no such file\n");
  progress.status(steps({vertex("late", 0ms)}));
  CHECK(terminal.text().find("late") == std::string::npos);
}

TEST_CASE("terminals of any size do") {
  for (std::size_t columns : {0, 1, 7, 8, 9, 500})
    for (std::size_t rows : {0, 1, 2, 3}) {
      Fixture fixture({columns, rows});
      BuildStatus status = steps({vertex("grün und länger", 0ms), vertex("b", 0ms, 0ms)});
      status.logs = {{"grün und länger", 1, "line\n"}};
      status.warnings = {{"b", 1, "old", {}, ""}};
      fixture.progress.status(status);
      fixture.later();
      fixture.progress.finish();
      CHECK(base::valid_utf8(fixture.terminal.text()));
    }
}

TEST_CASE_FIXTURE(Fixture, "no secret and no foreign sequence reaches the terminal") {
  base::redactor().add("open sesame");
  BuildStatus status = steps({vertex("tell open sesame\x1b[2J", 0ms)});
  status.logs = {{status.vertices[0].digest, 1, "\x1b[31mopen sesame\x1b[0m\x1b]0;title\a\n"}};
  status.tasks = {{"open sesame", status.vertices[0].digest, "", 0, 0, {}, {}}};
  status.warnings = {{"", 1, "open sesame", {}, ""}};
  progress.status(status);
  later();
  CHECK(text.find("sesame") == std::string::npos);
  CHECK(text.find("title") == std::string::npos);
  CHECK(text.find("[2J") == std::string::npos);
}

TEST_CASE("a descriptor that is no terminal has the classic size") {
  term::TerminalSize size = term::terminal_size(-1);
  CHECK(size.columns == 80);
  CHECK(size.rows == 24);
}
