#pragma once

#include <stop_token>

#include "core/http/transport.h"

namespace http {

inline constexpr int max_redirects = 10;

/// Sends `request` and follows redirects: GET and HEAD for 301, 302, 303, 307, 308, other methods for 307 and 308 with
/// the body sent again. Authorization goes to no other host; https never turns into http; a public host may not send
/// us to a private address. Response::url says what answered.
/// Throws http::Error (protocol) for what is refused and for more than max_redirects.
Response send_following(Transport& transport, Request request, std::stop_token stop = {});

}  // namespace http
