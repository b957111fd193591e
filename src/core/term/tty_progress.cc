#include "core/term/tty_progress.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <iterator>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "core/base/redactor.h"
#include "core/base/text.h"
#include "core/term/figures.h"
#include "core/term/step_log.h"
#include "core/term/step_text.h"

namespace term {
namespace {

constexpr std::chrono::milliseconds redraw_interval(100);
constexpr std::size_t max_message_bytes = 1000;
constexpr std::size_t time_columns = 8;

constexpr char red[] = "31", green[] = "32", yellow[] = "33", blue[] = "34", cyan[] = "36";

/// Columns taken, counting each character as one: a wide one only sets its time off to the right, as lines do not wrap.
std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string cut_to(const std::string& text, std::size_t columns) {
  if (columns_of(text) <= columns) return text;
  if (columns == 0) return "";
  std::size_t end = 0;
  for (std::size_t left = columns - 1; end < text.size(); end++)
    if ((static_cast<unsigned char>(text[end]) & 0xc0) != 0x80 && left-- == 0) break;
  return text.substr(0, end) + "…";
}

}  // namespace

TerminalSize terminal_size(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_col, size.ws_row};
}

class TtyProgress::Impl {
 public:
  Impl(Writer writer, TtyOptions options, Clock clock)
      : writer_(std::move(writer)), options_(std::move(options)), clock_(std::move(clock)), begun_(clock_()) {}

  void status(const BuildStatus& status) {
    std::lock_guard lock(mutex_);
    for (const BuildStatus::Vertex& vertex : status.vertices) this->vertex(vertex);
    for (const BuildStatus::Task& task : status.tasks) step(task.vertex).tasks.update(task);
    for (const BuildStatus::Log& log : status.logs) {
      Record& step = this->step(log.vertex);
      step.output[log.stream == 2].feed(log.data, [&](std::string_view text) { keep(step, text); });
    }
    for (const BuildStatus::Warning& warning : status.warnings)
      warnings_.push_back("warning: " + one_line(warning.text, max_message_bytes));
    draw(false);
  }

  void tick() {
    std::lock_guard lock(mutex_);
    draw(false);
  }

  void finish() {
    std::lock_guard lock(mutex_);
    end();
  }

  void failure(std::string_view summary, const std::string& vertex) {
    std::lock_guard lock(mutex_);
    end();
    std::string out;
    auto line = [&](const std::string& text) { out += base::redactor().clean(text) + "\n"; };
    if (!summary.empty())
      for (std::string_view text : base::split(summary, '\n')) line(paint(safe_line(text, Colours::drop), red));
    auto found = steps_.find(vertex);
    if (found == steps_.end()) found = steps_.find(first_failed_);
    if (found != steps_.end()) {
      line(found->second.tail_title());
      for (const std::string& text : found->second.tail) line("  " + text);
    }
    if (!out.empty()) writer_(out);
  }

 private:
  struct Record : Step {
    bool cached = false, cancelled = false;
    Time seen_running{};  ///< by our clock, which need not be the engine's
    bool running() const { return started && !completed; }
  };

  Record& step(const std::string& digest) { return steps_[digest]; }

  void vertex(const BuildStatus::Vertex& vertex) {
    Record& step = this->step(vertex.digest);
    bool was_shown = step.started.has_value(), was_running = step.running();
    bool ended = step.update(vertex);
    if (step.started && !was_shown) order_.push_back(&step);
    if (step.running() && !was_running) step.seen_running = clock_();
    if (!ended) return;
    for (LineJoiner& output : step.output) output.flush([&](std::string_view text) { keep(step, text); });
    step.cached = step.cached || vertex.cached;
    if (vertex.error.empty()) return;
    step.cancelled = is_cancellation(vertex.error);
    step.failed = !step.cancelled;
    if (step.failed && first_failed_.empty()) first_failed_ = vertex.digest;
  }

  void keep(Record& step, std::string_view text) {
    step.keep(safe_line(text, Colours::drop), std::max(options_.failure_lines, options_.log_lines));
  }

  std::string paint(const std::string& text, const char* colour) const {
    return options_.colour && colour ? "\x1b[" + std::string(colour) + "m" + text + "\x1b[0m" : text;
  }

  /// Text to the left, time to the right. Redacted before it is cut, or half a secret could stay.
  std::string row(const std::string& text, std::chrono::nanoseconds time, std::size_t columns,
                  const char* colour) const {
    std::string left = base::redactor().clean(text), right = duration_text(time);
    std::size_t room = columns > time_columns ? columns - time_columns : 0;
    left = cut_to(left, room);
    std::size_t padding = room - columns_of(left) + (time_columns - std::min(time_columns, right.size()));
    return paint(left + std::string(padding, ' ') + right, colour);
  }

