#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/oci/descriptor.h"
#include "core/registry/puller.h"
#include "core/term/transfer_progress.h"
#include "in/spool.h"

namespace in {

/// What all downloads of one run share.
struct Line {
  const registry::Puller& puller;
  term::TransferProgress& progress;
  std::stop_token stop;
};

/// "9f2c41ab1234", for logs.
std::string short_hex(const oci::Descriptor& descriptor);

/// Downloads blobs in threads of its own, a few at a time and in order, each into a spool: constant memory whatever
/// their size. The first failure ends all of them, and is what each of them reports.
class Downloads {
 public:
  /// Starts at once. `directory` should be where the result goes: there is room.
  Downloads(const Line& line, const std::vector<oci::Descriptor>& blobs, const std::filesystem::path& directory);
  ~Downloads();  ///< cancels and waits

  /// Breaks off what still runs; readers are told that it was cancelled. Does not wait.
  void cancel();

  /// The blob `index`, as it arrives; once each, from any thread. Its space is free again when the source goes.
  std::unique_ptr<SpoolSource> take(std::size_t index);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Runs `task` for 0 … count-1, a few at a time in threads, and waits for all. The first failure asks the others to
/// stop and is thrown.
void in_parallel(std::size_t count, std::stop_token stop,
                 const std::function<void(std::size_t index, std::stop_token stop)>& task);

}  // namespace in
