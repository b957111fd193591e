#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "check/memory.h"
#include "core/name/platform.h"
#include "core/oci/timestamp.h"
#include "core/registry/puller.h"

namespace check {

/// Digests by tag.
using Digests = std::map<std::string, std::string, std::less<>>;

/// How long a tag's digest that was asked for counts as known where the newest tag has not moved since.
inline constexpr std::chrono::minutes settled_for{15};

/// What a check asks a registry, several tags at once, and what it remembers instead of asking.
class Lookup {
 public:
  /// Borrows all of it. With a `platform`, a tag that names an index has the digest of that platform's child, and is
  /// as good as absent if there is none. `log` gets words for people.
  Lookup(const registry::Puller& puller, Memory& memory, std::optional<name::Platform> platform,
         std::function<void(std::string_view)> log, std::stop_token stop);

  /// All tags in the registry's order, without those that are kept for referrers and signatures.
  std::vector<std::string> tags() const;

  /// The digests that `tags` have now, those that do not exist left out.
  Digests ask(const std::vector<std::string>& tags) const;
  /// The same, where what was learnt at most `age` ago will do.
  Digests recall(const std::vector<std::string>& tags, std::chrono::seconds age) const;
  /// Whether what is remembered about a tag is still true; false if nothing is. Asks.
  bool stands(const std::string& tag) const;
  /// Whether the registry still has the manifest.
  bool exists(const std::string& digest) const;

  /// When each image was made, by its config; of an index the image for `platform`. The epoch if it does not say; left
  /// out if there is nothing for the platform.
  std::map<std::string, oci::Timestamp> created(const Digests& images, const name::Platform& platform) const;

  std::stop_token stop() const { return stop_; }

 private:
  std::optional<std::string> ask_one(const std::string& tag, std::stop_token stop) const;
  std::optional<oci::Timestamp> created_one(const std::string& digest, const name::Platform& platform,
                                            std::stop_token stop) const;
  std::optional<std::string> child(const oci::Descriptor& index, std::stop_token stop) const;

  const registry::Puller& puller_;
  Memory& memory_;
  std::optional<name::Platform> platform_;
  std::function<void(std::string_view)> log_;
  std::stop_token stop_;
};

}  // namespace check
