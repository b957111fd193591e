// Logging in: whom we trust with a password, and what we do when a token is not taken.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "core/base/redactor.h"
#include "core/base/temporary_directory.h"
#include "tests/registry/access.h"
#include "tests/support/error_text.h"
#include "tests/support/http_server.h"

namespace {

using registry::Credentials;
using support::Access;
using support::HttpRequest;
using support::HttpServer;
using support::Wire;

const Credentials ann{.username = "ann", .password = "secret-word"};

std::string bearer(const std::string& realm) {
  return "WWW-Authenticate: Bearer realm=\"" + realm + "\",service=\"s\",scope=\"repository:acme/app:pull\"";
}

/// A registry that takes tokens "t<n>", n from `oldest` on, and gives out the next at /token.
struct TokenRegistry {
  std::atomic<int> oldest = 1, issued = 0;
  HttpServer server{[this](const HttpRequest& request, Wire& wire) {
    if (request.path() == "/token") return wire.reply(200, R"({"token":"t)" + std::to_string(++issued) + R"("})");
    auto header = request.header("authorization");
    if (!header.starts_with("Bearer t") || std::stoi(header.substr(8)) < oldest)
      return wire.reply(401, "", {bearer("http://" + request.header("host") + "/token")});
    wire.reply(200, R"({"tags":["a"]})");
  }};
};

}  // namespace

TEST_CASE("the first request is the one that is wanted; a token is fetched when asked for, and used again") {
  TokenRegistry registry;
  Access access(registry.server.host(), ann);
  access.puller.tags();
  access.puller.tags();
  CHECK(registry.server.request_lines() ==
        std::vector<std::string>{"GET /v2/acme/app/tags/list?n=1000",
                                 "GET /token?service=s&scope=repository%3Aacme%2Fapp%3Apull",
                                 "GET /v2/acme/app/tags/list?n=1000", "GET /v2/acme/app/tags/list?n=1000"});
  CHECK(registry.server.requests()[1].header("authorization") == "Basic " + base::to_base64("ann:secret-word"));
  CHECK(registry.server.requests()[0].header("authorization").empty());
}

TEST_CASE("a token that expires half-way is replaced, and the request made again") {
  TokenRegistry registry;
  Access access(registry.server.host());
  access.puller.tags();
  registry.oldest = 2;
  CHECK(access.puller.tags() == std::vector<std::string>{"a"});
  CHECK(registry.issued == 2);
}

TEST_CASE("a login that may have run out is asked for again, but not for each request") {
  struct Renewed : registry::CredentialSource {
    int asked = 0;
    Credentials credentials(const name::Registry&, std::stop_token) override {
      return {.username = "ann", .password = "word-" + std::to_string(++asked)};
    }
  } source;
  struct Hands : support::FakeClock {
    std::chrono::minutes at{0};
    std::chrono::steady_clock::time_point now() override { return std::chrono::steady_clock::time_point(at); }
  } clock;
  TokenRegistry registry;
  Access access(registry.server.host(), {}, {.credentials = &source, .clock = &clock});
  access.puller.tags();
  registry.oldest = 2;
  access.puller.tags();
  CHECK(source.asked == 1);
  registry.oldest = 3;
  clock.at = std::chrono::minutes(10);
  access.puller.tags();
  CHECK(source.asked == 2);
  auto token_request = registry.server.requests().at(registry.server.requests().size() - 2);
  CHECK(token_request.header("authorization") == "Basic " + base::to_base64("ann:word-2"));
}

TEST_CASE("a token kept in a file makes the next process ask once") {
  base::TemporaryDirectory directory("tokens");
  TokenRegistry registry;
  for (int process = 0; process < 3; ++process) {
    registry::FileTokens tokens(directory.path() / "tokens");
    Access access(registry.server.host(), ann, {.tokens = &tokens});
    access.puller.tags();
  }
  CHECK(registry.issued == 1);
  CHECK(registry.server.request_lines().size() == 5);
  // A registry that was reinstalled takes none of them.
  registry.oldest = 2;
  registry::FileTokens tokens(directory.path() / "tokens");
  Access access(registry.server.host(), ann, {.tokens = &tokens});
  CHECK(access.puller.tags() == std::vector<std::string>{"a"});
}

TEST_CASE("that a registry asks for Basic is remembered as well") {
  base::TemporaryDirectory directory("tokens");
  HttpServer server([](const HttpRequest& request, Wire& wire) {
    if (request.header("authorization").empty()) return wire.reply(401, "", {"WWW-Authenticate: Basic realm=\"x\""});
    wire.reply(200, R"({"tags":["a"]})");
  });
  for (int process = 0; process < 3; ++process) {
    registry::FileTokens tokens(directory.path() / "tokens");
    Access access(server.host(), ann, {.tokens = &tokens});
    access.puller.tags();
  }
  CHECK(server.requests().size() == 4);
}

TEST_CASE("many threads fetch one token") {
  TokenRegistry registry;
  Access access(registry.server.host());
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) threads.emplace_back([&] { access.puller.tags(); });
  for (auto& thread : threads) thread.join();
  CHECK(registry.issued == 1);
}

TEST_CASE("a token that is never taken ends in the registry's own words") {
  TokenRegistry registry;
  registry.oldest = 1000;
  Access access(registry.server.host());
  auto error = support::error_text([&] { access.puller.tags(); });
  CHECK(error == "GET " + registry.server.url("/v2/acme/app/tags/list") +
                     "?…: 401\n  fix: check username and password: the registry does not accept them, or wants some");
  CHECK(registry.issued <= 3);
}

