#pragma once

#include <functional>
#include <stop_token>
#include <string_view>

#include "check/modes.h"
#include "core/sign/key.h"

namespace check {

/// The versions that somebody with `key` has signed, and `known`, which was looked at before. What is left out is said
/// to `log`. Of a single tag (`source.tag`) that is an error: denied. What is verified is remembered, for good: a
/// digest and a signature do not change.
Versions trusted(Versions versions, const resource::Source& source, const std::optional<resource::Version>& known,
                 const registry::Puller& puller, const sign::PublicKey& key, Memory& memory,
                 const std::function<void(std::string_view)>& log, std::stop_token stop);

}  // namespace check
