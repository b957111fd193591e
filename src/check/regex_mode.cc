#include <re2/re2.h>

#include <algorithm>

#include "check/modes.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace check {
namespace {

std::vector<std::string> matching_tags(const Lookup& lookup, const std::string& pattern) {
  RE2 expression(pattern, RE2::Quiet);
  if (!expression.ok())
    throw base::Error(base::Kind::invalid, "source.tag_regex " + base::quoted(pattern) +
                                               " is no regular expression: " + base::quoted(expression.error()))
        .fix("the syntax is RE2's");
  auto tags = lookup.tags();
  std::erase_if(tags, [&](const std::string& tag) { return !RE2::PartialMatch(tag, expression); });
  return tags;
}

}  // namespace

Versions regex_versions(const Lookup& lookup, const resource::Source& source) {
  auto tags = matching_tags(lookup, *source.tag_regex);
  auto digests = source.immutable_tags ? lookup.recall(tags, settled_for) : lookup.ask(tags);
  std::erase_if(tags, [&](const std::string& tag) { return !digests.contains(tag); });
  if (source.created_at_sort) {
    auto times = lookup.created(digests, wanted_platform(source));
    std::erase_if(tags, [&](const std::string& tag) { return !times.contains(tag); });
    std::stable_sort(tags.begin(), tags.end(),
                     [&](const std::string& a, const std::string& b) { return times.at(a) < times.at(b); });
  }
  Versions out;
  for (const auto& tag : tags) out.push_back({tag, digests.at(tag)});
  return out;
}

}  // namespace check
