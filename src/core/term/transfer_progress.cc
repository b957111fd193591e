#include "core/term/transfer_progress.h"

#include <mutex>

#include "core/base/redactor.h"
#include "core/term/figures.h"
#include "core/term/step_text.h"

namespace term {

struct TransferProgress::Impl {
  Impl(Writer to, TransferOptions settings, Clock time)
      : writer(std::move(to)), options(settings), clock(std::move(time)) {}

  /// With the mutex held; `colour` is an SGR parameter, or null for none.
  void write(const std::string& text, const char* colour) {
    std::string clean = base::redactor().clean(text);
    writer(options.colour && colour ? "\x1b[" + std::string(colour) + "m" + clean + "\x1b[0m\n" : clean + "\n");
  }

  std::mutex mutex;
  Writer writer;
  TransferOptions options;
  Clock clock;
};

/// All but the name is under the progress's mutex.
struct TransferProgress::Transfer::State {
  std::string name;
  std::uint64_t total = 0, bytes = 0;
  Time started, shown;
  std::uint64_t bytes_shown = 0;
  bool ended = false;
};

namespace {
constexpr std::size_t max_name_bytes = 200;
constexpr char dim[] = "2", green[] = "32", yellow[] = "33";
}  // namespace

TransferProgress::TransferProgress(Writer writer, TransferOptions options, Clock clock)
    : impl_(std::make_unique<Impl>(std::move(writer), options, std::move(clock))) {}
TransferProgress::~TransferProgress() = default;

TransferProgress::Transfer TransferProgress::start(std::string name, std::uint64_t total_bytes) {
  auto state = std::make_unique<Transfer::State>();
  state->name = one_line(name, max_name_bytes);
  state->total = total_bytes;
  state->started = state->shown = impl_->clock();
  return Transfer(*this, std::move(state));
}

void TransferProgress::line(std::string_view text) {
  std::lock_guard lock(impl_->mutex);
  impl_->write(safe_line(text, Colours::drop), nullptr);
}

TransferProgress::Transfer::Transfer(TransferProgress& progress, std::unique_ptr<State> state)
    : progress_(&progress), state_(std::move(state)) {}
TransferProgress::Transfer::Transfer(Transfer&&) noexcept = default;

TransferProgress::Transfer::~Transfer() {
  if (!state_ || state_->ended) return;
  Impl& impl = *progress_->impl_;
  std::lock_guard lock(impl.mutex);
  impl.write(state_->name + ": stopped after " + amount_text(state_->bytes, state_->total), yellow);
}

void TransferProgress::Transfer::advance(std::uint64_t bytes) {
  Impl& impl = *progress_->impl_;
  std::lock_guard lock(impl.mutex);
  State& state = *state_;
  state.bytes += bytes;
  if (state.ended) return;
  Time now = impl.clock();
  auto since = now - state.shown;
  if (since < impl.options.interval) return;

  std::uint64_t moved = state.bytes - state.bytes_shown;
  std::string text = state.name + ": " + amount_text(state.bytes, state.total);
  if (std::string rate = rate_text(moved, since); !rate.empty()) text += ", " + rate;
  if (state.total > state.bytes && moved > 0) {
    auto left = static_cast<double>(state.total - state.bytes) / static_cast<double>(moved) *
                std::chrono::duration<double>(since);
    // A crawling transfer has no end worth telling, nor one that the clock could hold.
    if (left < std::chrono::hours(100))
      text += ", " + seconds_text(std::chrono::duration_cast<std::chrono::nanoseconds>(left)) + " left";
  }
  impl.write(text, dim);
  state.shown = now;
  state.bytes_shown = state.bytes;
}

void TransferProgress::Transfer::restart(std::uint64_t bytes) {
  std::lock_guard lock(progress_->impl_->mutex);
  state_->bytes = state_->bytes_shown = bytes;
  state_->started = state_->shown = progress_->impl_->clock();
}

void TransferProgress::Transfer::done(std::string_view remark) {
  Impl& impl = *progress_->impl_;
  std::lock_guard lock(impl.mutex);
  State& state = *state_;
  if (state.ended) return;
  state.ended = true;
  if (!remark.empty()) return impl.write(state.name + ": " + safe_line(remark, Colours::drop), green);
  auto took = impl.clock() - state.started;
  std::string text = state.name + ": " + amount_text(state.bytes, 0) + " in " + duration_text(took);
  if (std::string rate = rate_text(state.bytes, took); !rate.empty()) text += " (" + rate + ")";
  impl.write(text, green);
}

}  // namespace term
