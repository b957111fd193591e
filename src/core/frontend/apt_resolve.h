#pragma once

#include <string>
#include <vector>

#include "core/frontend/apt_plan.h"
#include "core/frontend/apt_setup.h"
#include "core/frontend/base_image.h"
#include "core/frontend/hosts.h"
#include "core/frontend/place.h"
#include "core/frontend/release.h"

namespace frontend {

struct Resolution {
  AptPlan plan;
  std::vector<Release> releases;
};

/// The bytes of every key that the recipe names, by URI. Throws with the key's place in the recipe.
std::map<std::string, std::string> fetch_keys(Gateway& gateway, const recipe::Recipe& recipe, const BaseImage& base,
                                              const name::Platform& platform, const Hosts& hosts, const Places& places);

/// Asks apt, in the base image and with the network, what it would install: nothing of this step reaches the image.
/// What apt refuses is thrown as an error that points into the recipe; a refusal is never taken from the cache.
Resolution resolve_packages(Gateway& gateway, const recipe::Recipe& recipe, const BaseImage& base,
                            const AptSetup& setup, const name::Platform& platform, const Hosts& hosts,
                            const Places& places);

}  // namespace frontend
