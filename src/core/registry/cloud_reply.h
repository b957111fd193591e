#pragma once

#include <stop_token>
#include <string_view>

#include "core/http/transport.h"
#include "core/json/decode.h"

namespace registry {

/// Asks a cloud's API for something and reads its JSON. `who` names it in errors ("the EC2 metadata service").
/// Temporary failures are tried three times. Throws denied for 400, 401 and 403 (with the service's own code and
/// message, never the whole body, which may hold secrets), unavailable otherwise.
json::Value ask_cloud(http::Transport& transport, const http::Request& request, std::string_view who,
                      std::stop_token stop);
/// The same for a plain-text answer.
std::string ask_cloud_text(http::Transport& transport, const http::Request& request, std::string_view who,
                           std::stop_token stop);

}  // namespace registry
