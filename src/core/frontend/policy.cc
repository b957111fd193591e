#include "core/frontend/policy.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/bom/document.h"
#include "core/bom/license_expression.h"

namespace frontend {
namespace {

constexpr std::size_t max_shown = 20;  ///< violations of one row

template <class Row>
hcl::Range range_of(const Row& row) {
  return row.range;
}
hcl::Range range_of(const std::vector<recipe::Text>& row) { return row.empty() ? hcl::Range() : row.front().range; }

class Checker {
 public:
  Checker(const recipe::Recipe& recipe, const recipe::Policy& policy, std::string_view whose, const bom::Bill& bill,
          hcl::Diagnostics& diagnostics)
      : recipe_(recipe), policy_(policy), whose_(whose), bill_(bill), diagnostics_(diagnostics) {}

  void archives();
  void licenses();
  void sources();
  void set_id_files();
  void explained();
  void user(const oci::ImageConfig& config);

 private:
  /// Reports up to max_shown violations of one row.
  class Row {
   public:
    Row(Checker& checker, hcl::Range rule) : checker_(checker), rule_(rule) {}
    ~Row() {
      if (count_ > max_shown)
        checker_.report({}, "what " + std::to_string(count_ - max_shown) + " more have, of the same kind,", rule_);
    }
    void violation(hcl::Range place, const std::string& what) {
      if (++count_ <= max_shown) checker_.report(place, what, rule_);
    }

   private:
    Checker& checker_;
    hcl::Range rule_;
    std::size_t count_ = 0;
  };

  void report(hcl::Range place, const std::string& what, hcl::Range rule) {
    diagnostics_.error(place ? place : rule, what + " is not allowed by " + std::string(whose_), "",
                       place && rule ? std::optional(hcl::Related{rule, "the rule is here"}) : std::nullopt);
  }

  /// The package block of the recipe that brought a package in; no place for one of the base.
  hcl::Range place_of(const bom::Package& package) const {
    std::string asked = package.requested_by.empty() ? package.name : package.requested_by.front();
    for (const auto& block : recipe_.image.apt)
      for (const auto& one : block.packages)
        if (one.name.value.substr(0, one.name.value.find(':')) == asked) return one.range;
    return {};
  }
  hcl::Range place_of(const std::string& path) const {
    for (const auto& file : recipe_.image.files)
      if (path == file.destination.value || (file.directory && path.starts_with(file.destination.value + "/")))
        return file.destination.range;
    return {};
  }
  hcl::Range place_of(const bom::Repository& repository) const {
    for (const auto& block : recipe_.image.apt)
      for (const auto& line : block.repositories)
        if (line.value.find(repository.uri) != std::string::npos) return line.range;
    return {};
  }

  std::vector<const bom::Package*> packages() const {
    std::vector<const bom::Package*> out;  // those of the recipe first: the list of violations is cut
    for (const auto& package : bill_.changeset.packages) out.push_back(&package);
    for (const auto* package : bom::remaining_base_packages(bill_)) out.push_back(package);
    return out;
  }
  bool key_allowed(const std::string& signature) const;

