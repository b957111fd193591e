#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

namespace buildkit {

/// Keeps many short byte strings in large blocks: a million file names cost little more than their letters.
class Blocks {
 public:
  /// Room for `size` bytes, which stays where it is while this lives.
  char* take(std::size_t size) {
    if (size > left_) {
      std::size_t block = size > block_size ? size : block_size;
      blocks_.push_back(std::unique_ptr<char[]>(new char[block]));
      next_ = blocks_.back().get();
      left_ = block;
    }
    char* out = next_;
    next_ += size;
    left_ -= size;
    return out;
  }

 private:
  static constexpr std::size_t block_size = 64 << 10;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
};

/// The names in one directory, in byte order.
class NameList {
 public:
  /// All names in the directory `fd` but "." and "..". Throws base::Error with `path` in the message.
  static NameList read(int fd, std::string_view path);

  bool empty() const { return next_ == names_.size(); }
  /// The next name, NUL-terminated; lives as long as the list.
  std::string_view take() { return names_[next_++]; }

 private:
  Blocks blocks_;
  std::deque<const char*> names_;
  std::size_t next_ = 0;
};

}  // namespace buildkit
