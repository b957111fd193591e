#include "cli/ssh_option.h"

#include <cstdlib>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"

namespace cli {
namespace {

constexpr std::size_t max_key_bytes = 100 << 10;

}  // namespace

void add_ssh(const std::string& text, SshAgents& agents) {
  const auto equals = text.find('=');
  const std::string id = text.substr(0, equals);
  if (id.empty())
    throw base::Error(base::Kind::invalid, "--ssh has " + base::quoted(text) + " where ID or ID=PATH is wanted");
  std::filesystem::path path;
  if (equals != std::string::npos)
    path = text.substr(equals + 1);
  else if (const char* socket = std::getenv("SSH_AUTH_SOCK"))
    path = socket;
  if (path.empty())
    throw base::Error(base::Kind::not_found, "--ssh " + base::quoted(id) + ": no agent runs, $SSH_AUTH_SOCK is not set")
        .fix("name a key: --ssh " + base::printable(id) + "=FILE");
  if (!std::filesystem::is_socket(path)) {
    agents.own.push_back(std::make_unique<buildkit::KeyAgent>(base::read_file(path, max_key_bytes),
                                                              "--ssh file " + base::quoted(path.string())));
    path = agents.own.back()->socket();
  }
  agents.sockets.insert_or_assign(id, path);
}

}  // namespace cli
