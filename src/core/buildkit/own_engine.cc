#include "core/buildkit/own_engine.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;
using namespace std::chrono_literals;

constexpr char scratch[] = "/scratch";  // Concourse gives each container one, on a disk that overlays can lie on
constexpr auto poll_pause = 20ms;
constexpr auto to_end = 3s;  // what SIGTERM leaves of Concourse's ten seconds
constexpr std::size_t max_words = 4096;
constexpr std::uint64_t max_log_bytes = 64u << 20;
constexpr int cap_sys_admin = 21;

std::filesystem::path parent_of(const OwnEngineOptions& options) {
  if (!options.parent.empty()) return options.parent;
  std::error_code ignored;
  return std::filesystem::is_directory(scratch, ignored) && ::access(scratch, W_OK) == 0 ? scratch : "";
}

std::filesystem::path find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  for (auto directory :
       base::split(path ? path : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ':')) {
    auto file = std::filesystem::path(directory) / name;
    if (!directory.empty() && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

bool may_mount() {
  for (auto line : base::split(base::read_file("/proc/self/status", 1u << 20), '\n'))
    if (line.starts_with("CapEff:"))
      return (std::stoull(std::string(base::trim(line.substr(7))), nullptr, 16) >> cap_sys_admin & 1) != 0;
  return false;
}

std::filesystem::path find_engine() {
  constexpr const char* remote = "give source.buildkit.address the address of an engine";
  auto program = find_program("buildkitd");
  if (program.empty())
    throw Error(Kind::not_found, "source.buildkit.address is missing, and there is no buildkitd in PATH to start")
        .fix(std::string(remote) + ", or use the resource image, which has one");
  if (find_program("buildkit-runc").empty() && find_program("runc").empty())
    throw Error(Kind::not_found, "buildkitd needs runc, and PATH has neither buildkit-runc nor runc").fix(remote);
  if (!may_mount())
    throw Error(Kind::denied, "buildkitd cannot run here: the container is not privileged")
        .fix("set `privileged: true` on the resource type, or " + std::string(remote));
  return program;
}

/// Between clone and exec: system calls only, since other threads may have held any lock.
[[noreturn]] void become(const char* const* arguments, const char* const* environment, int log) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setsid();
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, STDIN_FILENO);
  ::syscall(SYS_close_range, 3, ~0U, 0);
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0 ||
      ::mount("proc", "/proc", "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, nullptr) != 0) {
    constexpr char text[] = "cannot mount in a namespace of its own\n";
    [[maybe_unused]] auto written = ::write(STDERR_FILENO, text, sizeof text - 1);
    ::_exit(126);
  }
  ::execve(arguments[0], const_cast<char* const*>(arguments), const_cast<char* const*>(environment));
  ::_exit(127);
}

pid_t start(const std::vector<std::string>& command, const std::filesystem::path& log_file) {
  base::Fd log = base::create_file(log_file, 0600);
  std::vector<const char*> arguments;
  for (const auto& each : command) arguments.push_back(each.c_str());
  arguments.push_back(nullptr);
  auto pid =
      static_cast<pid_t>(::syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, nullptr, nullptr, nullptr, 0));
  if (pid < 0) throw base::errno_error("start buildkitd", errno);
  if (pid == 0) become(arguments.data(), environ, log.get());
  return pid;
}

bool accepts(const std::string& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.size() >= sizeof address.sun_path) return false;
  std::copy(socket.begin(), socket.end(), address.sun_path);
  base::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

std::string toml_text(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out + "\"";
}

}  // namespace

std::string engine_config(const OwnEngineOptions& options, const std::filesystem::path& directory) {
  std::string out = options.config;
  if (!out.empty() && out.back() != '\n') out += '\n';
  for (const auto& registry : options.registries) {
    const std::string table = "[registry." + toml_text(registry.host) + "]";
    if (options.config.find(table) != std::string::npos) continue;
    out += table + "\n";
    if (registry.http) out += "  http = true\n";
    if (!registry.mirrors.empty()) {
      std::vector<std::string> hosts;
      for (const auto& mirror : registry.mirrors) hosts.push_back(toml_text(mirror));
      out += "  mirrors = [" + base::join(hosts, ", ") + "]\n";
    }
    if (!registry.ca.empty()) {
      auto file = directory / ("ca-" + std::to_string(&registry - options.registries.data()) + ".pem");
      base::write_file(file, registry.ca);
      out += "  ca = [" + toml_text(file.string()) + "]\n";
    }
  }
  return out;
}

OwnEngine::OwnEngine(const OwnEngineOptions& options, std::stop_token stop)
    : directory_("estaleiro-engine", parent_of(options)) {
  const auto program = find_engine();
  const auto& path = directory_.path();
  base::write_file(path / "buildkitd.toml", engine_config(options, path), 0600);
  pid_ = start({program.string(), "--config", path / "buildkitd.toml", "--root", path / "state", "--addr",
                endpoint().text(), "--oci-worker=true", "--containerd-worker=false"},
               path / "log");
  try {
    await(options.patience, stop);
  } catch (...) {
    end();
    throw;
  }
}

OwnEngine::~OwnEngine() { end(); }

void OwnEngine::await(std::chrono::milliseconds patience, std::stop_token stop) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!accepts(directory_.path() / "socket")) {
    if (!running())
      throw Error(Kind::failed, "buildkitd ended at once")
          .note("its last words:\n" + last_words())
          .fix(
              "set `privileged: true` on the resource type, mend source.buildkit.config, or give "
              "source.buildkit.address the address of an engine");
    if (stop.stop_requested()) throw Error(Kind::cancelled, "stopped while buildkitd was starting");
    if (std::chrono::steady_clock::now() > deadline)
      throw Error(Kind::unavailable,
                  "buildkitd does not serve after " + std::to_string(patience / std::chrono::seconds(1)) + " s")
          .note("its last words:\n" + last_words());
    std::this_thread::sleep_for(poll_pause);
  }
}

void OwnEngine::end() {
  if (!running()) return;
  ::kill(pid_, SIGTERM);
  const auto deadline = std::chrono::steady_clock::now() + to_end;
  while (running() && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(poll_pause);
  if (!running()) return;
  // It is the first process of its namespace: all others go with it.
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

Endpoint OwnEngine::endpoint() const { return Endpoint::parse("unix://" + (directory_.path() / "socket").string()); }

bool OwnEngine::running() {
  if (pid_ < 0) return false;
  pid_t ended = ::waitpid(pid_, nullptr, WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR)) return true;
  pid_ = -1;
  return false;
}

std::string OwnEngine::last_words() const {
  std::string text = base::read_file(directory_.path() / "log", max_log_bytes);
  if (text.size() > max_words) text.erase(0, text.find('\n', text.size() - max_words) + 1);
  std::string out;
  for (auto line : base::split(base::trim(text), '\n')) out += (out.empty() ? "" : "\n") + base::printable(line);
  return out;
}

}  // namespace buildkit
