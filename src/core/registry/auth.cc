#include "core/registry/auth.h"

#include <algorithm>

#include "core/base/digest.h"
#include "core/base/redact_url.h"
#include "core/base/redactor.h"
#include "core/base/text.h"
#include "core/http/redirect.h"
#include "core/http/retry.h"
#include "core/json/decode.h"

namespace registry {
namespace {

using std::chrono::system_clock;

// The token protocol's own default and floor; services that say less mean "as long as you need it for".
constexpr std::chrono::seconds default_lifetime{60}, longest_lifetime = std::chrono::hours(12);
constexpr std::size_t max_token_bytes = 32 * 1024;
// Clouds' logins run out, and their sources know when; a helper is a program that is not run for each request.
constexpr std::chrono::minutes worth_asking_again{1};
// How long it is worth remembering that a registry asks for Basic.
constexpr std::chrono::hours hint_lifetime{12};

std::string basic_header(const std::string& user, const std::string& password) {
  return "Basic " + base::to_base64(user + ":" + password);
}

const Challenge* find(const std::vector<Challenge>& challenges, std::string_view scheme) {
  auto found = std::find_if(challenges.begin(), challenges.end(), [&](const auto& c) { return c.scheme == scheme; });
  return found == challenges.end() ? nullptr : &*found;
}

std::vector<Challenge> challenges_of(const http::Response& response) {
  std::vector<Challenge> out;
  for (const auto& value : response.headers.all("WWW-Authenticate"))
    for (auto& challenge : parse_challenges(value)) out.push_back(std::move(challenge));
  return out;
}

Token parse_token(const http::Response& response) {
  auto bad = [&](const std::string& problem) {
    return base::Error(base::Kind::unavailable,
                       "the token service " + base::quoted(base::redact_url(response.url)) + " " + problem);
  };
  json::Value value;
  try {
    value = json::parse(response.body, "the answer");
  } catch (const base::Error&) {
    throw bad("does not answer with JSON");  // its text might hold the token
  }
  json::Object object(value, "answer");
  std::string token;
  for (const char* key : {"token", "access_token"})
    if (token.empty()) token = object.string(key).value_or("");
  if (token.empty()) throw bad("gives no token");
  if (token.size() > max_token_bytes ||
      std::any_of(token.begin(), token.end(), [](char c) { return c <= 0x20 || c >= 0x7f; }))
    throw bad("gives a token that cannot be sent in a header");
  base::redactor().add(token);
  std::chrono::seconds lifetime{std::clamp<std::int64_t>(object.integer("expires_in").value_or(0),
                                                         default_lifetime.count(), longest_lifetime.count())};
  return {std::move(token), system_clock::now() + lifetime};
}

}  // namespace

Auth::Auth(http::Transport& transport, const name::Registry& registry, const ClientOptions& options, TokenStore& tokens)
    : transport_(transport), registry_(registry), options_(options), tokens_(tokens) {}

std::string Auth::token_key(const std::vector<Scope>& scopes) const {
  std::string key = "token " + registry_.text();
  for (const auto& scope : scopes) key += " " + scope.text();
  return key;
}

const Credentials& Auth::credentials(std::stop_token stop) {
  const auto now = options_.clock ? options_.clock->now() : http::system_clock().now();
  if (!credentials_ || now - asked_ >= worth_asking_again) {
    credentials_ = options_.credentials ? options_.credentials->credentials(registry_, stop) : Credentials{};
    credentials_->protect();
    asked_ = now;
  }
  return *credentials_;
}

std::optional<std::string> Auth::basic(std::stop_token stop) {
  const auto& known = credentials(stop);
  if (known.username.empty() || known.password.empty()) return std::nullopt;
  return basic_header(known.username, known.password);
}

void Auth::remember_basic() {
  way_ = Way::basic;
  tokens_.put("basic " + registry_.text(), {"yes", system_clock::now() + hint_lifetime});
}

std::optional<std::string> Auth::header(const http::Url& registry, const std::vector<Scope>& scopes,
                                        std::stop_token stop) {
  std::lock_guard lock(mutex_);
  if (way_ == Way::basic) return basic(stop);
  if (scopes.empty()) return std::nullopt;
  if (auto token = tokens_.get(token_key(scopes))) {
    base::redactor().add(token->value);
    return "Bearer " + token->value;
  }
  if (way_ == Way::bearer) return fetch_token(registry, scopes, "", stop);
  if (tokens_.get("basic " + registry_.text())) {
    way_ = Way::basic;
    return basic(stop);
  }
  return std::nullopt;
}

std::optional<std::string> Auth::answer(const http::Url& registry, const http::Response& response,
                                        const std::vector<Scope>& scopes, const std::optional<std::string>& refused,
                                        std::stop_token stop) {
  auto challenges = challenges_of(response);
  std::lock_guard lock(mutex_);
  // The first usable one counts; Bearer is usable by anybody, Basic only with a password.
  for (const auto& challenge : challenges) {
    if (challenge.scheme == "basic") {
      auto header = basic(stop);
      if (!header || header == refused) continue;
      remember_basic();
      return header;
    }
    if (challenge.scheme == "bearer" && !challenge.parameter("realm").empty()) {
      way_ = Way::bearer;
      bearer_ = challenge;
      if (auto token = tokens_.get(token_key(scopes))) {
        auto header = "Bearer " + token->value;
        if (header != refused) return header;  // another thread was quicker
        tokens_.drop(token_key(scopes));
      }
      return fetch_token(registry, scopes, challenge.parameter("scope"), stop);
    }
  }
  if (way_ == Way::basic && !find(challenges, "basic")) way_ = Way::unknown;
  return std::nullopt;
}

void Auth::check_realm(const http::Url& registry, const http::Url& realm) const {
  auto refuse = [&](const std::string& why) {
    return base::Error(base::Kind::denied, "registry " + base::quoted(registry_.text()) + " sends us for a token to " +
                                               base::quoted(base::redact_url(realm.text())) + ", " + why);
  };
  // Passwords travel there: it has to be as safe as the registry itself.
  if (realm.scheme() == "http" && registry.scheme() == "https" && !options_.insecure)
    throw refuse("which is plain http").fix("set insecure if this network may be trusted with the password");
  if (realm.is_private_address() && !registry.is_private_address())
    throw refuse("a private address").fix("a registry under a public name has its token service under one");
}

http::Response Auth::ask(const http::Url& realm, const std::vector<std::string>& scopes, const Credentials& known,
                         std::stop_token stop) {
  std::string service = bearer_.parameter("service");
  if (!known.identity_token.empty()) {
    std::string form = "grant_type=refresh_token&service=" + base::url_encode(service) +
                       "&client_id=estaleiro&scope=" + base::url_encode(base::join(scopes, " ")) +
                       "&refresh_token=" + base::url_encode(known.identity_token);
    http::BytesSource body(form);
    // No redirect is followed: the body is a secret.
    auto response = transport_.send({.method = "POST",
                                     .url = realm.text(),
                                     .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                                     .body = &body},
                                    stop);
    if (response.status != 404 && response.status != 405) return response;
  }
  http::Url url = realm;
  if (!service.empty()) url = url.with_query("service=" + base::url_encode(service));
  for (const auto& scope : scopes) url = url.with_query("scope=" + base::url_encode(scope));
  http::Request request{.url = url.text()};
  const auto& secret = known.password.empty() ? known.identity_token : known.password;
  if (!known.username.empty() && !secret.empty())
    request.headers.set("Authorization", basic_header(known.username, secret));
  return http::send_following(transport_, request, stop);
}

std::string Auth::fetch_token(const http::Url& registry, const std::vector<Scope>& scopes,
                              const std::string& extra_scope, std::stop_token stop) {
  return base::within("asking for a token for registry " + base::quoted(registry_.text()), [&] {
    auto realm = http::Url::parse(bearer_.parameter("realm"));
    check_realm(registry, realm);
    // The registry's own words come first: some token services look at the first scope only.
    std::vector<std::string> wanted;
    if (!extra_scope.empty()) wanted.push_back(extra_scope);
    for (const auto& scope : scopes)
      if (std::find(wanted.begin(), wanted.end(), scope.text()) == wanted.end()) wanted.push_back(scope.text());
    auto response = ask(realm, wanted, credentials(stop), stop);
    if (!response.ok()) throw status_error("GET", response);
    auto token = parse_token(response);
    tokens_.put(token_key(scopes), token);
    return "Bearer " + token.value;
  });
}

}  // namespace registry
