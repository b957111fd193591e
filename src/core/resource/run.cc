#include "core/resource/run.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <new>
#include <thread>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/redactor.h"

namespace resource {
namespace {

constexpr int seconds_to_leave = 8;

/// Turns SIGTERM and SIGINT into a stop request. The signals are blocked before any thread starts, so each of them
/// arrives here and nowhere else.
class Signals {
 public:
  Signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of that write, not the end of the process
    fd_ = base::Fd(signalfd(-1, &set, SFD_CLOEXEC));
    if (!fd_) throw base::errno_error("watch for signals", errno);
    thread_ = std::jthread([this](std::stop_token ended) { watch(ended); });
  }
  ~Signals() {
    thread_.request_stop();
    pthread_kill(thread_.native_handle(), SIGTERM);  // wakes the read
  }

  std::stop_token token() const { return stop_.get_token(); }
  int received() const { return received_; }
  /// Until the body runs there is nothing to clean up: a signal ends the process at once.
  void body_starts() { body_runs_ = true; }

 private:
  void watch(std::stop_token ended) {
    signalfd_siginfo info;
    while (::read(fd_.get(), &info, sizeof info) == sizeof info) {
      if (ended.stop_requested()) return;
      if (!body_runs_ || received_ != 0) ::_exit(128 + static_cast<int>(info.ssi_signo));
      received_ = static_cast<int>(info.ssi_signo);
      std::thread([signal_number = received_.load()] {
        std::this_thread::sleep_for(std::chrono::seconds(seconds_to_leave));
        ::_exit(128 + signal_number);
      }).detach();
      stop_.request_stop();
    }
  }

  std::stop_source stop_;
  std::atomic<int> received_ = 0;
  std::atomic<bool> body_runs_ = false;
  base::Fd fd_;
  std::jthread thread_;
};

std::string read_request() {
  std::string out;
  char buffer[64 * 1024];
  for (;;) {
    std::size_t n = base::read_full(STDIN_FILENO, std::as_writable_bytes(std::span(buffer)), "the request");
    out.append(buffer, n);
    if (out.size() > max_request_bytes) throw base::Error(base::Kind::invalid, "the request is larger than 16 MiB");
    if (n < sizeof buffer) return out;
  }
}

json::Ordered encode(const Version& version) {
  json::Ordered out = {{"tag", version.tag}, {"digest", version.digest}};
  if (!version.seen.empty()) out["seen"] = version.seen;
  if (!version.drift.empty()) out["drift"] = version.drift;
  return out;
}

}  // namespace

std::string versions_reply(const std::vector<Version>& oldest_first) {
  json::Ordered out = json::Ordered::array();
  for (const auto& version : oldest_first) out.push_back(encode(version));
  return json::write(out) + "\n";
}

std::string step_reply(const Version& version, const Metadata& metadata) {
  json::Ordered out;
  out["version"] = encode(version);
  out["metadata"] = json::Ordered::array();
  for (const auto& [name, value] : metadata) out["metadata"].push_back({{"name", name}, {"value", value}});
  return json::write(out) + "\n";
}

void log(std::string_view text) {
  static std::mutex mutex;
  std::string clean = base::redactor().clean(text);
  std::lock_guard lock(mutex);
  try {
    base::write_all(STDERR_FILENO, clean, "stderr");
  } catch (const base::Error&) {
    // Concourse may have lost the reader of our log; the work goes on without one.
  }
}

int run(int argc, char** argv, const std::function<std::string(const Call&)>& body) {
  std::optional<Signals> signals;
  try {
    signals.emplace();
    Call call;
    call.arguments.assign(argv + 1, argv + argc);
    call.request = read_request();
    call.stop = signals->token();
    signals->body_starts();
    base::write_all(STDOUT_FILENO, body(call), "the reply");
    return 0;
  } catch (const base::Error& error) {
    if (signals && signals->received() != 0) {
      log("stopped by signal " + std::to_string(signals->received()) + "\n");
      return 128 + signals->received();
    }
    log("error: " + error.text() + "\n");
  } catch (const std::bad_alloc&) {
    log("error: out of memory\n");
  } catch (const std::exception& error) {
    log(std::string("error: ") + error.what() + "\n");
  }
  return 1;
}

}  // namespace resource
