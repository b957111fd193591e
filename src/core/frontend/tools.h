#pragma once

#include "core/frontend/base_image.h"

namespace frontend {

/// A tree whose programs look at other trees, and the platform that they are for.
struct Tools {
  llb::Output tree;  ///< scratch when there are none that run
  llb::Platform platform;
};

/// Whether the engine says that it runs programs for `platform`, by itself or by emulation; one that does not say runs
/// all.
bool runs(const Gateway& gateway, const name::Platform& platform);

/// What looks at the trees of a build for `platform`, whose own tools are in `tree`, of `image`. Where the engine does
/// not run them it is the same image for the engine's own platform, if there is one: what is found is the same.
Tools choose_tools(Gateway& gateway, const llb::Output& tree, const std::string& image, const name::Platform& platform,
                   const llb::Metadata& vertex);

/// Notes on the error of a step that failed that the engine does not run programs for `platform`, and what to do about
/// it; nothing if it does.
void add_platform(base::Error& error, const Gateway& gateway, const name::Platform& platform);

}  // namespace frontend
