#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "core/registry/tag_pages.h"

namespace check {

/// What a check learns and the next one in the same container may believe: small facts by name, each with the time it
/// was learnt. A file that is damaged, foreign or readable by others counts as none; one that cannot be written costs
/// requests, never an error. Thread-safe.
class Memory {
 public:
  /// `file` may be empty: nothing is kept then.
  explicit Memory(std::filesystem::path file);

  /// What was learnt at most `age` ago.
  std::optional<std::string> get(const std::string& name, std::chrono::seconds age) const;
  /// Neither may hold a tab or a line break.
  void put(const std::string& name, const std::string& value);
  /// Writes what is worth keeping: 100,000 facts at most, none older than a day.
  void save() const;

 private:
  struct Fact {
    std::string value;
    std::chrono::sys_seconds learnt;
  };
  std::filesystem::path file_;
  mutable std::mutex mutex_;
  std::map<std::string, Fact> facts_;
  bool changed_ = false;
};

/// Pages of tag lists among those facts. Borrows the memory.
class RememberedPages : public registry::TagPages {
 public:
  explicit RememberedPages(Memory& memory) : memory_(memory) {}
  std::optional<registry::TagPage> find(const std::string& page) override;
  void keep(const std::string& page, const registry::TagPage& content) override;

 private:
  Memory& memory_;
};

}  // namespace check