TEST_CASE("a realm that is not to be trusted gets no password") {
  struct Row {
    const char *registry, *realm, *error;
  };
  // The transport answers for any host, so that public names can be played.
  struct Everywhere : http::Transport {
    std::string realm;
    std::vector<std::string> seen;
    http::Response send(const http::Request& request, std::stop_token) override {
      seen.push_back(request.url);
      return {.status = 401, .headers = {{"WWW-Authenticate", "Bearer realm=\"" + realm + "\""}}, .url = request.url};
    }
  };
  for (const Row& row : std::initializer_list<Row>{
           {"reg.example", "http://auth.example/token",
            "registry 'reg.example' sends us for a token to 'http://auth.example/token', which is plain http\n"
            "  while asking for a token for registry 'reg.example'\n"
            "  fix: set insecure if this network may be trusted with the password"},
           {"reg.example", "https://169.254.169.254/token",
            "registry 'reg.example' sends us for a token to 'https://169.254.169.254/token', a private address\n"
            "  while asking for a token for registry 'reg.example'\n"
            "  fix: a registry under a public name has its token service under one"},
           {"reg.example", "https://localhost/token",
            "registry 'reg.example' sends us for a token to 'https://localhost/token', a private address\n"
            "  while asking for a token for registry 'reg.example'\n"
            "  fix: a registry under a public name has its token service under one"},
           {"reg.example", "/token",
            "URL '/token' has no scheme\n  while asking for a token for registry 'reg.example'"}}) {
    CAPTURE(row.realm);
    Everywhere transport;
    transport.realm = row.realm;
    registry::FixedCredentials credentials(ann);
    registry::Client client(transport, name::Registry::parse(row.registry), {.credentials = &credentials});
    registry::Puller puller({&client, name::Repository::make(name::Registry::parse(row.registry), "a")});
    CHECK(support::error_text([&] { puller.tags(); }) == row.error);
    CHECK(transport.seen.size() == 1);
  }
}

TEST_CASE("several challenges: the first that can be used") {
  HttpServer server([](const HttpRequest& request, Wire& wire) {
    if (request.path() == "/token") return wire.reply(200, R"({"access_token":"abc","expires_in":1})");
    auto realm = "http://" + request.header("host") + "/token";
    auto header = request.header("authorization");
    if (header != "Bearer abc")
      return wire.reply(
          401, "",
          {"WWW-Authenticate: Negotiate", "WWW-Authenticate: Basic realm=\"x\", Bearer realm=\"" + realm + "\""});
    wire.reply(200, R"({"tags":["a"]})");
  });
  Access anonymous(server.host());
  CHECK(anonymous.puller.tags() == std::vector<std::string>{"a"});
  Access known(server.host(), ann);
  CHECK(known.puller.tags() == std::vector<std::string>{"a"});
  CHECK(server.requests()[4].header("authorization").starts_with("Basic "));
}

TEST_CASE("what a token service may answer instead of a token") {
  struct Row {
    int status;
    std::string body, error;
  };
  for (const Row& row :
       std::initializer_list<Row>{{200, "<html>", "does not answer with JSON"},
                                  {200, "{}", "gives no token"},
                                  {200, R"({"token":"a\r\nX: y"})", "gives a token that cannot be sent in a header"},
                                  {200, R"({"token":")" + std::string(40'000, 'x') + "\"}",
                                   "gives a token that cannot be sent in a header"}}) {
    CAPTURE(row.error);
    HttpServer server([&](const HttpRequest& request, Wire& wire) {
      if (request.path() == "/token") return wire.reply(row.status, row.body);
      wire.reply(401, "", {bearer("http://" + request.header("host") + "/token")});
    });
    Access access(server.host());
    CHECK(support::error_text([&] { access.puller.tags(); }) ==
          "the token service '" + server.url("/token") + "?…' " + row.error +
              "\n  while asking for a token for registry '" + server.host() + "'");
  }
}

TEST_CASE("a wrong password is reported by the token service, an overloaded one is asked again") {
  std::atomic<int> count = 0;
  HttpServer server([&](const HttpRequest& request, Wire& wire) {
    if (request.path() != "/token") return wire.reply(401, "", {bearer("http://" + request.header("host") + "/token")});
    if (count++ == 0) return wire.reply(503, "", {"Retry-After: 2"});
    wire.reply(401, R"({"details":"incorrect username or password"})");
  });
  Access access(server.host(), ann);
  CHECK(support::error_text([&] { access.puller.tags(); }) ==
        "GET " + server.url("/token") +
            "?…: 401, '{\"details\":\"incorrect username or password\"}'\n"
            "  while asking for a token for registry '" +
            server.host() +
            "'\n"
            "  after 2 tries\n"
            "  fix: check username and password: the registry does not accept them, or wants some");
  CHECK(access.clock.delays() == std::vector<int>{2000});
}

TEST_CASE("what was learned of passwords and tokens is never shown") {
  TokenRegistry registry;
  Access access(registry.server.host(), {.username = "ann", .password = "hunter2-and-more"});
  access.puller.tags();
  CHECK(base::redactor().clean("password hunter2-and-more") == "password ((redacted))");
  CHECK(base::redactor().clean(base::to_base64("ann:hunter2-and-more")).find("((redacted))") != std::string::npos);
}
