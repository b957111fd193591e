#pragma once

#include <thread>

#include "core/base/fd.h"

namespace buildkit {

/// Joins two pipes to one socket, which gRPC needs, until it goes or the other side of a pipe does.
class PipeLink {
 public:
  /// `in` and `out` are borrowed. Throws failed.
  PipeLink(int in, int out);
  ~PipeLink();
  PipeLink(const PipeLink&) = delete;
  PipeLink& operator=(const PipeLink&) = delete;

  /// The end for gRPC, non-blocking; taken once.
  base::Fd take_socket() { return std::move(theirs_); }

 private:
  void pump(int from, int to);

  base::Fd ours_, theirs_, stop_;
  std::thread inward_, outward_;
};

}  // namespace buildkit
