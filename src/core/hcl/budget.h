#pragma once

#include <cstdint>

namespace hcl {

/// What evaluation may cost, over the whole life of a root scope.
struct Limits {
  std::uint64_t steps = 20'000'000;       ///< nodes evaluated and elements visited
  std::uint64_t bytes = 256 << 20;        ///< made by expressions and functions, kept or not
  std::uint64_t string_bytes = 16 << 20;  ///< in one string
  std::uint64_t elements = 1 << 20;       ///< in one collection
};

/// Counts down; functions that make much out of little ask before they make it.
class Budget {
 public:
  explicit Budget(const Limits& limits = {}) : limits_(limits) {}

  /// Each throws invalid when the limit is passed, and from then on always.
  void step(std::uint64_t count = 1);
  /// A string of `bytes` is about to be made.
  void string(std::uint64_t bytes);
  /// A string that is made piece by piece has `bytes` so far.
  void fits_string(std::uint64_t bytes);
  /// A collection of `count` elements is about to be made.
  void collection(std::uint64_t count);

  bool exhausted() const { return exhausted_; }

 private:
  void take_bytes(std::uint64_t bytes);
  [[noreturn]] void fail(const char* message);

  Limits limits_;
  std::uint64_t steps_ = 0;
  std::uint64_t bytes_ = 0;
  bool exhausted_ = false;
};

}  // namespace hcl
