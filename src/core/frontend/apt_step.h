#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/frontend/apt_setup.h"
#include "core/frontend/base_image.h"
#include "core/frontend/hosts.h"
#include "core/frontend/place.h"

namespace frontend {

/// A question to the archives: apt in an image of its own distribution, with the network, nothing of which reaches the
/// image that is built.
struct AptStep {
  const BaseImage& image;  ///< whose apt, repositories and keys are used
  const AptSetup& setup;
  std::string_view script;  ///< writes its answers to /tmp/out
  recipe::Apt::Refresh refresh = recipe::Apt::Refresh::changed;
  name::Platform platform;
  std::vector<hcl::Range> places;  ///< the blocks that ask
  std::string title;               ///< shown in the progress
  const Hosts& hosts;
};

/// The answers. When the script wrote "failed" the question is asked once more past the engine's cache, because a
/// mirror that was away for a minute must not be a build that fails for ever; then `refuse` gets apt's words (the
/// file "errors") and throws.
Ref ask_apt(Gateway& gateway, const AptStep& step, const Places& places,
            const std::function<void(const std::string& words)>& refuse);

/// One answer, "" if there is none.
std::string read_answer(Gateway& gateway, const Ref& ref, const char* path);

}  // namespace frontend
