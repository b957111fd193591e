// Mirrors, and the choice between http and https.
#include <doctest/doctest.h>

#include "tests/registry/access.h"
#include "tests/support/error_text.h"
#include "tests/support/http_server.h"

namespace {

using registry::Client;
using registry::Puller;
using support::Access;
using support::HttpRequest;
using support::HttpServer;
using support::layer_of;
using support::noise;
using support::Wire;

const std::string manifest = R"({"schemaVersion":2})";
const std::vector<std::string> manifest_headers = {"Content-Type: application/vnd.oci.image.manifest.v1+json",
                                                   "Docker-Content-Digest: " + base::sha256(manifest).text()};

void has_all(const HttpRequest& request, Wire& wire) {
  if (request.target.find("/tags/") != std::string::npos) return wire.reply(200, R"({"tags":["a"]})");
  wire.reply(200, manifest, manifest_headers);
}
void has_nothing(const HttpRequest&, Wire& wire) { wire.reply(404); }

/// A transport that knows hosts by name, scheme by scheme.
struct Hosts : http::Transport {
  std::map<std::string, http::Cause> broken;  // by "https://host"
  std::vector<std::string> seen;
  http::Response send(const http::Request& request, std::stop_token) override {
    auto url = http::Url::parse(request.url);
    auto origin = url.scheme() + "://" + url.authority();
    seen.push_back(origin);
    if (auto found = broken.find(origin); found != broken.end()) {
      http::Error error(base::Kind::unavailable, found->second, origin + " is broken");
      throw error;
    }
    return {.status = 200, .body = R"({"tags":["a"]})", .url = request.url};
  }
};

std::vector<std::string> visited(Hosts& hosts, const std::string& host, registry::ClientOptions options = {}) {
  Client client(hosts, name::Registry::parse(host), std::move(options));
  Puller puller({&client, name::Repository::make(name::Registry::parse(host), "a")});
  try {
    puller.tags();
    puller.tags();
  } catch (const base::Error& error) {
    hosts.seen.push_back(error.message());
  }
  return std::exchange(hosts.seen, {});
}

}  // namespace

TEST_CASE("a mirror that has it keeps the origin out of it") {
  HttpServer mirror(has_all), origin(has_all);
  Access near(mirror.host()), far(origin.host());
  Puller puller(far.endpoint, near.endpoint);
  CHECK(puller.resolve("1.0"));
  CHECK(puller.manifest("1.0"));
  CHECK(puller.tags() == std::vector<std::string>{"a"});
  CHECK(origin.requests().empty());
  CHECK(puller.repository() == far.endpoint.repository);
}

TEST_CASE("what a mirror lacks comes from the origin, and the mirror is asked again") {
  HttpServer mirror(has_nothing), origin(has_all);
  Access near(mirror.host()), far(origin.host());
  Puller puller(far.endpoint, near.endpoint);
  CHECK(puller.resolve("1.0"));
  CHECK(puller.tags() == std::vector<std::string>{"a"});
  CHECK(mirror.requests().size() == 2);
  CHECK(far.log.empty());
}

TEST_CASE("a mirror that fails is said so once and left alone") {
  HttpServer mirror([](const HttpRequest&, Wire&wire) { wire.reply(403); }), origin(has_all);
  Access near(mirror.host()), far(origin.host());
  Puller puller(far.endpoint, near.endpoint);
  CHECK(puller.manifest("1.0"));
  CHECK(puller.manifest("1.0"));
  CHECK(mirror.requests().size() == 1);
  CHECK(far.log == std::vector<std::string>{"mirror '" + mirror.host() + "' is left alone: GET " +
                                            mirror.url("/v2/acme/app/manifests/1.0") + ": 403"});
}

TEST_CASE("who must not be told yesterday's state reads from the origin alone") {
  HttpServer mirror(has_all), origin(has_all);
  Access near(mirror.host()), far(origin.host());
  CHECK(Puller(far.endpoint, near.endpoint).origin().manifest("1.0"));
  CHECK(mirror.requests().empty());
  CHECK(!origin.requests().empty());
}

