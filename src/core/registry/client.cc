#include "core/registry/client.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <set>

#include "core/base/redact_url.h"
#include "core/base/text.h"
#include "core/http/redirect.h"
#include "core/registry/auth.h"

namespace registry {
namespace {

enum class Scheme { unknown, http, https };

constexpr std::size_t max_warnings = 20;

const char* text_of(Scheme scheme) { return scheme == Scheme::http ? "http" : "https"; }

std::string seconds_text(std::chrono::milliseconds delay) {
  char out[32];
  std::snprintf(out, sizeof out, "%.1f s", static_cast<double>(delay.count()) / 1000);
  return out;
}

/// Whether the failure of one scheme is a reason to try the other.
bool other_scheme_may_do(const http::Error& error, Scheme tried, bool insecure) {
  using http::Cause;
  if (tried == Scheme::http) return error.cause() == Cause::not_http;
  // Behind a certificate that fails sits somebody who speaks TLS: only who allowed plain http gets it then.
  return error.cause() == Cause::connect || error.cause() == Cause::tls ||
         (error.cause() == Cause::certificate && insecure);
}

}  // namespace

struct Client::State {
  State(http::Transport& t, name::Registry r, ClientOptions o)
      : transport(t),
        registry(std::move(r)),
        options(std::move(o)),
        auth(transport, registry, options, options.tokens ? *options.tokens : own_tokens) {}

  std::vector<Scheme> schemes() const {
    if (Scheme known = scheme; known != Scheme::unknown) return {known};
    if (registry.is_loopback() && !options.prefer_https) return {Scheme::http, Scheme::https};
    if (registry.is_local() || options.insecure) return {Scheme::https, Scheme::http};
    return {Scheme::https};
  }

  http::Url base(Scheme chosen) const {
    return http::Url::parse(std::string(text_of(chosen)) + "://" + registry.api_host() + "/");
  }

  http::Response exchange(const Call& call, Scheme chosen, std::stop_token stop);
  void show_warnings(const http::Response& response);

  http::Transport& transport;
  const name::Registry registry;
  const ClientOptions options;
  MemoryTokens own_tokens;
  Auth auth;
  std::atomic<Scheme> scheme = Scheme::unknown;
  std::mutex mutex;
  std::set<std::string> warnings;
};

namespace {

/// Where a target is; an absolute one that only got the scheme wrong (a registry behind a proxy that ends TLS) is ours.
http::Url locate(const http::Url& registry, std::string_view target) {
  http::Url url = registry.resolve(target);
  if (url.host() == registry.host() && url.scheme() == "http" && registry.scheme() == "https" && url.port() == 80)
    return registry.resolve(url.path() + (url.query().empty() ? "" : "?" + url.query()));
  if (url.same_origin(registry)) return url;
  auto refuse = [&](const std::string& why) {
    return http::Error(base::Kind::denied, http::Cause::protocol,
                       "registry " + base::quoted(registry.authority()) + " sends us to " +
                           base::quoted(base::redact_url(url.text())) + ", " + why);
  };
  if (registry.scheme() == "https" && url.scheme() == "http") throw refuse("which is plain http");
  if (url.is_private_address() && !registry.is_private_address()) throw refuse("a private address");
  return url;
}

}  // namespace

http::Response Client::State::exchange(const Call& call, Scheme chosen, std::stop_token stop) {
  const http::Url home = base(chosen), url = locate(home, call.target);
  const bool ours = url.same_origin(home);
  http::Request request{.method = call.method,
                        .url = url.text(),
                        .headers = call.headers,
                        .body = call.body,
                        .sink = call.sink,
                        .on_start = call.on_start,
                        .max_body_bytes = call.max_body_bytes,
                        .patience = call.patience};
  std::optional<std::string> header;
  if (ours) header = auth.header(home, call.scopes, stop);
  // A token from the cache may have been revoked: one more round after that.
  for (int round = 0;; ++round) {
    if (header) request.headers.set("Authorization", *header);
    auto response = http::send_following(transport, request, stop);
    if (response.status != 401 || !ours || round == 2) return response;
    // Where the registry sent us to may not ask for what is the registry's.
    if (!http::Url::parse(response.url).same_origin(home)) return response;
    auto next = auth.answer(home, response, call.scopes, header, stop);
    if (!next || next == header) return response;
    header = std::move(next);
  }
}

void Client::State::show_warnings(const http::Response& response) {
  for (const auto& value : response.headers.all("Warning")) {
    if (!value.starts_with("299 ")) continue;
    auto quote = value.find('"');
    auto text = value.substr(quote == std::string::npos ? 4 : quote + 1);
    if (text.ends_with('"')) text.pop_back();
    {
      std::lock_guard lock(mutex);
      if (warnings.size() == max_warnings || !warnings.insert(text).second) continue;
    }
    if (options.log) options.log("registry " + registry.text() + " warns: " + base::quoted(text, 500));
  }
}

Client::Client(http::Transport& transport, name::Registry registry, ClientOptions options)
    : state_(std::make_unique<State>(transport, std::move(registry), std::move(options))) {}
Client::~Client() = default;

const name::Registry& Client::registry() const { return state_->registry; }
http::Clock& Client::clock() const { return state_->options.clock ? *state_->options.clock : http::system_clock(); }
const http::RetryPolicy& Client::retry_policy() const { return state_->options.retry; }
void Client::log(std::string_view line) const {
  if (state_->options.log) state_->options.log(line);
}

http::Retries Client::retries() const {
  return http::Retries(retry_policy(), clock(), [this](const http::Error& error, std::chrono::milliseconds delay) {
    log(error.message() + "; trying again in " + seconds_text(delay));
  });
}

http::Url Client::url(std::string_view target) const { return locate(state_->base(state_->schemes().front()), target); }

http::Response Client::send_once(const Call& call, std::stop_token stop) {
  auto schemes = state_->schemes();
  std::exception_ptr first_failure;
  std::optional<http::Response> first_answer;
  for (Scheme chosen : schemes) {
    const bool more = chosen != schemes.back();
    try {
      auto response = state_->exchange(call, chosen, stop);
      // Go and nginx answer 400 when they are spoken to in plain http where they expect TLS.
      if (more && chosen == Scheme::http && response.status == 400) {
        first_answer = std::move(response);
        continue;
      }
      state_->scheme = chosen;
      state_->show_warnings(response);
      first_answer = std::move(response);
      break;
    } catch (const http::Error& error) {
      if (error.cause() == http::Cause::certificate && !state_->options.insecure) throw;
      if (first_answer) break;  // nobody speaks TLS there: the 400 was meant
      if (!more && first_failure && !error.temporary()) std::rethrow_exception(first_failure);
      if (!more || !other_scheme_may_do(error, chosen, state_->options.insecure)) throw;
      first_failure = std::current_exception();
    }
  }
  const auto& response = *first_answer;
  if (response.ok() || std::find(call.accept.begin(), call.accept.end(), response.status) != call.accept.end())
    return std::move(*first_answer);
  throw status_error(call.method, response);
}

http::Response Client::send(const Call& call, std::stop_token stop) {
  return http::with_retries(retries(), stop, [&] { return send_once(call, stop); });
}

}  // namespace registry
