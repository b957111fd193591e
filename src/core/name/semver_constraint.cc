#include "core/name/semver_constraint.h"

#include <algorithm>
#include <string>

#include "core/base/error.h"
#include "core/base/text.h"

namespace name {
namespace {

constexpr std::size_t max_characters = 1000;
constexpr std::string_view blanks = " \t";
constexpr std::string_view operators[] = {"!=", ">=", "=>", "<=", "=<", "~>", "=", ">", "<", "~", "^"};

bool is_wildcard(std::string_view text) { return text == "x" || text == "X" || text == "*"; }

/// A version of which the last numbers may be missing or wildcards.
struct Partial {
  SemanticVersion floor = SemanticVersion::make(0, 0, 0);
  int parts = 0;  // how many numbers it has: 0 for "*"
};

std::optional<Partial> parse_partial(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  auto tail_at = std::min(text.find_first_of("-+"), text.size());
  auto pieces = base::split(text.substr(0, tail_at), '.');
  if (pieces.size() > 3) return std::nullopt;
  Partial out;
  std::string numbers;
  bool wild = false;
  for (auto piece : pieces) {
    if (piece.empty()) return std::nullopt;
    wild = wild || is_wildcard(piece);
    if (wild) continue;
    numbers += (out.parts++ ? "." : "") + std::string(piece);
  }
  auto version = SemanticVersion::parse((numbers.empty() ? "0" : numbers) + std::string(text.substr(tail_at)));
  if (!version) return std::nullopt;
  out.floor = *std::move(version);
  return out;
}

/// The lowest version that is greater: of 1.2.3 its successor's lowest pre-release.
SemanticVersion successor(const SemanticVersion& version) {
  if (version.is_final()) return SemanticVersion::make(version.major(), version.minor(), version.patch() + 1, "0");
  return SemanticVersion::make(version.major(), version.minor(), version.patch(), version.pre_release() + ".0");
}

/// Where the versions that share the first `parts` numbers end.
SemanticVersion end_of(const SemanticVersion& version, int parts) {
  if (parts == 1) return SemanticVersion::make(version.major() + 1, 0, 0, "0");
  if (parts == 2) return SemanticVersion::make(version.major(), version.minor() + 1, 0, "0");
  return successor(version);
}

/// "^": what the first number that is not 0 promises to keep.
int kept_parts(const Partial& partial) {
  if (partial.floor.major() > 0 || partial.parts == 1) return 1;
  if (partial.floor.minor() > 0 || partial.parts == 2) return 2;
  return 3;
}

}  // namespace

/// One pass over a constraint's text.
class ConstraintReader {
 public:
  using Range = SemverConstraint::Range;
  using Group = SemverConstraint::Group;

  explicit ConstraintReader(std::string_view whole) : whole_(whole) {}

  Group group(std::string_view text) const {
    Group out;
    for (text = base::trim(text); !text.empty();) {
      auto op = take_operator(text);
      auto left = take_version(text, out);
      auto rest = skip(text);
      // "1.2 - 1.4": a dash by itself.
      if (op.empty() && text != rest && rest.starts_with("-") && rest.find_first_of(blanks) == 1) {
        text = skip(rest.substr(1));
        auto right = take_version(text, out);
        out.ranges.push_back(range(">=", left));
        out.ranges.push_back(range("<=", right));
        rest = skip(text);
      } else {
        out.ranges.push_back(range(op, left));
      }
      if (rest.starts_with(",")) {
        rest = skip(rest.substr(1));
        if (rest.empty()) throw problem();
      } else if (!rest.empty() && rest == text) {
        throw problem();
      }
      text = rest;
    }
    if (out.ranges.empty()) throw problem();
    return out;
  }

 private:
  base::Error problem() const {
    return base::Error(base::Kind::invalid, base::quoted(whole_, 100) + " is no version constraint")
        .fix("write it like '1.2.x', '~1.2', '^2', '>= 1.2, < 3' or '1.x || 3.x'");
  }

  static std::string_view skip(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(blanks), text.size()));
  }

  static std::string_view take_operator(std::string_view& text) {
    for (auto op : operators)
      if (text.starts_with(op)) {
        text = skip(text.substr(op.size()));
        return op;
      }
    return "";
  }

  Partial take_version(std::string_view& text, Group& group) const {
    auto end = std::min(text.find_first_of(" \t,"), text.size());
    auto partial = parse_partial(text.substr(0, end));
    if (!partial) throw problem();
    text = text.substr(end);
    if (!partial->floor.is_final()) group.pre_releases = true;
    return *std::move(partial);
  }

  static Range range(std::string_view op, const Partial& partial) {
    const auto& floor = partial.floor;
    const bool any = partial.parts == 0;
    const auto nothing = Range{SemanticVersion::make(0, 0, 0, "0"), SemanticVersion::make(0, 0, 0, "0")};
    if (op == "!=") {
      auto out = range("=", partial);
      out.inverted = true;
      return out;
    }
    if (op == ">") return any ? nothing : Range{end_of(floor, partial.parts), std::nullopt};
    if (op == "<") return any ? nothing : Range{std::nullopt, floor};
    if (op == "<=" || op == "=<") return any ? Range{} : Range{std::nullopt, end_of(floor, partial.parts)};
    if (op == ">=" || op == "=>") return {floor, std::nullopt};
    if (any) return {floor, std::nullopt};
    if (op == "^") return {floor, end_of(floor, kept_parts(partial))};
    if (op == "~" || op == "~>") return {floor, end_of(floor, std::min(partial.parts, 2))};
    return {floor, end_of(floor, partial.parts)};
  }

  std::string_view whole_;
};

bool SemverConstraint::Range::contains(const SemanticVersion& version) const {
  bool inside = (!lowest || version >= *lowest) && (!end || version < *end);
  return inside != inverted;
}

SemverConstraint SemverConstraint::parse(std::string_view text) {
  if (text.size() > max_characters)
    throw base::Error(base::Kind::invalid, "the version constraint has more than 1000 characters");
  SemverConstraint out;
  ConstraintReader reader(text);
  for (std::size_t begin = 0;;) {
    auto end = text.find("||", begin);
    out.groups_.push_back(reader.group(text.substr(begin, end - begin)));
    if (end == std::string_view::npos) return out;
    begin = end + 2;
  }
}

bool SemverConstraint::allows(const SemanticVersion& version) const {
  return std::any_of(groups_.begin(), groups_.end(), [&](const Group& group) {
    return (version.is_final() || group.pre_releases) &&
           std::all_of(group.ranges.begin(), group.ranges.end(),
                       [&](const Range& range) { return range.contains(version); });
  });
}

}  // namespace name
