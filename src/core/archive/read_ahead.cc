#include "core/archive/read_ahead.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace archive {

/// A ring of buffers: the thread fills [first + filled), the reader holds the one at `first` while it looks at it.
struct ReadAhead::State {
  State(std::function<std::unique_ptr<ByteSource>()> opener, std::size_t pieces, std::size_t bytes)
      : open(std::move(opener)), piece_bytes(bytes), buffers(pieces), sizes(pieces) {}

  void run() {
    try {
      auto source = open();
      for (;;) {
        std::size_t slot;
        {
          std::unique_lock lock(mutex);
          changed.wait(lock, [&] { return stopping || filled < buffers.size(); });
          if (stopping) return;
          slot = (first + filled) % buffers.size();
        }
        auto& buffer = buffers[slot];
        if (buffer.empty()) buffer.resize(piece_bytes);
        std::size_t size = fill(*source, buffer);
        if (size > 0) {
          std::lock_guard lock(mutex);
          sizes[slot] = size;
          filled++;
          changed.notify_all();
        }
        if (failure || size < piece_bytes) break;
      }
    } catch (...) {
      failure = std::current_exception();
    }
    std::lock_guard lock(mutex);
    ended = true;
    changed.notify_all();
  }

  /// As read_full, but keeps what was read before an exception, which goes to `failure`.
  std::size_t fill(ByteSource& source, std::span<std::byte> buffer) {
    std::size_t done = 0;
    try {
      while (done < buffer.size()) {
        std::size_t n = source.read(buffer.subspan(done));
        if (n == 0) break;
        done += n;
      }
    } catch (...) {
      failure = std::current_exception();
    }
    return done;
  }

  std::function<std::unique_ptr<ByteSource>()> open;
  const std::size_t piece_bytes;
  std::vector<std::vector<std::byte>> buffers;
  std::vector<std::size_t> sizes;

  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  std::size_t first = 0, filled = 0;
  bool holding = false;  // the reader looks at buffers[first]
  bool stopping = false, ended = false;
  std::exception_ptr failure;  // written by the thread before `ended`

  std::thread thread;
};

ReadAhead::ReadAhead(std::function<std::unique_ptr<ByteSource>()> open, std::size_t pieces, std::size_t piece_bytes)
    : state_(std::make_unique<State>(std::move(open), pieces, piece_bytes)) {
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

ReadAhead::~ReadAhead() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    state_->changed.notify_all();
  }
  state_->thread.join();
}

std::span<const std::byte> ReadAhead::next() {
  std::unique_lock lock(state_->mutex);
  if (state_->holding) {
    state_->holding = false;
    state_->first = (state_->first + 1) % state_->buffers.size();
    state_->filled--;
    state_->changed.notify_all();
  }
  state_->changed.wait(lock, [&] { return state_->filled > 0 || state_->ended; });
  if (state_->filled > 0) {
    state_->holding = true;
    return std::span(state_->buffers[state_->first]).first(state_->sizes[state_->first]);
  }
  if (state_->failure) std::rethrow_exception(state_->failure);
  return {};
}

}  // namespace archive
