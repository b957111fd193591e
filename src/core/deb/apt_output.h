#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/deb/hash.h"

namespace deb {

/// One line of `apt-get --print-uris`: 'URI' NAME SIZE HASH.
struct Download {
  std::string uri;   ///< as apt prints it: '~' is %7e, '+' is %2b
  std::string name;  ///< cache file name: epoch kept, ':' as %3a
  std::uint64_t size = 0;
  Hash hash;
  bool operator==(const Download&) const = default;
};

/// The output of `apt-get -qq install --print-uris` (with Acquire::ForceHash=SHA256). Other lines that apt prints are
/// refused. Throws invalid with line and text: a missing hash, a wrong length, a URI without scheme, a name with '/'.
std::vector<Download> parse_print_uris(std::string_view text);

/// The name that apt gives a .deb in its cache: NAME_VERSION_ARCH.deb with ':' as %3a.
std::string cache_file_name(std::string_view package, std::string_view version, std::string_view architecture);

/// One line of `apt-get -s install`.
struct PlanStep {
  enum class Action { install, configure, remove, purge };
  Action action = Action::install;
  std::string name;
  std::string version;               ///< "" for remove and purge
  std::string old_version;           ///< [OLD]: what an upgrade replaces, or what goes; "" for a new package
  std::string architecture;          ///< "amd64", "all"; "" for remove and purge
  std::vector<std::string> origins;  ///< "Debian:12.11/stable"; two when both archives carry that version
  bool operator==(const PlanStep&) const = default;
};

/// The Inst, Conf, Remv and Purg lines of `apt-get -s`, in order; all other lines are passed over. Throws invalid when
/// one of those four cannot be read.
std::vector<PlanStep> parse_plan(std::string_view text);

/// One group of `apt-get -qq source --print-uris`: the files of one source package, its .dsc first.
using SourceDownloads = std::vector<Download>;

/// A group starts at each .dsc. Throws as parse_print_uris, and when the first line is no .dsc.
std::vector<SourceDownloads> parse_source_uris(std::string_view text);

}  // namespace deb
