#include "core/hcl/budget.h"

#include "core/base/error.h"

namespace hcl {

void Budget::fail(const char* what) {
  exhausted_ = true;
  throw base::Error(base::Kind::invalid, what).fix("make less of it, or make it outside of the configuration");
}

void Budget::step(std::uint64_t count) {
  if (exhausted_ || count > limits_.steps - steps_) fail("evaluating the configuration takes too many steps");
  steps_ += count;
}

void Budget::take_bytes(std::uint64_t bytes) {
  if (exhausted_ || bytes > limits_.bytes - bytes_) fail("evaluating the configuration takes too much memory");
  bytes_ += bytes;
}

void Budget::fits_string(std::uint64_t bytes) {
  if (bytes > limits_.string_bytes) fail("this would make a string that is too long");
}

void Budget::string(std::uint64_t bytes) {
  fits_string(bytes);
  take_bytes(bytes + 64);
}

void Budget::collection(std::uint64_t count) {
  if (count > limits_.elements) fail("this would make a collection of too many elements");
  take_bytes(count * 128 + 64);
}

}  // namespace hcl
