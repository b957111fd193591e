#include "core/frontend/tools.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/llb/source.h"
#include "core/oci/config.h"

namespace frontend {
namespace {

llb::Platform to_llb(const name::Platform& platform) {
  return {platform.os(), platform.architecture(), platform.variant()};
}

/// Whether the image that `reference` pins is there for `platform`.
bool is_there(Gateway& gateway, const std::string& reference, const name::Platform& platform) {
  if (reference.find("@sha256:") == std::string::npos) return false;
  try {
    auto resolved = gateway.resolve_image(reference, platform, Gateway::ResolveMode::default_);
    auto offered = oci::parse_config(resolved.config).platform();
    return offered && platform.matches(*offered);
  } catch (const base::Error& error) {
    if (error.kind() == base::Kind::cancelled) throw;
    return false;
  }
}

}  // namespace

bool runs(const Gateway& gateway, const name::Platform& platform) {
  const auto platforms = gateway.platforms();
  return platforms.empty() || std::any_of(platforms.begin(), platforms.end(),
                                          [&](const auto& offered) { return platform.matches(offered); });
}

Tools choose_tools(Gateway& gateway, const llb::Output& tree, const std::string& image, const name::Platform& platform,
                   const llb::Metadata& vertex) {
  if (tree.is_scratch() || runs(gateway, platform)) return {tree, to_llb(platform)};
  const name::Platform own = gateway.platforms().front();
  if (!is_there(gateway, image, own)) return {llb::Output(), to_llb(own)};
  return {llb::image(image, {.platform = to_llb(own)}, vertex), to_llb(own)};
}

void add_platform(base::Error& error, const Gateway& gateway, const name::Platform& platform) {
  if (error.kind() != base::Kind::failed || runs(gateway, platform)) return;
  std::vector<std::string> there;
  for (const auto& each : gateway.platforms()) there.push_back(each.text());
  const std::string where =
      gateway.address().empty() ? "the engine" : "the engine at " + base::quoted(gateway.address());
  error.note(where + " does not say that it runs programs for " + platform.text() + ", only those for " +
             base::join(there, ", "));
  error.fix("install emulation where " + where +
            " runs (Debian: apt install qemu-user-static binfmt-support; elsewhere: docker run --privileged --rm "
            "tonistiigi/binfmt --install " +
            platform.architecture() + "), or build on an engine for " + platform.text());
}

}  // namespace frontend
