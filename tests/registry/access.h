#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/http/curl.h"
#include "core/oci/media_type.h"
#include "core/registry/puller.h"
#include "core/registry/pusher.h"
#include "tests/support/fake_clock.h"

namespace support {

/// Everything it takes to talk to one repository, on a clock that does not make anybody wait.
struct Access {
  explicit Access(const std::string& host, registry::Credentials login = {}, registry::ClientOptions options = {},
                  http::CurlOptions curl = {}, const std::string& path = "acme/app")
      : transport(std::move(curl)),
        credentials(std::move(login)),
        client(transport, name::Registry::parse(host), complete(std::move(options))),
        endpoint{&client, name::Repository::make(name::Registry::parse(host), path)},
        puller(endpoint),
        pusher(endpoint) {}

  registry::ClientOptions complete(registry::ClientOptions options) {
    if (!credentials.credentials(name::Registry::docker_hub()).empty()) options.credentials = &credentials;
    if (!options.clock) options.clock = &clock;
    if (!options.log) options.log = [this](std::string_view line) { log.emplace_back(line); };
    return options;
  }

  FakeClock clock;
  std::vector<std::string> log;
  http::Curl transport;
  registry::FixedCredentials credentials;
  registry::Client client;
  registry::Endpoint endpoint;
  registry::Puller puller;
  registry::Pusher pusher;
};

inline oci::Descriptor layer_of(std::string_view bytes) {
  return {.media_type = std::string(oci::media_type::layer), .digest = base::sha256(bytes), .size = bytes.size()};
}

/// Bytes that do not repeat soon.
inline std::string noise(std::size_t size) {
  std::string out(size, '\0');
  std::uint32_t state = 12345;
  for (char& c : out) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return out;
}

}  // namespace support
