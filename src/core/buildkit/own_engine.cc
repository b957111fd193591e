#include "core/buildkit/own_engine.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"
#include "core/buildkit/namespaces.h"

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
constexpr char remote[] = "give source.buildkit.address the address of an engine";

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

std::filesystem::path find_engine() {
  auto program = find_program("buildkitd");
  if (program.empty())
    throw Error(Kind::not_found, "source.buildkit.address is missing, and there is no buildkitd in PATH to start")
        .fix(std::string(remote) + ", or use the resource image, which has one");
  if (find_program("buildkit-runc").empty() && find_program("runc").empty())
    throw Error(Kind::not_found, "buildkitd needs runc, and PATH has neither buildkit-runc nor runc").fix(remote);
  return program;
}

/// Ours, but for the place of temporary files, of which it leaves some behind.
std::vector<std::string> environment_with(const std::filesystem::path& temporary) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; entry++)
    if (!std::string_view(*entry).starts_with("TMPDIR=")) out.emplace_back(*entry);
  out.push_back("TMPDIR=" + temporary.string());
  return out;
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
  std::filesystem::create_directory(path / "tmp");
  try {
    pid_ = start_in_namespaces({program.string(), "--config", path / "buildkitd.toml", "--root", path / "state",
                                "--addr", endpoint().text(), "--oci-worker=true", "--containerd-worker=false"},
                               environment_with(path / "tmp"), path / "log");
  } catch (Error& error) {
    throw error.fix((error.kind() == Kind::denied ? "set `privileged: true` on the resource type, or " : "") +
                    std::string(remote));
  }
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
