#include "core/term/log_progress.h"

#include <doctest/doctest.h>

#include "core/base/redactor.h"
#include "tests/term/support.h"

using namespace std::chrono_literals;
using term::BuildStatus;

namespace {

term::Time at(std::chrono::nanoseconds since_start) { return term::Time(1000s) + since_start; }

using Moment = std::optional<std::chrono::milliseconds>;

/// A vertex's state as the engine tells it; times count from the build's start.
BuildStatus::Vertex vertex(const std::string& digest, const std::string& name, Moment started = {},
                           Moment completed = {}) {
  BuildStatus::Vertex out;
  out.digest = digest;
  out.name = name;
  if (started) out.started = at(*started);
  if (completed) out.completed = at(*completed);
  return out;
}

BuildStatus::Vertex cached(BuildStatus::Vertex vertex) {
  vertex.cached = true;
  return vertex;
}

BuildStatus::Vertex failed(BuildStatus::Vertex vertex, const std::string& error) {
  vertex.error = error;
  return vertex;
}

BuildStatus::Task task(const std::string& vertex, const std::string& id, std::int64_t current, std::int64_t total,
                       Moment started = 0ms, Moment completed = {}) {
  BuildStatus::Task out{id, vertex, "", current, total, {}, {}};
  if (started) out.started = at(*started);
  if (completed) out.completed = at(*completed);
  return out;
}

BuildStatus steps(std::vector<BuildStatus::Vertex> vertices) { return {std::move(vertices), {}, {}, {}}; }
BuildStatus tasks(std::vector<BuildStatus::Task> all) { return {{}, std::move(all), {}, {}}; }
BuildStatus log(const std::string& vertex, const std::string& data, int stream = 1) {
  return {{}, {}, {{vertex, stream, data}}, {}};
}

struct Fixture : Screen {
  explicit Fixture(term::LogOptions options = {.colour = false}) : progress(writer(), options, clock()) {}
  term::LogProgress progress;

  std::string after(const BuildStatus& status) {
    progress.status(status);
    return take();
  }
};

constexpr std::int64_t mib = 1 << 20;

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a small build reads as a story") {
  progress.status(steps(
      {vertex("a", "[base] debian:12"), vertex("b", "[apt] install 30 packages"), vertex("c", "[files] copy app")}));
  progress.status(steps({cached(vertex("a", "[base] debian:12", 0ms, 0ms))}));
  progress.status(steps({vertex("b", "[apt] install 30 packages", 10ms)}));
  progress.status(log("b", "Reading package lists...\nBuilding dep"));
  progress.status(log("b", "endency tree...\n"));
  progress.status(steps({vertex("b", "[apt] install 30 packages", 10ms, 3210ms)}));
  progress.status(steps({vertex("c", "[files] copy app", 3220ms, 3320ms)}));
  progress.finish();
  CHECK(text ==
        "#1 [base] debian:12: cached\n"
        "#2 [apt] install 30 packages\n"
        "#2 Reading package lists...\n"
        "#2 Building dependency tree...\n"
        "#2 done in 3.2s\n"
        "#3 [files] copy app: done in 0.1s\n");
}

TEST_CASE_FIXTURE(Fixture, "steps side by side name themselves again when the reader has lost track") {
  progress.status(steps({vertex("a", "one", 0ms), vertex("b", "two", 0ms)}));
  progress.status(log("a", "from one\n"));
  progress.status(steps({vertex("b", "two", 0ms, 2s)}));
  progress.status(steps({vertex("a", "one", 0ms, 65s)}));
  CHECK(text ==
        "#1 one\n"
        "#2 two\n"
        "#1 from one\n"
        "#2 two: done in 2.0s\n"
        "#1 one: done in 1m05s\n");
}

