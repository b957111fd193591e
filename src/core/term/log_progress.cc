#include "core/term/log_progress.h"

#include <unordered_map>

#include "core/base/redactor.h"
#include "core/base/text.h"
#include "core/term/figures.h"
#include "core/term/step_log.h"
#include "core/term/step_text.h"

namespace term {
namespace {

constexpr std::size_t max_message_bytes = 1000;
constexpr std::chrono::seconds slow_task(1);       // a task without bytes that is worth a line
constexpr std::chrono::milliseconds notable(100);  // a further run worth a line

constexpr char bold[] = "1", dim[] = "2", red[] = "31", green[] = "32", yellow[] = "33", cyan[] = "36";

}  // namespace

class LogProgress::Impl {
 public:
  Impl(Writer writer, LogOptions options, Clock clock)
      : writer_(std::move(writer)), options_(options), clock_(std::move(clock)) {}

  void status(const BuildStatus& status) {
    std::vector<const BuildStatus::Vertex*> ended;
    for (const BuildStatus::Vertex& vertex : status.vertices) {
      Record& step = steps_[vertex.digest];
      if (step.update(vertex)) ended.push_back(&vertex);
      // What has ended already needs no line that says it started.
      if (step.number == 0 && step.started && !step.completed) header(step);
    }
    for (const BuildStatus::Task& task : status.tasks) this->task(task);
    for (const BuildStatus::Task& task : status.tasks) transfer(steps_[task.vertex]);
    for (const BuildStatus::Log& log : status.logs) this->log(log);
    for (const BuildStatus::Warning& warning : status.warnings) this->warning(warning);
    // Last: the same report may bring the step's last output.
    for (const BuildStatus::Vertex* vertex : ended) this->ended(*vertex, steps_[vertex->digest]);
    write();
  }

  void finish() {
    for (auto& [digest, step] : steps_) flush(step);
    write();
  }

  void failure(std::string_view summary, const std::string& vertex) {
    finish();
    for (std::string_view text : base::split(summary, '\n'))
      if (!summary.empty()) line(paint(safe_line(text, Colours::drop), red));
    auto found = steps_.find(vertex);
    if (found == steps_.end() || found->second.number == 0) found = steps_.find(first_failed_);
    if (found != steps_.end()) tail(found->second);
    write();
  }

 private:
  struct Record : Step {
    bool cached_shown = false;
    std::chrono::nanoseconds elapsed_shown{-1};  ///< in the line that said it was done
    bool written_since = false;                  ///< since that line
    Time progress_shown{};                       ///< when the last progress line was written, and what it said
    std::uint64_t bytes_shown = 0;
  };

  std::string paint(const std::string& text, const char* colour) const {
    return options_.colour && !text.empty() ? "\x1b[" + std::string(colour) + "m" + text + "\x1b[0m" : text;
  }

  void line(const std::string& text) { buffer_ += base::redactor().clean(text) + "\n"; }

  void write() {
    if (!buffer_.empty()) writer_(buffer_);
    buffer_.clear();
  }

  static std::string number_text(const Record& step) { return "#" + std::to_string(step.number); }

  void give_number(Record& step) {
    step.number = ++last_number_;
    step.progress_shown = clock_();
  }

  void header(Record& step) {
    give_number(step);
    line(paint(number_text(step) + " " + step.name, bold));
    last_shown_ = step.number;
  }

  /// A line about the step, with its name unless the reader has just seen which step it is.
  void about(Record& step, const std::string& text, const char* colour) {
    bool is_new = step.number == 0;
    if (is_new) give_number(step);
    std::string out = number_text(step) + " ";
    if (is_new || last_shown_ != step.number) out += step.name + ": ";
    line(paint(out + text, colour));
    last_shown_ = step.number;
    step.written_since = true;
  }

  void output_line(Record& step, std::string_view text) {
    if (step.number == 0) header(step);
    std::string safe = safe_line(text, options_.colour ? Colours::keep : Colours::drop);
    line(paint(number_text(step), dim) + (safe.empty() ? "" : " " + safe));
    last_shown_ = step.number;
    step.written_since = true;
    step.keep(safe, options_.failure_lines);
  }

  void flush(Record& step) {
    for (LineJoiner& output : step.output) output.flush([&](std::string_view text) { output_line(step, text); });
  }

