#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/recipe/recipe.h"

/// The little languages inside a recipe's strings. Each takes a non-empty text, returns it in its one normal form, and
/// throws base::Error (invalid) that says what is wrong with it, with a fix where there is one.
namespace recipe::syntax {

/// "/a//b/./c/" → "/a/b/c". No "..", no part of more than 255 bytes.
std::string absolute_path(std::string_view text);
/// "./a//b/" → "a/b"; "." when nothing is left. No "..", no '/' in front.
std::string relative_path(std::string_view text);

/// "0755", "4755", "644": octal permission bits with set-uid, set-gid and sticky.
std::uint32_t file_mode(std::string_view text);
/// "user", "user:group", "1000:1000".
Owner owner(std::string_view text);
/// "8080" → "8080/tcp"; tcp, udp or sctp, 1 to 65535.
std::string exposed_port(std::string_view text);
/// "TERM" → "SIGTERM"; also "SIGRTMIN+3" and numbers from 1 to 64.
std::string stop_signal(std::string_view text);
/// As Go writes them: "30s", "1m30s", "1.5h", "100ms"; at least 1 ms and at most a year.
std::chrono::nanoseconds duration(std::string_view text);
/// "1048576", "200MiB", "1.5 GB".
std::uint64_t byte_size(std::string_view text);

/// A Debian package as "name" or "name:arch", nothing that apt would take for something else ("name-", "name/suite").
std::string package_name(std::string_view text);
/// A Debian version, for equality only.
std::string package_version(std::string_view text);
/// One line of sources.list(5), single blanks between its words: deb or deb-src, http or https, signatures checked.
std::string repository_line(std::string_view text);
/// "20240131" → "20240131T000000Z"; also with the time. A date that exists.
std::string snapshot_time(std::string_view text);
/// The OpenPGP fingerprint of a key, 40 or 64 hex digits, without blanks and in upper case.
std::string fingerprint(std::string_view text);

/// http or https with a host, no password; blanks around it are taken away.
std::string http_uri(std::string_view text);
/// "sha256:…".
std::string sha256_digest(std::string_view text);

}  // namespace recipe::syntax
