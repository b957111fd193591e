#pragma once

#include <chrono>

#include "core/frontend/apt_plan.h"
#include "core/frontend/base_image.h"
#include "core/frontend/hosts.h"
#include "core/frontend/lock.h"
#include "core/frontend/place.h"

namespace frontend {

struct Installation {
  llb::Output tree;    ///< the base with the packages
  llb::Output report;  ///< what it changed: read_changes
  std::string layer;   ///< what made the layer; empty if there is none
};

/// The planned packages fetched as sources pinned by SHA256 (the engine fetches them side by side, checks and keeps
/// each) and installed by apt in one step, without network. Nothing in the tree depends on when it was made.
/// `found` says where the .debs are; none: where the plan says.
Installation install_packages(const recipe::Recipe& recipe, const BaseImage& base, const AptPlan& plan,
                              const LockedInputs& found, const name::Platform& platform, const Hosts& hosts,
                              std::chrono::sys_seconds epoch, const Places& places);

}  // namespace frontend
