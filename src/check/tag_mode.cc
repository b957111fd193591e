#include "check/modes.h"
#include "core/base/digest.h"

namespace check {

Versions tag_versions(const Lookup& lookup, const resource::Source& source,
                      const std::optional<resource::Version>& known, std::chrono::sys_seconds now) {
  const std::string tag = *source.tag;
  auto found = lookup.ask({tag});
  if (found.empty()) return {};
  resource::Version current{tag, found.at(tag), source.detect_rollbacks ? resource::seen_at(now) : ""};
  if (!known || !base::Digest::valid(known->digest)) return {current};
  // Concourse ignores a version that it has seen before, so what is known keeps its name as long as the tag stays.
  if (known->digest == current.digest)
    return {{tag, known->digest, source.detect_rollbacks ? known->seen : std::string()}};
  // Registries that collect garbage forget what no tag names; such a version cannot be fetched any more.
  if (!lookup.exists(known->digest)) return {current};
  return {{tag, known->digest, source.detect_rollbacks ? known->seen : std::string()}, current};
}

}  // namespace check
