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
/// Hashes every regular file below /tmp/tree: /tmp/out/digests has "SHA256  path\0", /tmp/out/modes "mode path\0".
extern const std::string_view digest_script;

/// apt's whole configuration: APT_CONFIG alone keeps the base's own apt.conf.d out.
extern const std::string_view apt_conf;

}  // namespace frontend
