#include "core/buildkit/fleet.h"

#include <optional>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/buildkit/build.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;

/// For a hello, as long as there is another engine that could be asked: one that is gone must not cost much.
constexpr auto short_patience = std::chrono::seconds(5);
constexpr auto long_patience = std::chrono::seconds(15);
/// A build that takes its engine down with it must not go through the whole fleet.
constexpr int most_builds = 2;

Error none_left(std::size_t engines, const std::vector<std::string>& reasons) {
  Error out(Kind::unavailable, reasons.size() == engines
                                   ? "none of the " + std::to_string(engines) + " BuildKit engines could do the build"
                                   : "the build took two BuildKit engines down");
  for (const auto& reason : reasons) out.note(reason);
  out.fix("see whether the daemons run, and their logs, or correct source.buildkit.addresses");
  return out;
}

}  // namespace

void build_on_first_alive(const std::vector<Endpoint>& endpoints, const std::function<void(const Connection&)>& build,
                          const std::function<void(std::string_view)>& log, std::stop_token stop) {
  if (endpoints.size() == 1) return build(Connection(endpoints[0], stop, long_patience));
  std::vector<std::string> reasons;
  auto leave = [&](const Endpoint& endpoint, std::string reason) {
    const bool last = &endpoint == &endpoints.back();
    log(reason + (last ? "" : "; the next engine is tried"));
    reasons.push_back(std::move(reason));
  };
  int builds = 0;
  for (const auto& endpoint : endpoints) {
    std::optional<Connection> connection;
    try {
      connection.emplace(endpoint, stop, &endpoint == &endpoints.back() ? long_patience : short_patience);
    } catch (const Error& error) {
      if (error.kind() == Kind::cancelled) throw;
      leave(endpoint, error.message());
      continue;
    }
    log("building on " + base::quoted(endpoint.text()));
    try {
      return build(*connection);
    } catch (const EngineLost& error) {
      leave(endpoint, base::quoted(endpoint.text()) + " was lost in mid-build: " + error.message());
      if (++builds == most_builds) break;
    }
  }
  throw none_left(endpoints.size(), reasons);
}

}  // namespace buildkit
