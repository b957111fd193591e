#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/http/message.h"
#include "core/http/url.h"

namespace registry {

/// The target of rel="next" in a response's Link headers (RFC 8288), nullopt if there is none.
std::optional<std::string> next_link(const http::Headers& headers);

/// The path and query of the next page, if it lies on the registry itself below /v2/. Throws corrupt otherwise: a page
/// must not lead our credentials, or us, elsewhere.
std::string next_page(const http::Url& page, std::string_view target);

}  // namespace registry
