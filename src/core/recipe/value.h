#pragma once

#include <string>
#include <utility>

#include "core/hcl/source.h"

namespace recipe {

/// A value and the place in the recipe that it was written at: what later errors, the build's own included, point at.
template <class T>
struct Placed {
  T value{};
  hcl::Range range;  ///< the expression, or the label without its quotes; the block's header when filled by default
};

using Text = Placed<std::string>;

/// One key of a map ("env", "labels"): key and value keep their own places.
struct Entry {
  Text key;
  Text value;
};

}  // namespace recipe
