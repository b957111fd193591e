#pragma once

#include <string_view>

namespace frontend {

/// What runs inside the base image. POSIX shell and awk: a minbase has nothing more.

/// Resolves: reads /tmp/in/{apt.conf,packages}, writes what apt would do to /tmp/out. Exits with 0 and writes
/// /tmp/out/failed when apt refuses, so that its words come back in full; only a broken step fails the step.
extern const std::string_view resolve_script;
/// Installs /tmp/debs/*.deb without network or lists, then takes away what differs from build to build; what it took
/// away that the base did not have is listed in /tmp/out/removed.
extern const std::string_view install_script;
/// Stands in for dpkg while install_script runs with ESTALEIRO_OBSERVE set, and notes which step changed which path.
extern const std::string_view observing_dpkg;
/// Lists the tree at /tmp/tree and what dpkg knows of it: /tmp/out/{paths,lists,sums,wrong,diversions,alternatives,
/// copyright}. `wrong` has what md5sum -c says of files that are not as their package brought them.
extern const std::string_view account_script;
/// Hashes every regular file below /tmp/tree: /tmp/out/digests has "SHA256  path\0", /tmp/out/modes "mode path\0",
/// /tmp/out/others "path\0" of all that is no regular file.
extern const std::string_view digest_script;

/// apt's whole configuration: APT_CONFIG alone keeps the base's own apt.conf.d out.
extern const std::string_view apt_conf;

}  // namespace frontend