TEST_CASE_FIXTURE(Fixture, "output that comes with the report of the end stands before it") {
  BuildStatus last = log("a", "last words");
  last.vertices = {vertex("a", "step", 0ms, 1s)};
  CHECK(after(last) == "#1 step\n#1 last words\n#1 done in 1.0s\n");
}

TEST_CASE_FIXTURE(Fixture, "stdout and stderr each keep their lines whole") {
  progress.status(steps({vertex("a", "step", 0ms)}));
  progress.status(log("a", "out ", 1));
  progress.status(log("a", "err\n", 2));
  progress.status(log("a", "put\n\n", 1));
  CHECK(text == "#1 step\n#1 err\n#1 out put\n#1\n");
}

TEST_CASE_FIXTURE(Fixture, "a step that runs again is told again only when there is news") {
  CHECK(after(steps({vertex("a", "image", 0ms, 20ms)})) == "#1 image: done in 0.0s\n");
  CHECK(after(steps({vertex("a", "image", 30ms)})) == "");
  CHECK(after(steps({vertex("a", "image", 30ms, 60ms)})) == "");
  CHECK(after(steps({vertex("a", "image", 100ms, 2100ms)})) == "#1 done in 2.0s\n");
  CHECK(after(steps({vertex("a", "image", 100ms, 2100ms)})) == "");
  progress.status(steps({vertex("a", "image", 3s)}));
  CHECK(after(log("a", "hello\n")) == "#1 hello\n");
  CHECK(after(steps({vertex("a", "image", 3s, 3010ms)})) == "#1 done in 2.1s\n");
}

TEST_CASE_FIXTURE(Fixture, "a mark that a step was cached may come late, and is told once") {
  CHECK(after(steps({vertex("a", "image", 0ms, 300ms)})) == "#1 image: done in 0.3s\n");
  CHECK(after(steps({cached(vertex("a", "image", 400ms, 400ms))})) == "#1 cached\n");
  CHECK(after(steps({cached(vertex("a", "image", 500ms, 500ms))})) == "");
}

TEST_CASE_FIXTURE(Fixture, "a step that is only announced is not told") {
  CHECK(after(steps({vertex("a", "never needed")})) == "");
  progress.finish();
  CHECK(text == "");
}

TEST_CASE_FIXTURE(Fixture, "one layer shows its name, amount and rate, at most every five seconds") {
  progress.status(steps({vertex("a", "[base] debian:12", 0ms)}));
  take();
  CHECK(after(tasks({task("a", "sha256:9f2c41", 1 * mib, 29 * mib)})) == "");
  time += 4s;
  CHECK(after(tasks({task("a", "sha256:9f2c41", 8 * mib, 29 * mib)})) == "");
  time += 1s;
  CHECK(after(tasks({task("a", "sha256:9f2c41", 10 * mib, 29 * mib)})) ==
        "#1 sha256:9f2c41 10.0 MiB of 29.0 MiB (34%), 2.0 MiB/s\n");
  time += 5s;
  CHECK(after(tasks({task("a", "sha256:9f2c41", 10 * mib, 29 * mib)})) ==
        "#1 sha256:9f2c41 10.0 MiB of 29.0 MiB (34%)\n");
  BuildStatus end = tasks({task("a", "sha256:9f2c41", 29 * mib, 29 * mib, 0ms, 14500ms)});
  end.vertices = {vertex("a", "[base] debian:12", 0ms, 15s)};
  CHECK(after(end) == "#1 done in 15.0s, 29.0 MiB at 2.0 MiB/s\n");
}

TEST_CASE_FIXTURE(Fixture, "several layers are summed up") {
  progress.status(steps({vertex("a", "image", 0ms), vertex("b", "other", 0ms)}));
  take();
  time += 10s;
  CHECK(after(tasks({task("a", "l1", 10 * mib, 10 * mib, 0ms, 5s), task("a", "l2", 5 * mib, 30 * mib),
                     task("a", "l3", 0, 60 * mib), task("a", "resolve", 0, 0)})) ==
        "#1 image: 15.0 MiB of 100.0 MiB (15%), 1.5 MiB/s, 1 of 3 done\n");
  time += 10s;
  CHECK(after(tasks({task("a", "l2", 15 * mib, 30 * mib)})) ==
        "#1 25.0 MiB of 100.0 MiB (25%), 1.0 MiB/s, 1 of 3 done\n");
}

