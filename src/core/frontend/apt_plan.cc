#include "core/frontend/apt_plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/text.h"
#include "core/deb/package_name.h"
#include "core/deb/sources_index.h"

namespace frontend {
namespace {

using Identity = std::pair<std::string, std::string>;  // name and version

/// "jq:arm64" → "jq"
std::string bare(std::string_view name) { return std::string(name.substr(0, name.find(':'))); }

std::map<std::string, const recipe::Package*> asked_for(const recipe::Recipe& recipe) {
  std::map<std::string, const recipe::Package*> out;
  for (const auto& block : recipe.image.apt)
    for (const auto& package : block.packages) {
      const auto*& slot = out[bare(package.name.value)];
      // A package may stand in several blocks; the one that says more counts.
      if (!slot || (!slot->vcs && package.vcs) || (!slot->version && package.version)) slot = &package;
    }
  return out;
}

bool declared_source_counts(const recipe::Recipe& recipe, const recipe::Package* package) {
  for (const auto& block : recipe.image.apt)
    for (const auto& other : block.packages)
      if (&other == package) return block.source_policy.value == recipe::Apt::SourcePolicy::declared;
  return false;
}

/// The stanza that describes `download`: name and version may stand in several archives, the hash tells them apart.
const deb::BinaryPackage& stanza_of(const std::multimap<Identity, deb::BinaryPackage>& stanzas,
                                    const deb::PlanStep& step, const deb::Download& download) {
  auto [first, last] = stanzas.equal_range({bare(step.name), step.version});
  for (; first != last; ++first)
    if (first->second.hash == download.hash && first->second.size == download.size) return first->second;
  throw base::Error(base::Kind::corrupt, "apt plans to install " + base::quoted(step.name) + " " +
                                             base::quoted(step.version) + " but shows no such package");
}

const deb::Download& download_of(const std::map<std::string, deb::Download>& downloads, const deb::PlanStep& step) {
  auto found = downloads.find(deb::cache_file_name(bare(step.name), step.version, step.architecture));
  if (found == downloads.end())
    throw base::Error(base::Kind::corrupt, "apt plans to install " + base::quoted(step.name) + " " +
                                               base::quoted(step.version) + " but does not say where from");
  if (found->second.hash.algorithm != "sha256")
    throw base::Error(base::Kind::unsupported,
                      "the archive gives no SHA256 for " + base::quoted(step.name) + " (" + found->second.uri + ")")
        .fix("use a repository whose Packages index lists SHA256");
  return found->second;
}

/// One sentence for a package that no deb-src knows.
std::string without_source(const PlannedPackage& package) {
  std::string out = "  no source for " + base::quoted(package.binary.name) + " " + package.binary.version + " (from " +
                    base::printable(package.download.uri) + "): no deb-src line has source " +
                    base::quoted(package.binary.source.name) + " " + package.binary.source.version;
  if (package.chain.size() > 1) out += "; pulled in by " + base::join(package.chain, " → ");
  return out;
}

[[noreturn]] void throw_missing_sources(const recipe::Recipe& recipe,
                                        const std::vector<const PlannedPackage*>& missing) {
  const auto& first = *missing.front();
  auto error = recipe::error_at(recipe, asked_at(recipe, first),
                                missing.size() == 1 ? "package " + base::quoted(first.binary.name) + " has no source"
                                                    : std::to_string(missing.size()) + " packages have no source");
  for (const auto* package : missing) error.note(without_source(*package));
  error.fix("add the repository's deb-src line to the apt block, or declare it: package \"" + first.binary.name +
            "\" { vcs \"git\" { repository = \"…\" ref = \"…\" } }");
  throw error;
}

std::vector<KnownPackage> known_packages(const AptAnswers& answers, const deb::PackageDatabase& base,
                                         const std::map<deb::SourceName, deb::SourceDownloads>& sources) {
  std::map<std::string, deb::Download> downloads;
  for (auto& download : deb::parse_print_uris(answers.base_uris)) downloads.emplace(download.name, std::move(download));
  std::vector<KnownPackage> out(base.installed.size());
  for (std::size_t i = 0; i < out.size(); i++) {
    const auto& installed = base.installed[i];
    auto file = downloads.find(deb::cache_file_name(installed.name, installed.version, installed.architecture));
    if (file != downloads.end() && file->second.hash.algorithm == "sha256") out[i].download = file->second;
    if (auto source = sources.find(installed.source); source != sources.end()) out[i].sources = source->second;
  }
  return out;
}

}  // namespace

hcl::Range asked_at(const recipe::Recipe& recipe, const PlannedPackage& package) {
  const auto asked = asked_for(recipe);
  auto found = asked.find(package.chain.empty() ? package.binary.name : package.chain.front());
  if (found != asked.end()) return found->second->range;
  return recipe.image.apt.empty() ? recipe.image.range : recipe.image.apt.front().range;
}

std::map<deb::SourceName, deb::SourceDownloads> sources_by_name(const AptAnswers& answers) {
  // A group of URIs is known by its .dsc: the stanza that lists the same hash says name and version.
  std::map<deb::Hash, deb::SourceDownloads> groups;
  for (auto& group : deb::parse_source_uris(answers.source_uris)) groups.emplace(group.front().hash, std::move(group));
  std::map<deb::SourceName, deb::SourceDownloads> out;
  for (const auto& package : deb::parse_sources(answers.sources)) {
    auto found = groups.find(package.files.front().hash);
    if (found != groups.end()) out.emplace(package.source, found->second);
  }
  return out;
}

AptPlan read_plan(const AptAnswers& answers, const recipe::Recipe& recipe, const deb::PackageDatabase& base) {
  AptPlan plan;
  auto asked = asked_for(recipe);
  std::map<std::string, deb::Download> downloads;
  for (auto& download : deb::parse_print_uris(answers.uris)) downloads.emplace(download.name, std::move(download));
  std::multimap<Identity, deb::BinaryPackage> stanzas;
  for (auto& stanza : deb::parse_packages(answers.binaries)) {
    Identity key{stanza.name, stanza.version};
    stanzas.emplace(std::move(key), std::move(stanza));
  }
  auto sources = sources_by_name(answers);

  std::vector<deb::BinaryPackage> installed;
  for (const auto& step : deb::parse_plan(answers.plan)) {
    if (step.action == deb::PlanStep::Action::remove || step.action == deb::PlanStep::Action::purge)
      plan.removed.push_back(step);
    if (step.action != deb::PlanStep::Action::install) continue;
    PlannedPackage package;
    package.download = download_of(downloads, step);
    package.binary = stanza_of(stanzas, step, package.download);
    package.origins = step.origins;
    package.replaces = step.old_version;
    package.requested = asked.contains(package.binary.name);
    installed.push_back(package.binary);
    plan.packages.push_back(std::move(package));
  }

  std::vector<std::string> requested;
  for (const auto& [package_name, package] : asked) requested.push_back(package_name);
  auto chains = deb::requested_by(installed, requested);
  std::vector<const PlannedPackage*> missing;
  for (auto& package : plan.packages) {
    if (auto chain = chains.find(package.binary.name); chain != chains.end()) package.chain = chain->second;
    if (auto source = sources.find(package.binary.source); source != sources.end()) {
      package.sources = source->second;
      continue;
    }
    auto declared = asked.find(package.binary.name);
    if (declared != asked.end() && declared->second->vcs && declared_source_counts(recipe, declared->second))
      package.vcs = declared->second;
    else
      missing.push_back(&package);
  }
  if (!missing.empty()) throw_missing_sources(recipe, missing);

  for (const auto& [package_name, package] : asked) {
    auto planned = std::find_if(plan.packages.begin(), plan.packages.end(),
                                [&](const PlannedPackage& other) { return other.binary.name == package_name; });
    const auto* there = base.find(package_name);
    if (planned == plan.packages.end() && !there)
      throw recipe::error_at(recipe, package->name.range,
                             "apt did not install " + base::quoted(package_name) + " and the base does not have it");
    std::string version = planned != plan.packages.end() ? planned->binary.version : there->version;
    if (package->version && package->version->value != version)
      throw recipe::error_at(recipe, package->version->range,
                             "package " + base::quoted(package_name) + " would be installed at " +
                                 base::quoted(version) + ", not at " + base::quoted(package->version->value));
    if (planned == plan.packages.end()) plan.already_there.push_back(package_name);
  }
  plan.base = known_packages(answers, base, sources);
  return plan;
}

}  // namespace frontend
