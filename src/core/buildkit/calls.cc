#include "core/buildkit/calls.h"

#include <utility>

namespace buildkit {

Calls::Call::Call(Calls& calls) : calls_(calls) {
  std::lock_guard lock(calls_.mutex_);
  calls_.contexts_.insert(&context_);
  if (calls_.cause_) context_.TryCancel();
}

Calls::Call::~Call() {
  std::lock_guard lock(calls_.mutex_);
  calls_.contexts_.erase(&context_);
}

void Calls::cancel(base::Error cause) { cancel(std::move(cause), false); }

void Calls::lose(base::Error cause) { cancel(std::move(cause), true); }

void Calls::cancel(base::Error cause, bool lost) {
  std::lock_guard lock(mutex_);
  if (cause_) return;
  cause_ = std::move(cause);
  lost_ = lost;
  for (auto* context : contexts_) context->TryCancel();
}

std::optional<base::Error> Calls::cause() const {
  std::lock_guard lock(mutex_);
  return cause_;
}

bool Calls::lost() const {
  std::lock_guard lock(mutex_);
  return lost_;
}

}  // namespace buildkit
