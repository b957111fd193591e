#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/buildkit/connection.h"
#include "core/buildkit/own_engine.h"
#include "core/buildkit/session.h"
#include "core/name/platform.h"
#include "core/name/registry.h"
#include "core/remote/repository.h"
#include "core/resource/request.h"

namespace out {

/// Runs `build` on the engine that is the source's: of its addresses the first that answers, in the order of
/// engines_for, else one of our own, as engine_options has it, for as long as that takes. Runs it twice when the engine
/// is lost in mid-build and another one is left. Throws what buildkit::build_on_first_alive, OwnEngine and Endpoint
/// throw.
void on_engine(const resource::Source& source, const name::Registry& registry,
               const std::vector<name::Platform>& platforms,
               const std::function<void(const buildkit::Connection&)>& build, std::stop_token stop);

/// The source's engines that build for all of `platforms`, best first: the same repository prefers the same engine,
/// whose cache knows it. Throws invalid if there is none, and for an address or a certificate that is none.
std::vector<buildkit::Endpoint> engines_for(const resource::Source& source,
                                            const std::vector<name::Platform>& platforms);

/// What our own engine has to know of `registry`, the one that remote::Repository finds to be the source's, and of the
/// source's mirror: one entry for each host. Throws invalid for a mirror that is none.
buildkit::OwnEngineOptions engine_options(const resource::Source& source, const name::Registry& registry);

/// What an engine is told that asks who we are at `host`; nullopt for anonymous. Throws what the source of the
/// credentials throws.
std::optional<buildkit::Credentials> credentials_for_engine(const remote::Repository& repository,
                                                            const std::string& host);

}  // namespace out
