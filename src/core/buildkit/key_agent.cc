#include "core/buildkit/key_agent.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include "core/base/error.h"
#include "core/base/fd.h"

namespace buildkit {
namespace {

/// Starts a program with `input` as its standard input (-1: none) and nothing to say. Throws unsupported.
pid_t spawn(std::vector<std::string> words, int input, const std::vector<std::string>& environment) {
  std::vector<char*> arguments, variables;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::vector<std::string> kept = environment;
  for (auto& entry : kept) variables.push_back(entry.data());
  variables.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (input >= 0)
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  else
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  for (int fd : {STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_WRONLY, 0);
  // The signals that this process waits for are blocked in it, and would be in the child.
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = -1;
  int error = ::posix_spawnp(&pid, words[0].c_str(), &actions, &attributes, arguments.data(), variables.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    throw base::Error(base::Kind::unsupported, "an ssh key needs " + words[0] + ", which is not here")
        .fix("install openssh-client");
  return pid;
}

int exit_code(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

KeyAgent::KeyAgent(const std::string& key, const std::string& what)
    : directory_("estaleiro-ssh"), socket_(directory_.path() / "agent") {
  std::string path = "PATH=";
  if (const char* own = std::getenv("PATH")) path += own;
  agent_.id = spawn({"ssh-agent", "-D", "-a", socket_.string()}, -1, {path});
  for (int i = 0; i < 500 && !std::filesystem::exists(socket_); i++)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    throw base::errno_error("open a socket pair", errno);
  base::Fd ours(pair[0]), theirs(pair[1]);
  // No terminal and no helper: a key with a passphrase is refused instead of being asked about.
  pid_t add = spawn({"ssh-add", "-q", "-"}, theirs.get(),
                    {path, "SSH_AUTH_SOCK=" + socket_.string(), "SSH_ASKPASS_REQUIRE=never"});
  theirs = {};
  const std::string text = key.ends_with('\n') ? key : key + "\n";
  for (std::size_t at = 0; at < text.size();) {
    ssize_t sent = ::send(ours.get(), text.data() + at, text.size() - at, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) break;
    at += static_cast<std::size_t>(sent);
  }
  ours = {};
  if (exit_code(add) != 0)
    throw base::Error(base::Kind::invalid, what + " is no private key that ssh-add takes")
        .fix("give an OpenSSH or PEM private key without a passphrase");
}

KeyAgent::Process::~Process() {
  if (id <= 0) return;
  ::kill(id, SIGTERM);
  exit_code(id);
}

}  // namespace buildkit
