#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/oci/manifest.h"
#include "core/remote/repository.h"

namespace remote {

/// Collects the .debs of a build in the registry, and ties them to its image once that is known.
class InputKeeper {
 public:
  /// Borrows `repository`.
  InputKeeper(const Repository& repository, std::stop_token stop) : repository_(repository), stop_(stop) {}

  /// Uploads one, unless the registry has it. What was added before counts once: a build may begin anew.
  void add(const std::string& file_name, const base::Digest& digest, std::string_view bytes);
  /// Stores the artifact that refers to `image`; nothing when nothing was added.
  void finish(const oci::Descriptor& image) const;

 private:
  const Repository& repository_;
  std::stop_token stop_;
  std::vector<oci::Descriptor> layers_;
};

/// The .debs that were kept with the image that a lock speaks of. Thread-safe.
class KeptInputs {
 public:
  /// Nothing is asked before the first fetch. `directory` gets the files.
  KeptInputs(const Repository& repository, std::string image_digest, std::filesystem::path directory,
             std::stop_token stop);
  /// Fetches the blob of that digest into the directory, checked; returns the file's name, "" if it was not kept.
  std::string fetch(const base::Digest& digest);

 private:
  const Repository& repository_;
  std::string image_digest_;
  std::filesystem::path directory_;
  std::stop_token stop_;
  std::mutex mutex_;
  std::optional<std::vector<oci::Descriptor>> layers_;
};

}  // namespace remote
