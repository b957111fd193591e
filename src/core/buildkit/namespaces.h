#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace buildkit {

/// Starts a program as the first process of process and mount namespaces of its own: with it go all that it started and
/// mounted, and it goes when this process ends. `environment` is "NAME=VALUE" each; its output goes to the file `log`.
///
/// Where this process may not mount (no CAP_SYS_ADMIN: a container that is not privileged), those lie in a user
/// namespace, whose ids are the container's own (user_namespaces(7)).
///
/// Returns when the program runs. Throws denied, with the reason as a note, where none of this is permitted; failed.
pid_t start_in_namespaces(const std::vector<std::string>& command, const std::vector<std::string>& environment,
                          const std::filesystem::path& log);

}  // namespace buildkit
