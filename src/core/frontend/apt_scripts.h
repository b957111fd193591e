#pragma once

#include <string_view>

namespace frontend {

/// What runs inside the base image. POSIX shell and awk: a minbase has nothing more.

/// What the next two begin with: reads /tmp/in/apt.conf, brings apt's lists up to date below /tmp/apt and leaves what
/// read_releases reads. All three exit with 0 and write /tmp/out/failed and errors when apt refuses, so that its words
/// come back in full; only a broken step fails the step.
extern const std::string_view update_script;
/// Resolves: reads /tmp/in/packages, writes what apt would do to /tmp/out.
extern const std::string_view resolve_script;
/// Looks up the packages of /tmp/in/packages themselves, without what they depend on: their .debs and their sources.
extern const std::string_view package_script;
/// Finds the copyright files of unpacked packages: /tmp/in/packages has "NUMBER NAME SOURCE SOURCE-VERSION" of the tree
/// at /tmp/packages/NUMBER; the file becomes /tmp/out/NUMBER.
extern const std::string_view copyright_script;
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
