#include "core/buildkit/namespaces.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <sstream>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;

constexpr int cap_sys_admin = 21;
/// One id less than all: a namespace that maps all of them is taken for the machine's own, by buildkitd and runc too.
constexpr std::uint64_t most_ids = 0xfffffffe;

/// What the child says when it does not get as far as the program.
struct Failure {
  enum class Step { mounts, processes, program } step;
  int error;
};

struct Pipe {
  base::Fd read, write;
  Pipe() {
    int both[2];
    if (::pipe2(both, O_CLOEXEC) != 0) throw base::errno_error("open a pipe", errno);
    read = base::Fd(both[0]);
    write = base::Fd(both[1]);
  }
};

bool may_mount() {
  for (auto line : base::split(base::read_file("/proc/self/status", 1u << 20), '\n'))
    if (line.starts_with("CapEff:"))
      return (std::stoull(std::string(base::trim(line.substr(7))), nullptr, 16) >> cap_sys_admin & 1) != 0;
  return false;
}

/// The ids of this process's own namespace, each as itself.
std::string same_ids(const char* file) {
  std::string out;
  std::istringstream lines(base::read_file(file, 1u << 16));
  std::uint64_t inside, outside, count;
  while (lines >> inside >> outside >> count) {
    const std::string first = std::to_string(inside);
    out += first + " " + first + " " + std::to_string(std::min(count, most_ids)) + "\n";
  }
  return out;
}

/// The kernel takes a map in one write only. Returns errno, 0 when it was taken.
int write_map(pid_t pid, const char* name, const std::string& map) {
  base::Fd file(::open(("/proc/" + std::to_string(pid) + "/" + name).c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) return errno;
  return ::write(file.get(), map.data(), map.size()) == static_cast<ssize_t>(map.size()) ? 0 : errno;
}

/// As execve takes it.
std::vector<const char*> pointers(const std::vector<std::string>& texts) {
  std::vector<const char*> out;
  for (const auto& each : texts) out.push_back(each.c_str());
  out.push_back(nullptr);
  return out;
}

/// Between clone and exec: system calls only, since other threads may have held any lock.
[[noreturn]] void become(const char* const* arguments, const char* const* environment, int log, int go, int failed) {
  auto fail = [&](Failure::Step step) {
    Failure failure{step, errno};
    [[maybe_unused]] auto written = ::write(failed, &failure, sizeof failure);
    ::_exit(126);
  };
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Until its ids are there this process is nobody; without a word its parent is gone.
  char word;
  if (::read(go, &word, 1) != 1) ::_exit(126);
  ::setsid();
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, STDIN_FILENO);
  ::syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) fail(Failure::Step::mounts);
  if (::mount("proc", "/proc", "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, nullptr) != 0) fail(Failure::Step::processes);
  ::execve(arguments[0], const_cast<char* const*>(arguments), const_cast<char* const*>(environment));
  fail(Failure::Step::program);
  ::_exit(127);
}

Error refused(const std::string& program, const std::string& reason) {
  return Error(Kind::denied, program + " cannot run here: the container is not privileged").note(reason);
}

std::string reason_of(const Failure& failure) {
  const std::string words = std::strerror(failure.error);
  switch (failure.step) {
    case Failure::Step::mounts:
      return "it may not mount in a namespace of its own: " + words;
    case Failure::Step::processes:
      return "processes of its own need a /proc of their own, which a container whose /proc is partly hidden may not "
             "mount: " +
             words;
    case Failure::Step::program:
      break;
  }
  return words;
}

}  // namespace

pid_t start_in_namespaces(const std::vector<std::string>& command, const std::vector<std::string>& environment,
                          const std::filesystem::path& log) {
  const std::string program = std::filesystem::path(command.front()).filename();
  const bool own_ids = !may_mount();
  base::Fd output = base::create_file(log, 0600);
  const auto arguments = pointers(command), variables = pointers(environment);
  Pipe go, failed;
  const int flags = CLONE_NEWPID | CLONE_NEWNS | (own_ids ? CLONE_NEWUSER : 0) | SIGCHLD;
  auto pid = static_cast<pid_t>(::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, 0));
  if (pid < 0 && own_ids)
    throw refused(program, std::string("and it permits no user namespace (") + std::strerror(errno) +
                               "): seccomp, user.max_user_namespaces or another setting of the worker forbids it");
  if (pid < 0) throw base::errno_error("start " + program, errno);
  if (pid == 0) {
    ::close(go.write.get());  // or the child would wait for itself
    become(arguments.data(), variables.data(), output.get(), go.read.get(), failed.write.get());
  }
  auto gone = [&](Error error) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return error;
  };
  if (own_ids) {
    int error = write_map(pid, "uid_map", same_ids("/proc/self/uid_map"));
    if (error == 0) error = write_map(pid, "gid_map", same_ids("/proc/self/gid_map"));
    if (error != 0)
      throw gone(refused(program, std::string("and its user may not hand ids to a user namespace (") +
                                      std::strerror(error) +
                                      "): that takes root with CAP_SETUID, CAP_SETGID and CAP_SETFCAP"));
  }
  failed.write.reset();
  base::write_all(go.write.get(), "!", "the pipe to " + program);
  Failure failure;
  ssize_t told;
  do told = ::read(failed.read.get(), &failure, sizeof failure);
  while (told < 0 && errno == EINTR);
  if (told != sizeof failure) return pid;
  if (failure.step == Failure::Step::program) throw gone(base::errno_error("start " + program, failure.error));
  throw gone(refused(program, reason_of(failure)));
}

}  // namespace buildkit
