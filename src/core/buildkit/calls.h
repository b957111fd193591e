#pragma once

#include <grpcpp/client_context.h>

#include <mutex>
#include <optional>
#include <set>

#include "core/base/error.h"

namespace buildkit {

/// The calls of one build that are under way, so that all of them can be cancelled: an engine ends a running step only
/// when every call that waits for it is gone. Thread-safe.
class Calls {
 public:
  /// One call: alive from before its start until its status is known.
  class Call {
   public:
    explicit Call(Calls& calls);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    grpc::ClientContext& context() { return context_; }

   private:
    Calls& calls_;
    grpc::ClientContext context_;
  };

  /// Cancels what is under way and everything that starts later; the first cause given stays.
  void cancel(base::Error cause);
  /// The same, because the engine is gone.
  void lose(base::Error cause);
  /// Why all was cancelled, if it was.
  std::optional<base::Error> cause() const;
  /// Whether the engine's going was the cause.
  bool lost() const;

 private:
  void cancel(base::Error cause, bool lost);

  mutable std::mutex mutex_;
  std::set<grpc::ClientContext*> contexts_;
  std::optional<base::Error> cause_;
  bool lost_ = false;
};

}  // namespace buildkit
