#include "core/registry/credential_helper.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "core/base/fd.h"
#include "core/base/text.h"
#include "core/json/decode.h"

extern char** environ;

namespace registry {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t max_output = 64 * 1024;
constexpr std::chrono::seconds patience{60};
constexpr int poll_milliseconds = 100;

/// The program, killed if it still runs when this goes.
class Child {
 public:
  Child(const std::string& program, int stream) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    // One socket is both its stdin and its stdout: no deadlock between two pipes, and no SIGPIPE on our side.
    posix_spawn_file_actions_adddup2(&actions, stream, 0);
    posix_spawn_file_actions_adddup2(&actions, stream, 1);
    std::string verb = "get", name = program;
    char* arguments[] = {name.data(), verb.data(), nullptr};
    int error = ::posix_spawnp(&pid_, program.c_str(), &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error == 0) return;
    pid_ = -1;
    throw base::errno_error("run credential helper " + base::quoted(program), error)
        .fix("install it, or take it out of Docker's config.json");
  }
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;

  bool succeeded() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  pid_t pid_ = -1;
};

std::string read_output(int fd, const std::string& program, std::stop_token stop) {
  std::string out;
  char piece[4096];
  for (auto end = Clock::now() + patience; Clock::now() < end;) {
    if (stop.stop_requested())
      throw base::Error(base::Kind::cancelled, "credential helper " + program + " was stopped");
    pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&wait, 1, poll_milliseconds) <= 0) continue;
    ssize_t n = ::recv(fd, piece, sizeof piece, 0);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n <= 0) return out;
    out.append(piece, static_cast<std::size_t>(n));
    if (out.size() > max_output)
      throw base::Error(base::Kind::denied, "credential helper " + program + " writes more than 64 KiB");
  }
  throw base::Error(base::Kind::unavailable, "credential helper " + program + " did not answer within 60 s");
}

Credentials parse(const std::string& output, const std::string& program) {
  try {
    auto value = json::parse(output, "the answer");
    json::Object object(value, "answer");
    auto user = object.string("Username").value_or(""), secret = object.string("Secret").value_or("");
    Credentials out;
    if (user == "<token>")
      out.identity_token = secret;
    else
      out = {.username = user, .password = secret};
    out.protect();
    return out;
  } catch (const base::Error&) {
    throw base::Error(base::Kind::denied, "credential helper " + program + " does not answer in its protocol");
  }
}

bool valid_name(std::string_view name) {
  return !name.empty() && name.size() <= 100 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

}  // namespace

Credentials run_credential_helper(std::string_view name, std::string_view server, std::stop_token stop) {
  if (!valid_name(name))
    throw base::Error(base::Kind::invalid, base::quoted(name) + " is no name of a credential helper");
  const std::string program = "docker-credential-" + std::string(name);
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw base::errno_error("make a socket pair", errno);
  base::Fd ours(ends[0]), theirs(ends[1]);
  Child child(program, theirs.get());
  theirs.reset();
  std::string question = std::string(server) + "\n";
  ::send(ours.get(), question.data(), question.size(), MSG_NOSIGNAL);  // who does not listen will not answer either
  ::shutdown(ours.get(), SHUT_WR);
  auto output = read_output(ours.get(), program, stop);
  if (child.succeeded()) return parse(output, program);
  // The one failure that is an answer, worded by the helpers' common library.
  if (output.find("credentials not found") != std::string::npos) return {};
  throw base::Error(base::Kind::denied, "credential helper " + program + " fails: " + base::quoted(base::trim(output)));
}

}  // namespace registry
