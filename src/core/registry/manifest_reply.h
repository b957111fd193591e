#pragma once

#include <optional>
#include <string_view>

#include "core/http/message.h"
#include "core/json/decode.h"
#include "core/oci/manifest.h"

namespace registry {

/// Content-Type without its parameters, lower case; "" if there is none.
std::string content_type(const http::Response& response);

/// What the headers of a HEAD say, or nullopt if they leave out type, length or digest. Throws corrupt if `reference`
/// is a digest and the registry names another.
std::optional<oci::Descriptor> described(const http::Response& response, std::string_view reference);

/// The body as a manifest: hashed, compared with `reference` if that is a digest and with Docker-Content-Digest. Throws
/// corrupt for another digest and for what is no manifest at all (a proxy's HTML page).
oci::Document document_of(http::Response response, std::string_view reference);

/// The body as JSON. Throws corrupt, naming the URL and what came instead.
json::Value parse_reply(const http::Response& response, std::string_view what);

}  // namespace registry
