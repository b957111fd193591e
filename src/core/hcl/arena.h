#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace hcl {

/// Memory for the nodes of one tree: taken in chunks, given back all at once. Nothing in it is ever destroyed, so it
/// takes trivially destructible types only.
class Arena {
 public:
  template <class T, class... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (take(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
  }

  template <class T>
  std::span<const T> copy(std::span<const T> from) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (from.empty()) return {};
    T* to = static_cast<T*>(take(from.size_bytes(), alignof(T)));
    std::uninitialized_copy(from.begin(), from.end(), to);
    return {to, from.size()};
  }

  std::string_view copy(std::string_view from) {
    if (from.empty()) return {};
    char* to = static_cast<char*>(take(from.size(), 1));
    std::memcpy(to, from.data(), from.size());
    return {to, from.size()};
  }

  std::size_t bytes() const { return bytes_; }

 private:
  static constexpr std::size_t first_chunk = 4096, last_chunk = 256 << 10;

  void* take(std::size_t size, std::size_t alignment) {
    std::size_t start = (used_ + alignment - 1) / alignment * alignment;
    if (chunks_.empty() || start + size > capacity_) {
      capacity_ = std::max(size, chunks_.empty() ? first_chunk : std::min(capacity_ * 2, last_chunk));
      chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(capacity_));
      bytes_ += capacity_;
      start = 0;
    }
    used_ = start + size;
    return chunks_.back().get() + start;
  }

  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::size_t capacity_ = 0, used_ = 0, bytes_ = 0;
};

}  // namespace hcl
