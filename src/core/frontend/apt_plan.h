#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/deb/apt_output.h"
#include "core/deb/packages_index.h"
#include "core/deb/status.h"
#include "core/recipe/recipe.h"

namespace frontend {

/// What the resolve step wrote, as texts.
struct AptAnswers {
  std::string plan;         ///< apt-get -s install
  std::string uris;         ///< apt-get install --print-uris
  std::string binaries;     ///< apt-cache show
  std::string sources;      ///< apt-cache showsrc
  std::string source_uris;  ///< apt-get source --print-uris
  std::string base_uris;    ///< apt-get download --print-uris of the base's own packages
  std::string offers;       ///< apt-cache madison
};

/// A package that the build installs over the base.
struct PlannedPackage {
  deb::BinaryPackage binary;
  deb::Download download;                ///< pinned by SHA256
  std::vector<std::string> origins;      ///< archives that carry this version: "Label:Version/Suite"
  std::string replaces;                  ///< the base's version, for an upgrade
  bool requested = false;                ///< the recipe names it
  std::vector<std::string> chain;        ///< from a requested package to this one
  deb::SourceDownloads sources;          ///< .dsc first; empty when `vcs` stands in
  const recipe::Package* vcs = nullptr;  ///< the recipe's declaration, borrowed; set when used as the source
};

/// What the archive knows of a package that the base has, at just that version.
struct KnownPackage {
  std::optional<deb::Download> download;
  deb::SourceDownloads sources;  ///< .dsc first
};

struct AptPlan {
  std::vector<PlannedPackage> packages;    ///< in apt's order
  std::vector<deb::PlanStep> removed;      ///< what goes from the base
  std::vector<std::string> already_there;  ///< asked for, but in the base at a version that will do
  std::vector<KnownPackage> base;          ///< by index of the base's installed packages
};

/// The recipe's package that `package` is installed for: itself, or the one at the beginning of its chain.
hcl::Range asked_at(const recipe::Recipe& recipe, const PlannedPackage& package);

/// The files of each source package that `sources` describes and `source_uris` locates.
std::map<deb::SourceName, deb::SourceDownloads> sources_by_name(const AptAnswers& answers);

/// Puts apt's answers together and checks them against each other and against the recipe: every .deb has a SHA256,
/// every package a stanza and a source (or a declared vcs), every package asked for is there, pinned versions are kept.
/// Throws invalid: the recipe asks for what cannot be had, with its place; all packages without source in one error.
/// Throws corrupt: the answers contradict each other.
AptPlan read_plan(const AptAnswers& answers, const recipe::Recipe& recipe, const deb::PackageDatabase& base);

}  // namespace frontend