  void log(const BuildStatus::Log& log) {
    Record& step = steps_[log.vertex];
    step.output[log.stream == 2].feed(log.data, [&](std::string_view text) { output_line(step, text); });
  }

  void task(const BuildStatus::Task& task) {
    Record& step = steps_[task.vertex];
    if (!step.tasks.update(task)) return;
    auto took = task.started ? time_between(*task.started, *task.completed) : std::chrono::nanoseconds(0);
    if (took < slow_task) return;
    std::string name = one_line(task.name.empty() ? task.id : task.name, max_message_bytes);
    about(step, name + " done in " + duration_text(took), dim);
  }

  void transfer(Record& step) {
    if (step.completed) return;  // its last line will tell the sum
    if (step.number == 0) header(step);
    Time now = clock_();
    auto since = now - step.progress_shown;
    if (since < options_.task_interval) return;
    Tasks::Sum sum = step.tasks.sum();
    if (sum.tasks == 0) return;
    std::string text = sum.tasks == 1 ? one_line(sum.name, max_message_bytes) + " " : "";
    text += amount_text(sum.bytes, sum.total);
    if (sum.bytes > step.bytes_shown) text += ", " + rate_text(sum.bytes - step.bytes_shown, since);
    if (sum.tasks > 1) text += ", " + std::to_string(sum.finished) + " of " + std::to_string(sum.tasks) + " done";
    about(step, text, dim);
    step.progress_shown = now;
    step.bytes_shown = sum.bytes;
  }

  void warning(const BuildStatus::Warning& warning) {
    std::string text = "warning: " + one_line(warning.text, max_message_bytes);
    if (auto step = steps_.find(warning.vertex); step != steps_.end()) {
      about(step->second, text, yellow);
    } else {
      line(paint(text, yellow));
    }
    for (const std::string& detail : warning.detail) line("  " + one_line(detail, max_message_bytes));
    if (!warning.url.empty()) line("  " + one_line(warning.url, max_message_bytes));
  }

  void ended(const BuildStatus::Vertex& vertex, Record& step) {
    flush(step);
    if (!vertex.error.empty()) {
      fail(vertex, step);
    } else if (vertex.cached) {
      if (!step.cached_shown) about(step, "cached", cyan);
      step.cached_shown = true;
    } else {
      done(step);
    }
  }

  void fail(const BuildStatus::Vertex& vertex, Record& step) {
    std::string took = " after " + duration_text(step.elapsed);
    if (is_cancellation(vertex.error)) return about(step, "cancelled" + took, yellow);
    if (first_failed_.empty()) first_failed_ = vertex.digest;
    step.failed = true;
    about(step, "failed" + took + ": " + one_line(vertex.error, max_message_bytes), red);
  }

  void done(Record& step) {
    // A step is looked up in the cache, then run, and each counts as a run: further ones without news are not told.
    bool told = step.elapsed_shown >= std::chrono::nanoseconds(0) || step.cached_shown;
    if (told && !step.written_since && step.elapsed - step.elapsed_shown < notable) return;
    std::string text = "done in " + duration_text(step.elapsed);
    if (Tasks::Sum sum = step.tasks.sum(); sum.bytes > 0) {
      text += ", " + base::human_bytes(sum.bytes);
      std::string rate = rate_text(sum.bytes, sum.elapsed.count() > 0 ? sum.elapsed : step.elapsed);
      if (!rate.empty()) text += " at " + rate;
    }
    about(step, text, green);
    step.elapsed_shown = step.elapsed;
    step.written_since = false;
    if (!step.failed) step.tail.clear();
  }

  void tail(const Record& step) {
    line(paint(step.tail_title(), bold));
    for (const std::string& text : step.tail) line("  " + text);
  }

  Writer writer_;
  LogOptions options_;
  Clock clock_;
  std::unordered_map<std::string, Record> steps_;
  std::size_t last_number_ = 0, last_shown_ = 0;
  std::string first_failed_;
  std::string buffer_;
};

LogProgress::LogProgress(Writer writer, LogOptions options, Clock clock)
    : impl_(std::make_unique<Impl>(std::move(writer), options, std::move(clock))) {}
LogProgress::~LogProgress() = default;

void LogProgress::status(const BuildStatus& status) { impl_->status(status); }
void LogProgress::finish() { impl_->finish(); }
void LogProgress::failure(std::string_view summary, const std::string& vertex) { impl_->failure(summary, vertex); }

}  // namespace term
