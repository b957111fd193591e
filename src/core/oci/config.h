#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.h"
#include "core/name/platform.h"

namespace oci {

/// Docker's extension of the image config.
struct Healthcheck {
  std::vector<std::string> test = {};  ///< "NONE"; "CMD", arguments…; "CMD-SHELL", command
  std::chrono::nanoseconds interval{0}, timeout{0}, start_period{0}, start_interval{0};
  std::int64_t retries = 0;

  bool operator==(const Healthcheck&) const = default;
};

struct History {
  std::string created = {}, author = {}, created_by = {}, comment = {};
  bool empty_layer = false;

  bool operator==(const History&) const = default;
};

/// An image's configuration (image-spec 1.1, config.md). Lists that are null or absent are nullopt where the difference
/// from an empty list matters to who runs the image.
struct ImageConfig {
  std::string created = {};  ///< RFC 3339, as it came
  std::string author = {};
  std::string os = {}, architecture = {}, variant = {}, os_version = {};

  std::string user = {};
  std::vector<std::string> env = {};  ///< "K=V"
  std::optional<std::vector<std::string>> entrypoint = {}, cmd = {}, shell = {};
  std::string working_dir = {};
  std::map<std::string, std::string> labels = {};
  std::set<std::string> volumes = {}, exposed_ports = {};
  std::string stop_signal = {};
  std::optional<Healthcheck> healthcheck = {};
  std::vector<std::string> on_build = {};

  std::vector<base::Digest> diff_ids = {};  ///< of the uncompressed layers, base first
  std::vector<History> history = {};

  /// Absent if os or architecture is, or is no platform anybody could ask for.
  std::optional<name::Platform> platform() const;

  bool operator==(const ImageConfig&) const = default;
};

/// Throws invalid with the JSON path. Unknown fields are fine, wrong types are not.
ImageConfig parse_config(std::string_view bytes);
/// Deterministic bytes: the specification's order, compact, empty fields left out, maps sorted.
std::string write(const ImageConfig& config);

}  // namespace oci
