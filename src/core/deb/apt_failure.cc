#include "core/deb/apt_failure.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "core/base/text.h"

namespace deb {
namespace {

using base::Kind;
using base::quoted;
using Captures = std::vector<std::string_view>;

constexpr std::size_t max_findings = 20;
constexpr std::size_t max_output = 1 << 20;

/// One complaint of apt in our words.
struct Finding {
  Kind kind = Kind::failed;
  std::string message;
  std::string fix;
  std::string_view follows = {};  ///< the URI whose own complaint, if there is one, makes this one superfluous
};

/// A line that begins with `pattern`, in which each "{}" stands for the shortest text up to what follows it; a "{}" at
/// the end takes the rest.
std::optional<Captures> match(std::string_view pattern, std::string_view line) {
  Captures out;
  for (;;) {
    auto hole = pattern.find("{}");
    std::string_view literal = pattern.substr(0, hole);
    if (!line.starts_with(literal)) return std::nullopt;
    line.remove_prefix(literal.size());
    if (hole == std::string_view::npos) return out;
    pattern.remove_prefix(hole + 2);
    std::string_view next = pattern.substr(0, pattern.find("{}"));
    auto end = next.empty() ? line.size() : line.find(next);
    if (end == std::string_view::npos) return std::nullopt;
    out.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

/// "http://host/debian bookworm InRelease" without its last word.
std::string repository(std::string_view text) {
  for (std::string_view file : {" InRelease", " Release"})
    if (text.ends_with(file)) text.remove_suffix(file.size());
  return "repository " + quoted(text);
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

Finding fetch_failure(const Captures& found) {
  std::string_view reason = base::trim(found[1]);
  // What an administrator sees as "[IP: …]" helps nobody who reads a recipe.
  reason = base::trim(reason.substr(0, reason.find("[IP:")));
  std::string message = "cannot fetch " + quoted(found[0]) + ": " + base::printable(reason);
  if (contains(reason, "Could not resolve") || contains(reason, "Temporary failure resolving"))
    return {Kind::unavailable, message, "check the host's name, and that the build's network reaches a name server"};
  if (contains(reason, "Hash Sum mismatch") || contains(reason, "unexpected size"))
    return {Kind::corrupt, message, "the mirror is probably being updated: try again, or use another mirror"};
  if (contains(reason, "Certificate verification failed") || contains(reason, "certificate"))
    return {Kind::denied, message,
            "the build's base needs CA certificates that vouch for this host, or use the archive's http:// address"};
  if (contains(reason, "401 ") || contains(reason, "403 ") || contains(reason, "407 "))
    return {Kind::denied, message, "the archive or a proxy wants credentials or refuses this address"};
  if (contains(reason, "404 "))
    return {Kind::not_found, message,
            "check the repository's URI, suite and components; a package may have left the pool"};
  if (contains(reason, "Clearsigned file isn't valid"))
    return {Kind::unavailable, message,
            "something between here and the archive answers in its place: a login page or proxy"};
  if (contains(reason, "No space left")) return {Kind::failed, message, "the disk of the build engine is full"};
  return {Kind::unavailable, message, "check that the build's network reaches this host"};
}

Finding missing_keys(std::string_view name, std::string_view rest) {
  std::vector<std::string> keys;
  for (auto at = rest.find("NO_PUBKEY "); at != std::string_view::npos; at = rest.find("NO_PUBKEY ", at + 1)) {
    std::string_view key = rest.substr(at + 10);
    keys.push_back(base::printable(key.substr(0, key.find_first_not_of("0123456789ABCDEFabcdef"))));
  }
  return {Kind::denied, repository(name) + " is signed with " + base::join(keys, ", ") + ", and no such key was given",
          "add a `key` block with the repository's key to the `apt` block, or correct its signed-by= option"};
}

Finding signature_failure(std::string_view name, std::string_view reason) {
  if (contains(reason, "NO_PUBKEY ")) return missing_keys(name, reason);
  std::string message = "the signature of " + repository(name) + " is not good: " + base::printable(base::trim(reason));
  if (contains(reason, "EXPKEYSIG") || contains(reason, "expired"))
    return {Kind::denied, message, "the key has expired: get the repository's current one"};
  if (contains(reason, "Missing key"))
    return {Kind::denied, message, "add a `key` block with that key to the `apt` block"};
  return {Kind::denied, message, "check that the key given is the repository's own"};
}

Finding unknown_package(const Captures& found) {
  std::string message = "package " + quoted(found[0]) + " is in none of the repositories";
  if (contains(found[0], ":"))
    return {Kind::invalid, message, "dpkg in the base image must know the architecture behind the ':'"};
  return {Kind::invalid, message, "check the name, or add the repository that has it to the `apt` block"};
}

struct Rule {
  std::string_view pattern;
  Finding (*explain)(const Captures&);
};

/// What apt 2.2 to 3.0 says, without "E: " or "W: ", in the C locale.
constexpr Rule rules[] = {
    {"Unable to locate package {}", unknown_package},
    {"Package '{}' has no installation candidate",
     [](const Captures& f) -> Finding {
       return {Kind::invalid,
               "package " + quoted(f[0]) + " cannot be installed: it is a virtual name, or no repository carries it",
               "name a real package that provides it, or add the repository that has it"};
     }},
    {"Version '{}' for '{}' was not found",
     [](const Captures& f) -> Finding {
       return {Kind::invalid, "package " + quoted(f[1]) + " has no version " + quoted(f[0]) + " in the repositories",
               "leave `version` out for the newest, or give one that the archive still carries"};
     }},
    {"Release '{}' for '{}' was not found",
     [](const Captures& f) -> Finding {
       return {Kind::invalid, "package " + quoted(f[1]) + " has no release " + quoted(f[0]) + " in the repositories",
               ""};
     }},
    {"Failed to fetch {}  {}", fetch_failure},
    {"GPG error: {}: {}", [](const Captures& f) { return signature_failure(f[0], f[1]); }},
    {"An error occurred during the signature verification. {}GPG error: {}: {}",
     [](const Captures& f) { return signature_failure(f[1], f[2]); }},
    {"OpenPGP signature verification failed: {}: {}", [](const Captures& f) { return signature_failure(f[0], f[1]); }},
    {"The repository '{}' is not signed.",
     [](const Captures& f) -> Finding {
       return {Kind::denied, repository(f[0]) + " is not signed", "use an archive that signs its Release file",
               f[0].substr(0, f[0].find(' '))};
     }},
    {"The repository '{}' does not have a Release file.",
     [](const Captures& f) -> Finding {
       return {Kind::invalid, repository(f[0]) + " does not exist: there is no Release file",
               "check the URI and the spelling of the suite"};
     }},
    {"The repository '{}' no longer has a Release file.",
     [](const Captures& f) -> Finding {
       return {Kind::invalid, repository(f[0]) + " is gone: there is no Release file any more",
               "the suite may have moved to an archive of old releases"};
     }},
    {"Release file for {} is expired ({}){}",
     [](const Captures& f) -> Finding {
       return {Kind::unavailable, "the index " + quoted(f[0]) + " is too old (" + base::printable(f[1]) + ")",
               "the mirror no longer follows its archive, or the clock of the build engine is wrong"};
     }},
    {"Release file for {} is not valid yet ({}){}",
     [](const Captures& f) -> Finding {
       return {Kind::unavailable, "the index " + quoted(f[0]) + " is of the future (" + base::printable(f[1]) + ")",
               "set the clock of the build engine"};
     }},
    {"Skipping acquire of configured file '{}' as repository '{}' doesn't have the component '{}'{}",
     [](const Captures& f) -> Finding {
       return {Kind::invalid, repository(f[1]) + " has no component " + quoted(f[2]),
               "check the spelling of the component"};
     }},
    {"Skipping acquire of configured file '{}' as repository '{}' does{}seem to provide it{}",
     [](const Captures& f) -> Finding {
       bool source = contains(f[0], "source/");
       return {Kind::invalid, repository(f[1]) + " does not have " + quoted(f[0]),
               source ? "it publishes no sources: leave its deb-src line out and declare the packages' `vcs`"
                      : "check the entry's suite and components"};
     }},
    {"Type '{}' is not known on {}",
     [](const Captures& f) -> Finding {
       return {Kind::invalid, "repository type " + quoted(f[0]) + " is neither deb nor deb-src", ""};
     }},
    {"Malformed {} in {} ({})",
     [](const Captures& f) -> Finding {
       return {Kind::invalid, "apt cannot read repository " + base::printable(f[0]) + ": " + base::printable(f[2]),
               "write it as: deb URI SUITE COMPONENT…"};
     }},
    {"Can not find version '{}' of package '{}'",
     [](const Captures& f) -> Finding {
       return {Kind::not_found, "no deb-src line has source " + quoted(f[1]) + " " + quoted(f[0]),
               "add a deb-src line for the repository it comes from, or declare its `vcs`"};
     }},
    {"Unable to find a source package for {}",
     [](const Captures& f) -> Finding {
       return {Kind::not_found, "no deb-src line has a source for " + quoted(f[0]),
               "add a deb-src line for the repository it comes from, or declare its `vcs`"};
     }},
    {"You must put some 'deb-src' URIs in your sources.list",
     [](const Captures&) -> Finding {
       return {Kind::not_found, "there is no deb-src line", "add a deb-src line to the `apt` block"};
     }},
    {"Error reading from server{}",
     [](const Captures&) -> Finding {
       return {Kind::unavailable, "the archive closed the connection", "try again"};
     }},
};

/// Said after the real reason: worth nothing alone.
constexpr std::string_view consequences[] = {
    "Some index files failed to download", "The list of sources could not be read", "Couldn't find any package by",
    "Unable to fetch some archives",       "Sub-process returned an error code",
};

/// The lines of the "unmet dependencies" block (and of apt 3's numbered reasons), one each: "perl: Depends: …".
std::vector<std::string> unmet_dependencies(std::string_view output) {
  std::vector<std::string> out;
  bool inside = false;
  std::string package;
  for (std::string_view line : base::split(output, '\n')) {
    if (contains(line, "unmet dependencies:") || contains(line, "Reached two conflicting assignments:") ||
        contains(line, "Unable to satisfy dependencies.")) {
      inside = true;
    } else if (inside && line.starts_with(' ')) {
      std::string_view text = base::trim(line);
      if (auto colon = text.find(" : "); colon != std::string_view::npos) {
        package = base::printable(text.substr(0, colon)) + ": ";
        text = text.substr(colon + 3);
      }
      if (out.size() < max_findings) out.push_back(package + base::printable(base::trim(text)));
    } else if (inside && !base::trim(line).empty()) {
      break;
    }
  }
  return out;
}

bool is_dependency_failure(std::string_view line) {
  return contains(line, "held broken packages") || contains(line, "Unmet dependencies") ||
         contains(line, "pkgProblemResolver::Resolve generated breaks") ||
         contains(line, "Unable to satisfy dependencies");
}

std::optional<Finding> explain_line(std::string_view line) {
  for (const Rule& rule : rules)
    if (auto captures = match(rule.pattern, line)) return rule.explain(*captures);
  if (contains(line, "No space left on device"))
    return Finding{Kind::failed, "apt has no room left: " + base::printable(line),
                   "the disk of the build engine is full"};
  return std::nullopt;
}

void add(std::vector<Finding>& findings, Finding finding) {
  auto same = [&](const Finding& other) { return other.message == finding.message; };
  if (findings.size() < max_findings && std::none_of(findings.begin(), findings.end(), same))
    findings.push_back(std::move(finding));
}

/// Takes out what another finding explains better.
void drop_consequences(std::vector<Finding>& findings) {
  auto explained = [&](const Finding& finding) {
    return !finding.follows.empty() && std::any_of(findings.begin(), findings.end(), [&](const Finding& other) {
      return other.follows.empty() && contains(other.message, finding.follows);
    });
  };
  std::vector<Finding> kept;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(kept), std::not_fn(explained));
  findings = std::move(kept);
}

/// What stands below dpkg's "Errors were encountered while processing:".
std::vector<std::string> packages_dpkg_failed_on(std::string_view output) {
  std::vector<std::string> out;
  constexpr std::string_view heading = "Errors were encountered while processing:";
  auto at = output.find(heading);
  if (at == std::string_view::npos) return out;
  for (std::string_view line : base::split(output.substr(at + heading.size()), '\n')) {
    if (base::trim(line).empty()) continue;
    if (!line.starts_with(' ') || out.size() == max_findings) break;
    out.push_back(base::printable(base::trim(line)));
  }
  return out;
}

base::Error to_error(const std::vector<Finding>& findings) {
  base::Error error(findings[0].kind, findings[0].message);
  for (std::size_t i = 1; i < findings.size(); i++) error.note("also: " + findings[i].message);
  for (const Finding& finding : findings)
    if (!finding.fix.empty()) error.fix(finding.fix);
  return error;
}

}  // namespace

base::Error explain_apt_failure(std::string_view output) {
  output = output.substr(0, max_output);
  std::vector<Finding> findings;
  std::vector<std::string> unexplained;
  bool dependencies = false;
  for (std::string_view line : base::split(output, '\n')) {
    line = base::trim(line);
    bool error = line.starts_with("E: ");
    if (!error && !line.starts_with("W: ")) continue;
    std::string_view text = line.substr(3);
    if (error && is_dependency_failure(text)) {
      dependencies = true;
    } else if (auto finding = explain_line(text)) {
      add(findings, std::move(*finding));
    } else if (error && unexplained.size() < max_findings &&
               std::none_of(std::begin(consequences), std::end(consequences),
                            [&](std::string_view known) { return text.starts_with(known); })) {
      unexplained.push_back(base::printable(text.substr(0, 1000)));
    }
  }
  drop_consequences(findings);
  if (!findings.empty()) return to_error(findings);
  if (dependencies) {
    base::Error error(Kind::invalid, "the packages cannot be installed together");
    for (std::string& line : unmet_dependencies(output)) error.note(std::move(line));
    return error.fix("a pinned `version` or an extra repository probably rules out what another package needs");
  }
  if (auto packages = packages_dpkg_failed_on(output); !packages.empty())
    return base::Error(Kind::failed, "dpkg failed on " + base::join(packages, ", "));
  if (unexplained.empty()) unexplained.emplace_back("it gave no reason");
  base::Error error(Kind::failed, "apt failed: " + unexplained[0]);
  for (std::size_t i = 1; i < unexplained.size(); i++) error.note("also: " + unexplained[i]);
  return error;
}

void refuse_apt_warnings(std::string_view output) {
  std::vector<Finding> findings;
  for (std::string_view line : base::split(output.substr(0, max_output), '\n')) {
    line = base::trim(line);
    bool grave = line.starts_with("W: Skipping acquire of configured file") ||
                 line.starts_with("W: Failed to fetch ") || line.starts_with("W: GPG error") ||
                 line.starts_with("W: An error occurred during the signature") ||
                 line.starts_with("W: OpenPGP signature verification failed");
    if (!grave) continue;
    if (auto finding = explain_line(line.substr(3))) add(findings, std::move(*finding));
  }
  drop_consequences(findings);
  if (!findings.empty()) throw to_error(findings);
  if (contains(output, "W: Some index files failed to download"))
    throw base::Error(Kind::unavailable, "some of the repositories could not be asked");
}

}  // namespace deb
