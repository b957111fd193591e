#include <algorithm>

#include "core/base/text.h"
#include "core/recipe/recipe.h"

namespace recipe {
namespace {

/// The URI in a line that load has put into its normal form.
std::string_view uri_of(std::string_view line) {
  std::string_view rest = line.substr(line.find(' ') + 1);
  if (rest.starts_with('[')) rest.remove_prefix(std::min(rest.find("] ") + 2, rest.size()));
  return rest.substr(0, rest.find(' '));
}

class PolicyChecker {
 public:
  PolicyChecker(const Recipe& recipe, const Policy& policy, std::string_view whose, hcl::Diagnostics& diagnostics)
      : recipe_(recipe), policy_(policy), whose_(whose), diagnostics_(diagnostics) {}

  void run() {
    if (policy_.allowed_bases) {
      check_base(recipe_.image.base);
      for (const File& file : recipe_.image.files) {
        if (const auto* image = std::get_if<FromImage>(&file.origin)) check_base(image->reference);
        if (const auto* package = std::get_if<FromPackage>(&file.origin); package && package->image)
          check_base(*package->image);
      }
    }
    if (policy_.allowed_repositories) check_repositories();
    if (policy_.require_commits && policy_.require_commits->value) check_commits();
    if (policy_.require_non_root && policy_.require_non_root->value && recipe_.image.user) check_user();
  }

 private:
  void report(hcl::Range range, const std::string& what, hcl::Range rule) {
    diagnostics_.error(range, what + " is not allowed by " + std::string(whose_), "",
                       rule ? std::optional(hcl::Related{rule, "the rule is here"}) : std::nullopt);
  }

  static hcl::Range range_of(const std::vector<Text>& rule) {
    return rule.empty() ? hcl::Range() : hcl::join(rule.front().range, rule.back().range);
  }

  void check_base(const Text& reference) {
    const auto& rule = *policy_.allowed_bases;
    const bool allowed = std::any_of(rule.begin(), rule.end(),
                                     [&](const Text& pattern) { return matches(pattern.value, reference.value); });
    if (!allowed) report(reference.range, "image " + base::quoted(reference.value), range_of(rule));
  }

  void check_repositories() {
    const auto& rule = *policy_.allowed_repositories;
    for (const Apt& apt : recipe_.image.apt) {
      for (const Text& line : apt.repositories) {
        const std::string_view uri = uri_of(line.value);
        const bool allowed =
            std::any_of(rule.begin(), rule.end(), [&](const Text& pattern) { return uri_matches(pattern.value, uri); });
        if (!allowed) report(line.range, "repository " + base::quoted(uri), range_of(rule));
      }
    }
  }

  void check_commits() {
    std::uint32_t last = 0;
    bool any = false;
    auto check = [&](const Vcs& vcs) {
      // Many files share one source_file: its ref is reported once in a row.
      if (vcs.pinned() || (any && vcs.ref.range.begin == last)) return;
      any = true;
      last = vcs.ref.range.begin;
      report(vcs.ref.range, "ref " + base::quoted(vcs.ref.value) + ", which is no commit,",
             policy_.require_commits->range);
    };
    for (const File& file : recipe_.image.files) {
      if (file.provenance) check(*file.provenance);
    }
    for (const Apt& apt : recipe_.image.apt) {
      for (const Package& package : apt.packages) {
        if (package.vcs) check(*package.vcs);
      }
    }
  }

  void check_user() {
    if (is_root(recipe_.image.user->value)) {
      report(recipe_.image.user->range, "user " + base::quoted(recipe_.image.user->value),
             policy_.require_non_root->range);
    }
  }

  const Recipe& recipe_;
  const Policy& policy_;
  std::string_view whose_;
  hcl::Diagnostics& diagnostics_;
};

}  // namespace

bool is_root(std::string_view user) {
  user = user.substr(0, user.find(':'));
  return user == "root" || user.find_first_not_of('0') == std::string_view::npos;
}

bool uri_matches(std::string_view pattern, std::string_view uri) {
  const std::vector<std::string_view> pieces = base::split(pattern, '*');
  if (pieces.size() == 1) return pattern == uri;
  if (!uri.starts_with(pieces.front())) return false;
  uri.remove_prefix(pieces.front().size());
  for (std::size_t i = 1; i + 1 < pieces.size(); ++i) {
    const std::size_t at = uri.find(pieces[i]);
    if (at == std::string_view::npos) return false;
    uri.remove_prefix(at + pieces[i].size());
  }
  return uri.ends_with(pieces.back());
}

void check_policy(const Recipe& recipe, const Policy& policy, std::string_view whose, hcl::Diagnostics& diagnostics) {
  PolicyChecker(recipe, policy, whose, diagnostics).run();
}

}  // namespace recipe
