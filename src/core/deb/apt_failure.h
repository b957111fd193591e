#pragma once

#include <string_view>

#include "core/base/error.h"

namespace deb {

/// Turns what apt-get wrote to stderr (and stdout: unmet dependencies stand there) before it failed into one error that
/// says what is wrong, on which package or repository, and what to do in the recipe. Run apt-get with -q: with -qq it
/// does not say which dependencies are unmet. Unknown complaints are kept in apt's own words, at most 20 lines.
/// Kinds: invalid (recipe), not_found (source package), unavailable (network), denied (signatures), corrupt, failed.
base::Error explain_apt_failure(std::string_view output);

/// apt succeeds with a mere warning where a build must not go on: a component or a deb-src that the repository does not
/// have, a repository that could not be reached. Throws what explain_apt_failure would return for it; other warnings
/// pass.
void refuse_apt_warnings(std::string_view output);

}  // namespace deb
