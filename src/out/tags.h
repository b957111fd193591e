#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/name/reference.h"
#include "core/resource/request.h"

namespace out {

/// The tags that a put moves.
struct Tags {
  /// In the order in which they are moved: a version's own tag before those that follow it, "latest" (or the variant's
  /// name) at the very end, so that nobody who watches them ever sees half a release.
  std::vector<name::Tag> in_order;
  /// What the put's version is called: source.tag, else the version, else the first of the additional ones.
  name::Tag reported = name::Tag::parse("latest");
};

/// source.tag, params.version with source.variant, its aliases if params.bump_aliases, and those in the file
/// params.additional_tags below `inputs`. `existing` is asked for the repository's tags only when aliases depend on
/// them: an older release does not take "1.2" from a newer one. Throws invalid for names that are none, and for none.
Tags planned_tags(const resource::Source& source, const resource::PutParams& params,
                  const std::filesystem::path& inputs, const std::function<std::vector<std::string>()>& existing);

}  // namespace out
