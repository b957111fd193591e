#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/deb/os_release.h"

namespace deb {

/// One entry of apt's sources: what one line of sources.list(5) says. A deb822 stanza with several types, URIs or
/// suites becomes several of these.
struct Repository {
  enum class Type { deb, deb_src };
  Type type = Type::deb;
  std::string uri;                         ///< as written
  std::string suite;                       ///< "bookworm"; ends in '/' for a flat repository
  std::vector<std::string> components;     ///< empty exactly when flat
  std::vector<std::string> architectures;  ///< arch=; empty means dpkg's
  std::string signed_by;                   ///< path of a keyring or fingerprints, as written; "" if none
  std::string key;                         ///< an ASCII-armoured key given inline (deb822 only); then signed_by is ""
  std::map<std::string, std::string> options;  ///< the others, by their sources.list(5) name: "by-hash", "pdiffs", …
  bool operator==(const Repository&) const = default;

  bool flat() const { return suite.ends_with('/'); }
  /// http or https: what can be asked from within a build.
  bool remote() const;
  /// URI of a file that the repository's indexes name ("pool/main/j/jq/…"; for a flat repository below its suite).
  std::string file_uri(std::string_view path) const;
  /// URI of its InRelease file.
  std::string in_release_uri() const;
};

/// More entries than this are refused.
inline constexpr std::size_t max_repositories = 1000;

/// One line "deb [opt=value …] URI SUITE [COMPONENT …]" as a recipe gives it: http or https only. Throws invalid with
/// the reason: unknown type, malformed or unknown option, no suite, a suite with '/' end and components or the reverse;
/// and denied for options that switch the signature check off (trusted=yes, allow-insecure=yes, allow-weak=yes,
/// allow-downgrade-to-insecure=yes).
Repository parse_repository(std::string_view line);

/// A sources.list: one entry a line, comments and blank lines passed over. Any URI scheme that apt knows. Throws as
/// parse_repository, naming `file` and line.
std::vector<Repository> parse_sources_list(std::string_view text, std::string_view file);

/// A deb822 *.sources file; stanzas with "Enabled: no" are passed over. Throws as parse_sources_list.
std::vector<Repository> parse_sources_stanzas(std::string_view text, std::string_view file);

/// The one-line form, options in a fixed order. A Repository with an inline key cannot be printed: write the key to a
/// file and set signed_by first. Throws invalid.
std::string to_line(const Repository& repository);

/// `repositories` without repetitions, each deb entry followed by its deb-src twin unless that is there already (a deb
/// and a deb-src are twins when all else is equal, architectures and order of the components aside).
std::vector<Repository> with_sources(std::vector<Repository> repositories);

/// The suite that security updates come from, when the list has the distribution's release suite but not that:
/// "bookworm-security" for Debian 11 and later, "buster/updates" before, "noble-security" for Ubuntu. "" when present,
/// when there is none (testing and sid have none of their own), or when the distribution is another.
std::string missing_security_suite(const std::vector<Repository>& repositories, const OsRelease& os);

}  // namespace deb