  std::vector<std::string> rows_of(const Record& step, std::size_t columns, bool with_log) const {
    auto elapsed = step.elapsed + (step.running() ? clock_() - step.seen_running : std::chrono::nanoseconds(0));
    const char* colour = step.failed ? red : step.cancelled ? yellow : step.running() ? nullptr : blue;
    std::string mark = step.failed ? "ERROR " : step.cancelled ? "CANCELED " : step.cached ? "CACHED " : "";
    std::vector<std::string> out = {row(" => " + mark + step.name, elapsed, columns, colour)};
    for (const auto& [id, task] : step.tasks.all()) {
      if (!step.running() && task.completed) continue;
      std::string text = " => => " + one_line(task.name.empty() ? id : task.name, max_message_bytes);
      auto count = [](std::int64_t n) { return static_cast<std::uint64_t>(std::max<std::int64_t>(n, 0)); };
      if (task.current > 0 || task.total > 0) text += " " + amount_text(count(task.current), count(task.total));
      std::chrono::nanoseconds time{0};
      if (task.started && task.completed) time = time_between(*task.started, *task.completed);
      out.push_back(row(text, time, columns, colour));
    }
    if (with_log && step.running()) {
      std::size_t skipped = step.tail.size() - std::min(step.tail.size(), options_.log_lines);
      for (std::size_t i = skipped; i < step.tail.size(); i++)
        out.push_back(paint(cut_to(base::redactor().clean(" => => # " + step.tail[i]), columns), cyan));
    }
    return out;
  }

  /// Every step when it is the last drawing, else as many rows as the terminal has: running steps, then the newest.
  std::vector<std::string> frame(bool last) const {
    TerminalSize size = options_.size();
    std::size_t completed = 0;
    for (const auto& [digest, step] : steps_) completed += step.completed ? 1 : 0;
    std::string title = "[+] Building " + duration_text(clock_() - begun_) + " (" + std::to_string(completed) + "/" +
                        std::to_string(steps_.size()) + ")" + (last && first_failed_.empty() ? " FINISHED" : "");
    std::vector<std::string> out = {paint(title, last && first_failed_.empty() ? green : nullptr)};
    for (const std::string& warning : warnings_)
      out.push_back(paint(cut_to(base::redactor().clean(warning), size.columns), yellow));

    std::size_t room = size.rows > out.size() + 1 ? size.rows - out.size() - 1 : 0;
    std::vector<std::vector<std::string>> blocks(order_.size());
    for (bool running : {true, false}) {
      for (std::size_t i = order_.size(); i-- > 0;) {
        if (order_[i]->running() != running) continue;
        std::vector<std::string> rows = rows_of(*order_[i], size.columns, !last);
        if (!last && rows.size() > room) rows.resize(room);
        room -= std::min(room, rows.size());
        blocks[i] = std::move(rows);
      }
    }
    for (std::vector<std::string>& block : blocks) std::move(block.begin(), block.end(), std::back_inserter(out));
    return out;
  }

  void draw(bool last) {
    if (ended_) return;
    Time now = clock_();
    if (!last && drawn_ && now - *drawn_ < redraw_interval) return;
    drawn_ = now;
    // Without wrapping (DECAWM off) a row is a row; each one clears what was there, the end what was below.
    std::string out = "\x1b[?25l\x1b[?7l";
    if (rows_drawn_ > 0) out += "\x1b[" + std::to_string(rows_drawn_) + "A";
    std::vector<std::string> rows = frame(last);
    for (const std::string& row : rows) out += "\r" + row + "\x1b[K\n";
    out += "\x1b[J\x1b[?7h\x1b[?25h";
    rows_drawn_ = rows.size();
    writer_(out);
  }

  void end() {
    draw(true);
    ended_ = true;
  }

  std::mutex mutex_;
  Writer writer_;
  TtyOptions options_;
  Clock clock_;
  Time begun_;
  std::optional<Time> drawn_;
  std::size_t rows_drawn_ = 0;
  bool ended_ = false;
  std::unordered_map<std::string, Record> steps_;
  std::vector<const Record*> order_;  ///< as they started; the map does not move its elements
  std::vector<std::string> warnings_;
  std::string first_failed_;
};

TtyProgress::TtyProgress(Writer writer, TtyOptions options, Clock clock)
    : impl_(std::make_unique<Impl>(std::move(writer), std::move(options), std::move(clock))) {}
TtyProgress::~TtyProgress() = default;

void TtyProgress::status(const BuildStatus& status) { impl_->status(status); }
void TtyProgress::tick() { impl_->tick(); }
void TtyProgress::finish() { impl_->finish(); }
void TtyProgress::failure(std::string_view summary, const std::string& vertex) { impl_->failure(summary, vertex); }

}  // namespace term
