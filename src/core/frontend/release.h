#pragma once

#include <string>
#include <vector>

#include "core/deb/source_list.h"
#include "core/frontend/apt_setup.h"
#include "core/frontend/gateway.h"

namespace frontend {

/// The state of one archive that packages were resolved from.
struct Release {
  deb::Repository repository;
  std::string in_release;                 ///< the bytes of the file that apt verified
  std::vector<std::string> indexes = {};  ///< that apt read, as InRelease lists them
  bool operator==(const Release&) const = default;
};

/// The archives of `setup`, each once, as the step that begins with update_script found them.
std::vector<Release> read_releases(Gateway& gateway, const Ref& ref, const AptSetup& setup);

}  // namespace frontend
