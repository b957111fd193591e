#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>

#include "core/archive/byte_source.h"
#include "core/base/fd.h"

namespace in {

/// A file that one thread writes while another reads it. It has no name: its space is free again when the last of the
/// two lets go, also when the process is killed.
class Spool {
 public:
  explicit Spool(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// For the writer. Throws failed (disk full).
  void append(std::span<const std::byte> data);
  void finish();                          ///< all of it is there, and found right
  void fail(std::exception_ptr failure);  ///< it will not come

  /// The bytes from `at` on, waiting until there are any; 0 at the end, which is known only after finish(). Throws what
  /// fail() was given.
  std::size_t read(std::uint64_t at, std::span<std::byte> buffer);

 private:
  std::filesystem::path directory_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  base::Fd file_;
  std::uint64_t written_ = 0;
  bool finished_ = false;
  std::exception_ptr failure_;
};

/// Reads a spool from its start.
class SpoolSource : public archive::ByteSource {
 public:
  explicit SpoolSource(std::shared_ptr<Spool> spool) : spool_(std::move(spool)) {}

  std::size_t read(std::span<std::byte> buffer) override;
  /// The first bytes, as many as fit unless there are fewer, without consuming them.
  std::size_t peek(std::span<std::byte> buffer);

 private:
  std::shared_ptr<Spool> spool_;
  std::uint64_t at_ = 0;
};

}  // namespace in
