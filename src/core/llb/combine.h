#pragma once

#include <vector>

#include "core/llb/output.h"

namespace llb {

/// The trees laid over one another, later ones on top, their layers kept. Scratch adds nothing; one tree is itself.
Output merge(const std::vector<Output>& trees, const Metadata& metadata = {});

/// What `upper` adds to and takes from `lower`, as a tree for merge. Against scratch it is `upper` itself.
Output diff(const Output& lower, const Output& upper, const Metadata& metadata = {});

}  // namespace llb