  const recipe::Recipe& recipe_;
  const recipe::Policy& policy_;
  std::string_view whose_;
  const bom::Bill& bill_;
  hcl::Diagnostics& diagnostics_;
};

/// A signature counts when its key, or the primary key that it belongs to, is on the list.
bool Checker::key_allowed(const std::string& signature) const {
  auto listed = [&](const std::string& fingerprint) {
    return std::any_of(policy_.allowed_keys->begin(), policy_.allowed_keys->end(),
                       [&](const recipe::Text& allowed) { return allowed.value == fingerprint; });
  };
  if (listed(signature)) return true;
  for (const auto& key : bill_.apt.keys) {
    bool of_key = std::find(key.fingerprints.begin(), key.fingerprints.end(), signature) != key.fingerprints.end();
    if (of_key && listed(key.fingerprints.front())) return true;
  }
  return false;
}

void Checker::archives() {
  if (policy_.allowed_repositories) {
    Row row(*this, range_of(*policy_.allowed_repositories));
    for (const auto& repository : bill_.apt.repositories) {
      bool allowed =
          std::any_of(policy_.allowed_repositories->begin(), policy_.allowed_repositories->end(),
                      [&](const auto& pattern) { return recipe::uri_matches(pattern.value, repository.uri); });
      // The recipe's own lines are checked before the build.
      if (!allowed && !place_of(repository))
        row.violation({}, "repository " + base::quoted(repository.uri) + " of the base image");
    }
  }
  if (!policy_.allowed_keys) return;
  Row row(*this, range_of(*policy_.allowed_keys));
  for (const auto& repository : bill_.apt.repositories) {
    const auto& signatures = repository.signatures;
    bool allowed = std::any_of(signatures.begin(), signatures.end(), [&](const auto& one) { return key_allowed(one); });
    if (!allowed)
      row.violation(place_of(repository), "repository " + base::quoted(repository.uri + " " + repository.suite) +
                                              ", signed by " + base::join(signatures, ", ") + ",");
  }
}

void Checker::licenses() {
  auto check = [&](const std::vector<recipe::Text>& list, bool on_list) {
    Row row(*this, range_of(list));
    auto good = [&](const std::string& license) {
      std::string plain = license.substr(0, license.find(' '));
      bool listed = std::any_of(list.begin(), list.end(), [&](const recipe::Text& one) {
        return recipe::matches(one.value, license) || recipe::matches(one.value, plain);
      });
      return listed == on_list;
    };
    for (const bom::Package* package : packages()) {
      if (package->license.empty()) {
        if (on_list)
          row.violation(place_of(*package), "package " + base::quoted(package->name) + ", which declares no licence,");
        continue;
      }
      if (!bom::satisfied(bom::parse_expression(package->license), good))
        row.violation(place_of(*package),
                      "package " + base::quoted(package->name) + " with licence " + base::quoted(package->license));
    }
  };
  if (policy_.allowed_licenses) check(*policy_.allowed_licenses, true);
  if (policy_.denied_licenses) check(*policy_.denied_licenses, false);
}

void Checker::sources() {
  if (!policy_.require_archive_sources || !policy_.require_archive_sources->value) return;
  Row row(*this, policy_.require_archive_sources->range);
  for (const auto& package : bill_.changeset.packages)
    if (std::any_of(package.sources.begin(), package.sources.end(),
                    [](const bom::Source& source) { return std::holds_alternative<bom::Git>(source); }))
      row.violation(place_of(package), "package " + base::quoted(package.name) + ", whose source is in no archive,");
}

void Checker::set_id_files() {
  if (!policy_.allowed_setuid) return;
  Row row(*this, range_of(*policy_.allowed_setuid));
  if (!bill_.coverage && !recipe_.image.scratch)
    return row.violation(recipe_.image.base.range, "a base image whose files cannot be listed");
  std::vector<std::string> paths = bill_.coverage ? bill_.coverage->set_id : std::vector<std::string>();
  if (!bill_.coverage)
    for (const auto& file : bill_.changeset.files)
      if (file.mode.value_or(0) & 06000) paths.push_back(file.path);
  for (const auto& path : paths)
    if (std::none_of(policy_.allowed_setuid->begin(), policy_.allowed_setuid->end(),
                     [&](const recipe::Text& allowed) { return allowed.value == path; }))
      row.violation(place_of(path), "set-id file " + base::quoted(path));
}

void Checker::explained() {
  if (!policy_.require_explained || !policy_.require_explained->value) return;
  Row row(*this, policy_.require_explained->range);
  if (!bill_.coverage) {
    if (!recipe_.image.scratch) row.violation(recipe_.image.base.range, "a base image whose paths cannot be listed");
    return;
  }
  const auto& coverage = *bill_.coverage;
  for (const auto& path : coverage.unexplained) row.violation({}, "unexplained path " + base::quoted(path));
  if (!coverage.observed && !coverage.generated.empty())
    row.violation(recipe_.image.apt.empty() ? hcl::Range() : recipe_.image.apt.front().range,
                  "what scripts of packages made, " + std::to_string(coverage.generated.size()) +
                      " paths of which without `observe = true` nobody knows the author,");
}

void Checker::user(const oci::ImageConfig& config) {
  // The recipe's own user is checked before the build.
  if (!policy_.require_non_root || !policy_.require_non_root->value || recipe_.image.user) return;
  if (recipe::is_root(config.user))
    Row(*this, policy_.require_non_root->range)
        .violation(recipe_.image.base.range,
                   "user " + base::quoted(config.user.empty() ? "root" : config.user) + " of the base image");
}

}  // namespace

void check_policy(const recipe::Recipe& recipe, const recipe::Policy& policy, std::string_view whose,
                  const bom::Bill& bill, const oci::ImageConfig& config, hcl::Diagnostics& diagnostics) {
  Checker checker(recipe, policy, whose, bill, diagnostics);
  checker.archives();
  checker.licenses();
  checker.sources();
  checker.set_id_files();
  checker.explained();
  checker.user(config);
}

}  // namespace frontend
