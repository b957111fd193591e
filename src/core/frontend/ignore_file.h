#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/frontend/gateway.h"

namespace frontend {

/// The patterns of a .dockerignore or .estaleiroignore file, in order: blanks around a line, comments (a '#' in the
/// first column) and a byte order mark dropped, each pattern cleaned as a path, a leading '/' dropped, '!' kept in
/// front. Throws invalid naming `what` and the line: a lone '!', a NUL byte, more than 1 MiB or 10,000 patterns.
std::vector<std::string> parse_ignore_file(std::string_view text, std::string_view what);

/// One pattern cleaned as above; empty for a blank one, "!" for a lone one.
std::string normal_pattern(std::string_view pattern);

/// A path as a pattern that matches just it (and, being a directory, what is in it).
std::string literal_pattern(std::string_view path);

struct IgnoreFile {
  std::vector<std::string> patterns;
  bool of_docker = true;  ///< a .dockerignore, or none
};

/// The ignore file in a directory of the client's: .estaleiroignore, else .dockerignore.
IgnoreFile read_ignore_file(Gateway& gateway, const std::string& local_name);

}  // namespace frontend
