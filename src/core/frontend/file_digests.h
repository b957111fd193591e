#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "core/frontend/gateway.h"
#include "core/frontend/tools.h"
#include "core/llb/output.h"

namespace frontend {

/// One regular file of a tree.
struct FileDigest {
  std::string path;    ///< absolute
  std::string digest;  ///< "sha256:…"
  unsigned mode = 0;   ///< permission bits
};

/// Whether all of these are there; links are followed.
bool has_programs(Gateway& gateway, const llb::Output& tree, std::initializer_list<const char*> programs);

struct TreeDigests {
  std::vector<FileDigest> files;    ///< sorted by path
  std::vector<std::string> others;  ///< absolute paths of directories and links
};

/// Hashes every regular file of `tree`, which `what` is a name for. `tools` is a tree with GNU coreutils and findutils:
/// hashing runs there, on the engine, so that a gigabyte is hashed where it lies and only once. Where it is scratch or
/// lacks them the bytes are read through the gateway. `vertex` names the step. Throws corrupt when the answer makes no
/// sense.
TreeDigests digest_files(Gateway& gateway, const llb::Output& tree, const Tools& tools, const std::string& what,
                         const llb::Metadata& vertex);

/// The digests and modes that digest_script wrote: "SHA256  PATH\0" and "MODE PATH\0". Throws corrupt.
std::vector<FileDigest> parse_digests(std::string_view digests, std::string_view modes);

}  // namespace frontend
