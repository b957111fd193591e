#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace archive {

/// Remembers which names a layer has brought, by directory (inode) and name, so that its whiteouts spare them: 8 bytes
/// a name, kept as 64-bit hashes. Two names that collide (for a million names one chance in 10^13) would at worst keep
/// a lower file that a whiteout hides.
class CreatedSet {
 public:
  void add(ino_t directory, std::string_view name) {
    if ((count_ + 1) * 4 > slots_.size() * 3) grow();
    count_ += insert(hash(directory, name)) ? 1 : 0;
  }

  bool contains(ino_t directory, std::string_view name) const {
    if (slots_.empty()) return false;
    std::uint64_t key = hash(directory, name);
    for (std::size_t at = key & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at] == key) return true;
      if (slots_[at] == 0) return false;
    }
  }

 private:
  static std::uint64_t hash(ino_t directory, std::string_view name) {
    // The inode is mixed as splitmix64 does it; its secrecy is not needed.
    std::uint64_t x = std::hash<std::string_view>()(name) ^ (directory * 0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    x ^= x >> 31;
    return x == 0 ? 1 : x;  // 0 marks a free slot
  }

  bool insert(std::uint64_t key) {
    std::size_t at = key & (slots_.size() - 1);
    while (slots_[at] != 0 && slots_[at] != key) at = (at + 1) & (slots_.size() - 1);
    bool fresh = slots_[at] == 0;
    slots_[at] = key;
    return fresh;
  }

  void grow() {
    std::vector<std::uint64_t> old(slots_.empty() ? 1024 : slots_.size() * 2);
    old.swap(slots_);
    for (std::uint64_t key : old)
      if (key != 0) insert(key);
  }

  std::vector<std::uint64_t> slots_;  // a power of two, at most three quarters full
  std::size_t count_ = 0;
};

}  // namespace archive
