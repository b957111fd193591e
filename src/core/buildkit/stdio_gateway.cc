#include "core/buildkit/stdio_gateway.h"

#include <grpcpp/create_channel_posix.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/buildkit/calls.h"
#include "core/buildkit/gateway_host.h"
#include "core/buildkit/pipe_link.h"
#include "core/json/decode.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;

std::shared_ptr<grpc::Channel> open_channel(PipeLink& link) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, 4 << 20);
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomInsecureChannelFromFd("localhost", link.take_socket().release(), arguments);
}

/// The caches that the client named, which the engine hands to frontends as an option.
std::vector<CacheEntry> cache_imports(const FrontendEnvironment& environment) {
  std::vector<CacheEntry> out;
  auto found = environment.options.find("cache-imports");
  if (found == environment.options.end() || found->second.empty()) return out;
  json::Value parsed = json::parse(found->second, "option 'cache-imports'");
  if (!parsed.is_array()) throw Error(Kind::invalid, "option 'cache-imports' is not a list");
  for (const json::Value& each : parsed) {
    json::Object entry(each, "cache-imports");
    out.push_back({entry.required_string("Type"), entry.string_map("Attrs")});
  }
  return out;
}

/// Of the workers, as JSON; what makes no sense is left out: no build depends on it.
std::vector<name::Platform> platforms_of(const std::string& workers) {
  std::vector<name::Platform> out;
  try {
    json::Value parsed = json::parse(workers, "environment variable 'BUILDKIT_WORKERS'");
    if (!parsed.is_array()) return out;
    for (const json::Value& each : parsed)
      for (auto& platform : json::Object(each, "BUILDKIT_WORKERS").objects("Platforms"))
        out.push_back(name::Platform::make(platform.string("os").value_or(""), platform.required_string("architecture"),
                                           platform.string("variant").value_or("")));
  } catch (const Error&) {
    out.clear();
  }
  return out;
}

}  // namespace

FrontendEnvironment FrontendEnvironment::parse(const std::vector<std::string>& environment) {
  FrontendEnvironment out;
  for (const std::string& entry : environment) {
    auto equals = entry.find('=');
    std::string name = entry.substr(0, equals), value = equals == std::string::npos ? "" : entry.substr(equals + 1);
    if (name.starts_with("BUILDKIT_FRONTEND_OPT_")) {
      auto separator = value.find('=');
      if (separator == std::string::npos)
        throw Error(Kind::invalid,
                    "environment variable " + base::quoted(name) + " holds " + base::quoted(value) + ", not KEY=VALUE");
      out.options[value.substr(0, separator)] = value.substr(separator + 1);
    } else if (name == "BUILDKIT_SESSION_ID") {
      out.session_id = value;
    } else if (name == "BUILDKIT_WORKERS") {
      out.platforms = platforms_of(value);
    } else if (name == "BUILDKIT_EXPORTEDPRODUCT") {
      out.product = value;
    }
  }
  return out;
}

void run_stdio_frontend(int in, int out, const FrontendEnvironment& environment, const StdioFrontend& frontend,
                        const std::function<void()>& answered) {
  PipeLink link(in, out);
  Calls calls;
  GatewayHost host(open_channel(link), calls,
                   {.session_id = environment.session_id, .platforms = environment.platforms}, {});
  auto tell = [&](const Error& error) {
    try {
      host.return_error(error);
    } catch (const Error&) {
      // The first error is the one to tell.
    }
  };
  try {
    host.set_cache_imports(cache_imports(environment));
    host.return_result(frontend(host, environment));
    if (answered) answered();
  } catch (const Error& error) {
    tell(error);
    throw;
  } catch (const std::exception& error) {
    tell(Error(Kind::failed, error.what()));
    throw;
  }
}

}  // namespace buildkit
