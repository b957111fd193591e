#include "cli/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/error.h"

namespace cli {

Interrupt::Interrupt() : end_(::eventfd(0, EFD_CLOEXEC)) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signals_ = base::Fd(::signalfd(-1, &set, SFD_CLOEXEC));
  if (!signals_ || !end_) throw base::errno_error("watch for signals", errno);
  thread_ = std::thread([this] { watch(); });
}

Interrupt::~Interrupt() {
  [[maybe_unused]] int written = ::eventfd_write(end_.get(), 1);
  thread_.join();
}

void Interrupt::watch() {
  for (;;) {
    pollfd both[2] = {{signals_.get(), POLLIN, 0}, {end_.get(), POLLIN, 0}};
    if (::poll(both, 2, -1) < 0) continue;
    if (both[1].revents != 0) return;
    signalfd_siginfo info;
    if (::read(signals_.get(), &info, sizeof info) != sizeof info) continue;
    if (received_ != 0) ::_exit(128 + static_cast<int>(info.ssi_signo));
    received_ = static_cast<int>(info.ssi_signo);
    stop_.request_stop();
  }
}

}  // namespace cli
