#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json/decode.h"
#include "core/resource/request.h"

namespace resource {

/// A request is at most this long: Concourse's own limit is far below.
inline constexpr std::size_t max_request_bytes = 16u << 20;

/// What a command gets from the process around it.
struct Call {
  std::string request;                 ///< all of stdin
  std::vector<std::string> arguments;  ///< argv[1] …
  std::stop_token stop;                ///< requested by SIGTERM and SIGINT
};

/// One line of metadata on the build's page. Public: Concourse stores it and does not redact it.
using Metadata = std::vector<std::pair<std::string, std::string>>;

/// The replies, as the text for stdout (Concourse: "implementing a resource type").
std::string versions_reply(const std::vector<Version>& oldest_first);
std::string step_reply(const Version& version, const Metadata& metadata);

/// The frame of check, in and out, and the one place where an error ends: reads stdin, runs `body`, and writes what it
/// returns to stdout. An error goes to stderr, redacted, as "error: …"; the exit code is then 1, or 128 + the signal
/// when the command was stopped by one. Ten seconds after a SIGTERM Concourse kills, so after eight we leave ourselves.
int run(int argc, char** argv, const std::function<std::string(const Call&)>& body);

/// Words for people: stderr, redacted, unbuffered. Thread-safe.
void log(std::string_view text);

}  // namespace resource
