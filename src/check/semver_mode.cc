#include <algorithm>

#include "check/modes.h"
#include "core/base/error.h"
#include "core/name/semver_constraint.h"

namespace check {
namespace {

using name::SemanticVersion;

/// Who moves "latest" before the version's own tag is there needs no longer than that.
constexpr std::chrono::milliseconds second_look{2000};

struct Candidate {
  std::string tag;
  SemanticVersion version;
  std::ptrdiff_t dots;  // without the variant's
};
using Candidates = std::vector<Candidate>;

/// Which tags are versions that the source asks for.
class Selection {
 public:
  explicit Selection(const resource::Source& source)
      : source_(source),
        suffix_(source.variant.empty() ? "" : "-" + source.variant),
        prefixes_{"alpha", "beta", "rc"},
        bare_(source.variant.empty() ? "latest" : source.variant) {
    for (const auto& prefix : source.pre_release_prefixes) prefixes_.push_back(prefix);
    if (!source.semver_constraint.empty()) constraint_ = name::SemverConstraint::parse(source.semver_constraint);
  }

  /// The tag beside the versions; nullopt if the constraint leaves no room for one.
  std::optional<std::string> bare() const { return constraint_ ? std::nullopt : std::optional(bare_); }

  Candidates from(const std::vector<std::string>& tags) const {
    Candidates out;
    for (const auto& tag : tags) {
      if (tag == bare_ || !tag.ends_with(suffix_)) continue;
      auto text = std::string_view(tag).substr(0, tag.size() - suffix_.size());
      auto version = SemanticVersion::parse(text);
      if (!version || !wanted(*version)) continue;
      out.push_back({tag, *std::move(version), std::count(text.begin(), text.end(), '.')});
    }
    return out;
  }

 private:
  bool wanted(const SemanticVersion& version) const {
    if (constraint_ && !constraint_->allows(version)) return false;
    if (version.is_final()) return true;
    if (!source_.pre_releases) return false;
    const auto& text = version.pre_release();
    // "1.0.0-rc.1-alpine" is a variant of its own, unless the prefixes say what counts.
    if (source_.pre_release_prefixes.empty() && text.find('-') != std::string::npos) return false;
    return std::any_of(prefixes_.begin(), prefixes_.end(),
                       [&](const std::string& prefix) { return text.starts_with(prefix); });
  }

