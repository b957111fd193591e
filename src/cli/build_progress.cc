#include "cli/build_progress.h"

#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <ostream>
#include <thread>

#include "cli/status_json.h"
#include "core/base/error.h"
#include "core/base/redactor.h"
#include "core/base/text.h"
#include "core/term/log_progress.h"
#include "core/term/tty_progress.h"

namespace cli {
namespace {

class Plain final : public BuildProgress {
 public:
  explicit Plain(Streams& streams)
      : progress_([&streams](std::string_view text) { streams.err << text << std::flush; },
                  {.colour = streams.colour}) {}
  void status(const term::BuildStatus& status) override { progress_.status(status); }
  void finish() override { progress_.finish(); }
  void failure() override { progress_.failure(""); }

 private:
  term::LogProgress progress_;
};

class Tty final : public BuildProgress {
 public:
  explicit Tty(Streams& streams)
      : progress_([&streams](std::string_view text) { streams.err << text << std::flush; },
                  {.colour = true, .size = [] { return term::terminal_size(STDERR_FILENO); }}),
        ticker_([this](std::stop_token stop) { tick(stop); }) {}
  void status(const term::BuildStatus& status) override { progress_.status(status); }
  void finish() override {
    end();
    progress_.finish();
  }
  void failure() override {
    end();
    progress_.failure("");
  }

 private:
  void end() {
    ticker_.request_stop();
    if (ticker_.joinable()) ticker_.join();
  }
  void tick(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    while (!stopped.wait_for(lock, stop, std::chrono::milliseconds(100), [&] { return stop.stop_requested(); }))
      progress_.tick();
  }

  term::TtyProgress progress_;
  std::jthread ticker_;
};

class Json final : public BuildProgress {
 public:
  explicit Json(Streams& streams) : streams_(streams) {}
  void status(const term::BuildStatus& status) override {
    streams_.err << base::redactor().clean(status_json(status)) << "\n" << std::flush;
  }
  void finish() override {}
  void failure() override {}

 private:
  Streams& streams_;
};

}  // namespace

ProgressMode parse_progress(const std::string& text) {
  if (text == "auto") return ProgressMode::automatic;
  if (text == "plain") return ProgressMode::plain;
  if (text == "tty") return ProgressMode::tty;
  if (text == "json" || text == "rawjson") return ProgressMode::json;
  throw base::Error(base::Kind::invalid,
                    "--progress is " + base::quoted(text) + ", auto, plain, tty or json is wanted");
}

std::unique_ptr<BuildProgress> make_progress(ProgressMode mode, Streams& streams) {
  if (mode == ProgressMode::automatic) mode = streams.colour ? ProgressMode::tty : ProgressMode::plain;
  if (mode == ProgressMode::json) return std::make_unique<Json>(streams);
  if (mode == ProgressMode::tty) return std::make_unique<Tty>(streams);
  return std::make_unique<Plain>(streams);
}

}  // namespace cli
