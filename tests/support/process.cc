#include "tests/support/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "core/base/fd.h"
#include "core/base/temporary_directory.h"

namespace support {
namespace {

std::vector<char*> arguments(const std::vector<std::string>& command) {
  std::vector<char*> out;
  for (const auto& word : command) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

pid_t start(const std::vector<std::string>& command, int out, int err) {
  auto words = arguments(command);
  pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("cannot fork");
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    int null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, 0);
    ::dup2(out, 1);
    ::dup2(err, 2);
    ::execvp(words[0], words.data());
    ::_exit(127);
  }
  return pid;
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const std::filesystem::path& log) {
  base::Fd file(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  pid_ = start(command, file.get(), file.get());
}

Process::~Process() { stop(); }

bool Process::running() { return pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == 0; }

void Process::stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::string run(const std::vector<std::string>& command) {
  base::TemporaryDirectory directory("run");
  auto out = directory.path() / "out", err = directory.path() / "err";
  pid_t pid;
  {
    base::Fd out_fd = base::create_file(out), err_fd = base::create_file(err);
    pid = start(command, out_fd.get(), err_fd.get());
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  auto text = base::read_file(out, 64 << 20);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error(command[0] + " failed: " + base::read_file(err, 1 << 20) + text);
  return text;
}

int free_port() {
  base::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

void wait_for_port(int port, Process& process, const std::filesystem::path& log) {
  for (int i = 0; i < 1000; ++i) {
    base::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    auto address = loopback(port);
    if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return;
    if (!process.running()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw std::runtime_error("nothing listens on port " + std::to_string(port) + ": " + base::read_file(log, 1 << 20));
}

}  // namespace support
