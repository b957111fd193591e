#pragma once

#include <functional>
#include <string_view>

#include "core/term/build_status.h"

namespace term {

/// Takes whole lines, each with its newline; one call holds what must stay together. Must not throw.
using Writer = std::function<void(std::string_view)>;

/// Writes to a descriptor that the caller keeps open. Errors are ignored: no build fails because nobody reads its log.
Writer descriptor_writer(int fd);

/// What time it is; tests pass their own.
using Clock = std::function<Time()>;
Time now();

}  // namespace term