TEST_CASE_FIXTURE(Fixture, "a transfer of unknown size shows what has come") {
  progress.status(steps({vertex("a", "context", 0ms)}));
  take();
  time += 5s;
  CHECK(after(tasks({task("a", "transferring context:", 5 * mib, 0)})) ==
        "#1 transferring context: 5.0 MiB, 1.0 MiB/s\n");
}

TEST_CASE_FIXTURE(Fixture, "a task without bytes is worth a line when it took a second") {
  progress.status(steps({vertex("a", "export", 0ms)}));
  take();
  CHECK(after(tasks({task("a", "exporting manifest", 0, 0, 0ms, 900ms)})) == "");
  CHECK(after(tasks({task("a", "exporting layers", 0, 0, 0ms)})) == "");
  CHECK(after(tasks({task("a", "exporting layers", 0, 0, 0ms, 12400ms)})) == "#1 exporting layers done in 12.4s\n");
  CHECK(after(tasks({task("a", "exporting layers", 0, 0, 0ms, 12400ms)})) == "");
}

TEST_CASE_FIXTURE(Fixture, "numbers of the engine's that make no sense do no harm") {
  progress.status(steps({vertex("a", "image", 5s, 1s)}));
  CHECK(take() == "#1 image: done in 0.0s\n");
  progress.status(steps({vertex("b", "other", 0ms)}));
  take();
  time += 5s;
  CHECK(after(tasks({task("b", "x", INT64_MAX, INT64_MAX), task("b", "y", INT64_MAX, INT64_MAX),
                     task("b", "z", INT64_MAX, -1), task("b", "w", -5, 0)})) ==
        "#2 16384.0 PiB, 3276.8 PiB/s, 0 of 3 done\n");
}

TEST_CASE_FIXTURE(Fixture, "a step that claims to have run for ever, twice, does no harm") {
  BuildStatus::Vertex endless = vertex("a", "step");
  endless.started = term::Time(std::chrono::nanoseconds::min());
  endless.completed = term::Time(std::chrono::nanoseconds::max());
  CHECK(after(steps({endless})) == "#1 step: done in 1000000h00m00s\n");
  endless.started = *endless.started + 1ns;
  CHECK(after(steps({endless})) == "");
}

TEST_CASE_FIXTURE(Fixture, "warnings stand with their step, or alone") {
  progress.status(steps({vertex("a", "step", 0ms)}));
  take();
  BuildStatus status;
  status.warnings = {{"a", 1, "old base", {"released 2019", "no updates"}, "https://example.com/w"},
                     {"", 1, "general", {}, ""}};
  CHECK(after(status) ==
        "#1 warning: old base\n"
        "  released 2019\n"
        "  no updates\n"
        "  https://example.com/w\n"
        "warning: general\n");
}

TEST_CASE_FIXTURE(Fixture, "a failed build ends with the last lines of the step that failed") {
  progress.status(steps({vertex("a", "[apt] install", 0ms), vertex("b", "[files] fetch", 0ms)}));
  progress.status(log("a", "E: Unable to locate package foo\nno line break"));
  progress.status(
      steps({failed(vertex("b", "[files] fetch", 0ms, 1s), "Canceled: context canceled"),
             failed(vertex("a", "[apt] install", 0ms, 1s), "process \"/bin/sh -c\napt\" failed:\nexit code: 100")}));
  CHECK(take() ==
        "#1 [apt] install\n"
        "#2 [files] fetch\n"
        "#1 E: Unable to locate package foo\n"
        "#2 [files] fetch: cancelled after 1.0s\n"
        "#1 no line break\n"
        "#1 failed after 1.0s: process \"/bin/sh -c apt\" failed: exit code: 100\n");
  progress.failure("build failed\nsecond line");
  CHECK(take() ==
        "build failed\n"
        "second line\n"
        "last 2 lines of #1 [apt] install:\n"
        "  E: Unable to locate package foo\n"
        "  no line break\n");
}