  const resource::Source& source_;
  std::string suffix_;
  std::vector<std::string> prefixes_;
  std::string bare_;
  std::optional<name::SemverConstraint> constraint_;
};

std::vector<std::string> tags_of(const Candidates& candidates) {
  std::vector<std::string> out;
  for (const auto& candidate : candidates) out.push_back(candidate.tag);
  return out;
}

/// All of their digests. Where the newest has not moved since the last check, the others are taken from there, as
/// Concourse's own cursor would have it.
Digests all_digests(const Lookup& lookup, const Candidates& candidates) {
  if (candidates.empty()) return {};
  auto newest = std::max_element(candidates.begin(), candidates.end(),
                                 [](const Candidate& a, const Candidate& b) { return a.version < b.version; });
  auto tags = tags_of(candidates);
  return lookup.stands(newest->tag) ? lookup.recall(tags, settled_for) : lookup.ask(tags);
}

/// Whether `a` says more about an image than `b`: final before pre-release, then 3.2.1 before 3.2 before 3.
bool tells_more(const Candidate& a, const Candidate& b) {
  if (a.version.is_final() != b.version.is_final()) return a.version.is_final();
  return a.dots > b.dots;
}

/// Each digest once; of several names the most telling, else the first.
Versions ordered(const Candidates& candidates, const Digests& digests) {
  std::map<std::string, const Candidate*> best;
  for (const auto& candidate : candidates) {
    auto digest = digests.find(candidate.tag);
    if (digest == digests.end()) continue;
    auto& chosen = best[digest->second];
    if (!chosen || tells_more(candidate, *chosen)) chosen = &candidate;
  }
  std::vector<const Candidate*> list;
  for (const auto& [digest, candidate] : best) list.push_back(candidate);
  std::sort(list.begin(), list.end(), [](const Candidate* a, const Candidate* b) {
    if (auto order = a->version <=> b->version; order != 0) return order < 0;
    return std::pair(a->dots, std::string_view(a->tag)) < std::pair(b->dots, std::string_view(b->tag));
  });
  Versions out;
  for (const auto* candidate : list) out.push_back({candidate->tag, digests.at(candidate->tag)});
  return out;
}

bool has_digest(const Digests& digests, const std::string& digest) {
  return std::any_of(digests.begin(), digests.end(), [&](const auto& entry) { return entry.second == digest; });
}

/// nullopt if asking fails: where a mirror lacks a tag its origin is asked, which may be down, and only the list says
/// whether there is such a tag at all.
std::optional<Digests> ask_if_possible(const Lookup& lookup, const std::vector<std::string>& tags) {
  try {
    return lookup.ask(tags);
  } catch (const base::Error& error) {
    if (error.kind() == base::Kind::cancelled) throw;
    return std::nullopt;
  }
}

/// The versions from `known` on and, besides, whether the bare tag names an image that no version names.
struct Look {
  Versions versions;
  bool has_own_bare = false;
};

Look look(const Lookup& lookup, const Selection& selection, const std::optional<resource::Version>& known) {
  // The bare tag is asked for before the list: who pushes a version and then moves "latest" is never seen half-way.
  std::vector<std::string> first;
  if (selection.bare()) first.push_back(*selection.bare());
  if (known && name::Tag::valid(known->tag) && known->tag != selection.bare()) first.push_back(known->tag);
  std::optional<Digests> asked = ask_if_possible(lookup, first);
  const auto tags = lookup.tags();
  if (!asked) {
    std::erase_if(first, [&](const auto& tag) { return std::find(tags.begin(), tags.end(), tag) == tags.end(); });
    asked = lookup.ask(first);
  }
  const Digests& now = *asked;

  auto candidates = selection.from(tags);
  auto cursor = std::find_if(candidates.begin(), candidates.end(),
                             [&](const Candidate& candidate) { return known && candidate.tag == known->tag; });
  Digests digests;
  Candidates older;
  if (cursor != candidates.end() && now.contains(known->tag) && now.at(known->tag) == known->digest) {
    std::rotate(candidates.begin(), cursor, cursor + 1);
    auto newer_end = std::stable_partition(candidates.begin() + 1, candidates.end(), [&](const Candidate& candidate) {
      return candidate.version > candidates.front().version;
    });
    older.assign(newer_end, candidates.end());
    candidates.erase(newer_end, candidates.end());
    digests = lookup.ask(tags_of({candidates.begin() + 1, candidates.end()}));
    digests.emplace(known->tag, known->digest);
  } else {
    digests = all_digests(lookup, candidates);
  }

  Look out{ordered(candidates, digests)};
  if (!selection.bare() || !now.contains(*selection.bare())) return out;
  const auto& bare = now.at(*selection.bare());
  // "latest" may be an older release than the cursor: it is news only if no version at all has that digest.
  if (has_digest(digests, bare) || has_digest(lookup.recall(tags_of(older), settled_for), bare)) return out;
  out.versions.push_back({*selection.bare(), bare});
  out.has_own_bare = true;
  return out;
}

}  // namespace

Versions semver_versions(const Lookup& lookup, const resource::Source& source,
                         const std::optional<resource::Version>& known, http::Clock& clock) {
  const Selection selection(source);
  auto found = look(lookup, selection, known);
  // "latest" has moved away from the versions: meant so, or a push whose version tag comes a moment later.
  if (found.has_own_bare && known && known->tag != selection.bare()) {
    clock.sleep(second_look, lookup.stop());
    found = look(lookup, selection, known);
  }
  return found.versions;
}

}  // namespace check