TEST_CASE("a mirror that breaks in a blob: the origin goes on from there") {
  const std::string bytes = noise(100'000);
  HttpServer mirror([&](const HttpRequest&, Wire& wire) {
    wire.send("HTTP/1.1 200 X\r\nContent-Length: 100000\r\n\r\n" + bytes.substr(0, 60'000));
    wire.close();
  });
  HttpServer origin([&](const HttpRequest& request, Wire& wire) {
    auto begin = std::stoul(request.header("range").substr(6));
    wire.reply(206, bytes.substr(begin), {"Content-Range: bytes " + std::to_string(begin) + "-99999/100000"});
  });
  Access near(mirror.host(), {}, {.retry = {.max_tries = 1}}), far(origin.host());
  Puller puller(far.endpoint, near.endpoint);
  CHECK(puller.blob_bytes(layer_of(bytes), bytes.size()) == bytes);
  CHECK(origin.requests()[0].header("range") == "bytes=60000-");
}

TEST_CASE("credentials of the origin never go to the mirror") {
  auto wants_basic = [](const HttpRequest& request, Wire& wire) {
    if (request.header("authorization").empty()) return wire.reply(401, "", {"WWW-Authenticate: Basic realm=\"x\""});
    has_all(request, wire);
  };
  HttpServer mirror(wants_basic), origin(wants_basic);
  Access near(mirror.host()), far(origin.host(), {.username = "ann", .password = "secret-word"});
  Puller puller(far.endpoint, near.endpoint);
  CHECK(puller.manifest("1.0"));
  for (const auto& request : mirror.requests()) CHECK(request.header("authorization").empty());
}

TEST_CASE("which scheme is tried, and which after that") {
  using http::Cause;
  Hosts hosts;
  // Everything answers: loopback by http, all others by https, and what was found out stays.
  CHECK(visited(hosts, "localhost:5000") == std::vector<std::string>{"http://localhost:5000", "http://localhost:5000"});
  CHECK(visited(hosts, "localhost:5000", {.prefer_https = true})[0] == "https://localhost:5000");
  CHECK(visited(hosts, "10.0.0.1")[0] == "https://10.0.0.1");
  CHECK(visited(hosts, "reg.example", {.insecure = true})[0] == "https://reg.example");
  CHECK(visited(hosts, "docker.io")[0] == "https://registry-1.docker.io");

  hosts.broken = {{"https://reg.example", Cause::tls},
                  {"https://10.0.0.1", Cause::connect},
                  {"http://localhost:5000", Cause::not_http}};
  CHECK(visited(hosts, "reg.example") ==
        std::vector<std::string>{"https://reg.example", "https://reg.example is broken"});
  CHECK(visited(hosts, "reg.example", {.insecure = true}) ==
        std::vector<std::string>{"https://reg.example", "http://reg.example", "http://reg.example"});
  CHECK(visited(hosts, "10.0.0.1") ==
        std::vector<std::string>{"https://10.0.0.1", "http://10.0.0.1", "http://10.0.0.1"});
  CHECK(visited(hosts, "localhost:5000") ==
        std::vector<std::string>{"http://localhost:5000", "https://localhost:5000", "https://localhost:5000"});

  // Somebody with a wrong certificate gets plain http only from who allowed it.
  hosts.broken = {{"https://10.0.0.1", Cause::certificate}};
  CHECK(visited(hosts, "10.0.0.1") == std::vector<std::string>{"https://10.0.0.1", "https://10.0.0.1 is broken"});
  CHECK(visited(hosts, "10.0.0.1", {.insecure = true})[1] == "http://10.0.0.1");

  // When both fail, the first says more.
  hosts.broken = {{"https://10.0.0.1", Cause::tls}, {"http://10.0.0.1", Cause::broken}};
  CHECK(visited(hosts, "10.0.0.1").back() == "https://10.0.0.1 is broken");
}

TEST_CASE("a Location that gets only its own scheme wrong is still the registry's") {
  Hosts hosts;
  Client client(hosts, name::Registry::parse("reg.example"));
  CHECK(client.url("http://reg.example/v2/a/blobs/uploads/1?x=y").text() ==
        "https://reg.example/v2/a/blobs/uploads/1?x=y");
  CHECK(client.url("https://storage.example/1").text() == "https://storage.example/1");
  CHECK(support::error_text([&] { client.url("http://storage.example/1?sig=x"); }) ==
        "registry 'reg.example' sends us to 'http://storage.example/1?…', which is plain http");
  CHECK(support::error_text([&] { client.url("https://10.0.0.1/1"); }) ==
        "registry 'reg.example' sends us to 'https://10.0.0.1/1', a private address");
}
