#pragma once

#include <csignal>

namespace buildkit {

/// From here on, writing to a closed pipe or socket on this thread is an error like any other, not the end of the
/// process. For threads that are ours or gRPC's.
inline void refuse_sigpipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace buildkit