TEST_CASE("only so many lines are shown again") {
  Fixture fixture({.colour = false, .failure_lines = 2});
  fixture.progress.status(steps({vertex("a", "step", 0ms)}));
  fixture.progress.status(log("a", "1\n2\n3\n"));
  fixture.take();
  fixture.progress.failure("", "a");
  CHECK(fixture.take() == "last 2 lines of #1 step:\n  2\n  3\n");
}

TEST_CASE_FIXTURE(Fixture, "the step that failed can be named, and one without output is named alone") {
  progress.status(steps({failed(vertex("a", "first", 0ms, 0ms), "x"), failed(vertex("b", "second", 0ms, 0ms), "y")}));
  take();
  progress.failure("");
  CHECK(take() == "#1 first failed without output\n");
  progress.failure("", "b");
  CHECK(take() == "#2 second failed without output\n");
  progress.failure("", "sha256:unknown");
  CHECK(take() == "#1 first failed without output\n");
}

TEST_CASE_FIXTURE(Fixture, "a failure of no step is its summary alone") {
  progress.failure("cannot reach the engine");
  CHECK(take() == "cannot reach the engine\n");
}

TEST_CASE("colours mark numbers, states and names, and the step's own stay") {
  Fixture fixture({.colour = true});
  fixture.progress.status(steps({vertex("a", "step", 0ms)}));
  fixture.progress.status(log("a", "\x1b[33mcolour\x1b[0m\x1b[2J\n"));
  fixture.progress.status(steps({vertex("a", "step", 0ms, 1s), cached(vertex("b", "other", 0ms, 0ms))}));
  CHECK(fixture.text ==
        "\x1b[1m#1 step\x1b[0m\n"
        "\x1b[2m#1\x1b[0m \x1b[33mcolour\x1b[0m\x1b[0m\n"
        "\x1b[32m#1 done in 1.0s\x1b[0m\n"
        "\x1b[36m#2 other: cached\x1b[0m\n");
}

TEST_CASE_FIXTURE(Fixture, "without colours the step's own go too") {
  progress.status(steps({vertex("a", "st\x1b[31mep\nof two lines", 0ms)}));
  progress.status(log("a", "\x1b[33mcolour\x1b[0m \x07\n"));
  CHECK(text == "#1 step of two lines\n#1 colour \\x07\n");
}

TEST_CASE_FIXTURE(Fixture, "no secret reaches the log, wherever it turns up") {
  base::redactor().add("hunter2hunter2");
  BuildStatus status = steps({vertex("a", "fetch https://u:hunter2hunter2@host/", 0ms)});
  status.warnings = {{"a", 1, "hunter2hunter2", {"hunter2hunter2"}, "https://hunter2hunter2"}};
  progress.status(status);
  progress.status(log("a", "+ curl -u u:hunter2"));
  progress.status(log("a", "hunter2\n"));
  progress.status(steps({failed(vertex("a", "", 0ms, 1s), "exit: hunter2hunter2")}));
  progress.failure("hunter2hunter2");
  CHECK(text.find("hunter2") == std::string::npos);
  CHECK(text.find("fetch https://u:") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "one report is written in one piece") {
  int writes = 0;
  term::LogProgress counted([&](std::string_view) { writes++; }, {}, clock());
  counted.status(steps({vertex("a", "one", 0ms), vertex("b", "two", 0ms)}));
  CHECK(writes == 1);
  counted.status({});
  CHECK(writes == 1);
}
