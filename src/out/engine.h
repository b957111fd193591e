#pragma once

#include <functional>
#include <stop_token>
#include <vector>

#include "core/buildkit/connection.h"
#include "core/buildkit/own_engine.h"
#include "core/name/platform.h"
#include "core/resource/request.h"

namespace out {

/// Runs `build` on the engine that is the source's: of its addresses the first that answers, in the order of
/// engines_for, else one of our own for as long as that takes. Runs it twice when the engine is lost in mid-build and
/// another one is left. Throws what buildkit::build_on_first_alive, OwnEngine and Endpoint throw.
void on_engine(const resource::Source& source, const std::vector<name::Platform>& platforms,
               const std::function<void(const buildkit::Connection&)>& build, std::stop_token stop);

/// The source's engines that build for all of `platforms`, best first: the same repository prefers the same engine,
/// whose cache knows it. Throws invalid if there is none, and for an address or a certificate that is none.
std::vector<buildkit::Endpoint> engines_for(const resource::Source& source,
                                            const std::vector<name::Platform>& platforms);

/// What our own engine has to know of the source's registry and mirror.
buildkit::OwnEngineOptions engine_options(const resource::Source& source);

}  // namespace out
