#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/base/digest.h"

namespace base {

/// The hash that a digest names (sha256 or sha512), computed as bytes pass by. Use from one thread at a time.
class Hasher {
 public:
  explicit Hasher(const Digest& wanted);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  void update(std::span<const std::byte> data);
  void update(std::string_view data) { update(std::as_bytes(std::span(data.data(), data.size()))); }
  /// Of all that was seen, with the same algorithm. Ends the computation.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace base
