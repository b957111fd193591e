#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>

namespace base {

/// Runs `task` for 0 … count-1, at most `at_once` at a time, one of them in the calling thread, and waits for all. The
/// first failure asks the others to stop, keeps new ones from starting, and is thrown.
void in_parallel(std::size_t count, std::size_t at_once, std::stop_token stop,
                 const std::function<void(std::size_t index, std::stop_token stop)>& task);

}  // namespace base
