// Pull and push against the real docker-registry, in each way it can be guarded.
#include <doctest/doctest.h>

#include <optional>

#include "core/http/curl.h"
#include "core/oci/media_type.h"
#include "core/registry/puller.h"
#include "core/registry/pusher.h"
#include "tests/support/docker_registry.h"
#include "tests/support/error_text.h"
#include "tests/support/token_server.h"

namespace {

using base::Digest;
using name::Registry;
using name::Repository;
using name::Tag;
using registry::Client;
using registry::ClientOptions;
using registry::Credentials;
using registry::Delivery;
using registry::Endpoint;
using registry::FixedCredentials;
using registry::Puller;
using registry::Pusher;

oci::Descriptor layer_of(std::string_view bytes) {
  return {.media_type = std::string(oci::media_type::layer), .digest = base::sha256(bytes), .size = bytes.size()};
}

/// A repository of a registry, with all it takes to talk to it.
struct Access {
  explicit Access(const std::string& host, std::optional<Credentials> login = std::nullopt, http::CurlOptions curl = {},
                  const std::string& path = "acme/app")
      : prefer_https(!curl.ca_certs.empty()),
        transport(std::move(curl)),
        credentials(login.value_or(Credentials{})),
        client(transport, Registry::parse(host),
               ClientOptions{.prefer_https = prefer_https,
                             .credentials = login ? &credentials : nullptr,
                             .retry = {.max_tries = 2, .base = std::chrono::milliseconds(1)}}),
        endpoint{&client, Repository::make(Registry::parse(host), path)},
        puller(endpoint),
        pusher(endpoint) {}

  bool prefer_https;
  http::Curl transport;
  FixedCredentials credentials;
  Client client;
  Endpoint endpoint;
  Puller puller;
  Pusher pusher;
};

/// A small image, pushed in the order the specification wants.
oci::Document push_image(const Pusher& pusher, const std::string& content, const std::string& tag) {
  oci::ImageConfig config{.os = "linux", .architecture = "amd64", .env = {"A=" + content}};
  auto config_bytes = oci::write(config);
  oci::Descriptor config_descriptor{.media_type = std::string(oci::media_type::config),
                                    .digest = base::sha256(config_bytes),
                                    .size = config_bytes.size()};
  pusher.blob(layer_of(content), content);
  pusher.blob(config_descriptor, config_bytes);
  auto document = oci::write(oci::Manifest{.media_type = std::string(oci::media_type::manifest),
                                           .config = config_descriptor,
                                           .layers = {layer_of(content)}});
  pusher.manifest(document, Tag::parse(tag));
  return document;
}

void round_trip(Access& access) {
  auto document = push_image(access.pusher, "layer content", "1.0");
  auto resolved = access.puller.resolve("1.0");
  REQUIRE(resolved);
  CHECK(*resolved == document.descriptor());
  auto manifest = oci::parse_manifest(*access.puller.manifest("1.0"));
  CHECK(access.puller.blob_bytes(manifest.layers[0], 100) == "layer content");
  CHECK(access.puller.config(manifest).env == std::vector<std::string>{"A=layer content"});
  CHECK(access.puller.tags() == std::vector<std::string>{"1.0"});
  CHECK(!access.puller.resolve("2.0"));
}

}  // namespace

TEST_CASE("what was pushed to an open registry is pulled again, bytes and digests the same") {
  support::DockerRegistry server;
  Access access(server.host());
  round_trip(access);
}

TEST_CASE("a registry with htpasswd is used with the right password, and says so with a wrong one") {
  support::DockerRegistry server({.username = "ann", .password = "secret-word"});
  Access access(server.host(), Credentials{.username = "ann", .password = "secret-word"});
  round_trip(access);

  Access wrong(server.host(), Credentials{.username = "ann", .password = "another-word"});
  CHECK(support::error_text([&] { wrong.puller.manifest("1.0"); }) ==
        "GET http://" + server.host() +
            "/v2/acme/app/manifests/1.0: 401, UNAUTHORIZED: authentication required\n"
            "  fix: check username and password: the registry does not accept them, or wants some");
  Access anonymous(server.host());
  CHECK_THROWS_AS(anonymous.puller.tags(), registry::Error);
}

TEST_CASE("tokens are fetched for pull and push, once each") {
  base::TemporaryDirectory directory("token");
  support::TokenServer tokens(directory.path(), {.username = "ann", .password = "secret-word"});
  support::DockerRegistry server({.token_realm = tokens.realm(), .token_certificate = tokens.certificate()});
  Access access(server.host(), Credentials{.username = "ann", .password = "secret-word"});
  round_trip(access);
  CHECK(tokens.issued() == 2);
  auto lines = tokens.server().request_lines();
  CHECK(
      lines[0] ==
      "GET "
      "/token?service=registry.test&scope=repository%3Aacme%2Fapp%3Apull&scope=repository%3Aacme%2Fapp%3Apull%2Cpush");
}

TEST_CASE("an identity token is exchanged by POST, and by GET where POST is unknown") {
  for (bool post_is_unknown : {false, true}) {
    CAPTURE(post_is_unknown);
    base::TemporaryDirectory directory("token");
    support::TokenServer tokens(directory.path(), {.username = "ann",
                                                   .password = "refresh-me",
                                                   .refresh_token = "refresh-me",
                                                   .post_is_unknown = post_is_unknown});
    support::DockerRegistry server({.token_realm = tokens.realm(), .token_certificate = tokens.certificate()});
    Access access(server.host(), Credentials{.username = "ann", .identity_token = "refresh-me"});
    round_trip(access);
  }
}

TEST_CASE("a registry whose authority is in ca_certs is used over https") {
  base::TemporaryDirectory directory("tls");
  support::Certificates certificates(directory.path());
  support::DockerRegistry server({.tls = &certificates});
  Access access(server.host(), std::nullopt, {.ca_certs = {certificates.ca_pem}});
  round_trip(access);
  CHECK(access.client.url("/v2/").scheme() == "https");
  CHECK(server.log().find("HTTP/2.0") != std::string::npos);
}

TEST_CASE("a certificate that nobody vouches for is refused, with the way out") {
  base::TemporaryDirectory directory("tls");
  support::Certificates certificates(directory.path());
  support::DockerRegistry server({.tls = &certificates});
  Access access(server.host());
  CHECK(support::error_text([&] { access.puller.resolve("1.0"); }) ==
        "HEAD https://" + server.host() +
            "/v2/acme/app/manifests/1.0: the certificate is not trusted: 'SSL certificate problem: unable to get local "
            "issuer certificate'\n  fix: add the certificate of the registry's authority to ca_certs");
}

TEST_CASE("a client certificate opens a registry that wants one") {
  base::TemporaryDirectory directory("tls");
  support::Certificates certificates(directory.path());
  support::DockerRegistry server({.tls = &certificates, .client_certificates = true});
  Access access(server.host(), std::nullopt,
                {.ca_certs = {certificates.ca_pem},
                 .client_certificates = {{server.host(), certificates.client_pem, certificates.client_key_pem}}});
  round_trip(access);
  Access without(server.host(), std::nullopt, {.ca_certs = {certificates.ca_pem}});
  CHECK_THROWS_AS(without.puller.resolve("1.0"), base::Error);
}

TEST_CASE("a registry that dies in the middle of an upload is an error, and not the end of us") {
  /// Stops the registry when half of it is read.
  struct Deadly : http::BytesSource {
    Deadly(std::string_view bytes, support::DockerRegistry& server) : http::BytesSource(bytes), server_(server) {}
    std::size_t read(std::span<std::byte> buffer) override {
      if (++calls_ == 20) server_.stop();
      return http::BytesSource::read(buffer);
    }
    support::DockerRegistry& server_;
    int calls_ = 0;
  };
  base::TemporaryDirectory directory("tls");
  support::Certificates certificates(directory.path());
  const std::string bytes(20'000'000, 'x');
  for (bool tls : {false, true}) {
    CAPTURE(tls);
    support::DockerRegistry server({.tls = tls ? &certificates : nullptr});
    Access access(server.host(), std::nullopt, {.ca_certs = {certificates.ca_pem}});
    Deadly source(bytes, server);
    try {
      access.pusher.blob(layer_of(bytes), source);
      FAIL("it cannot have arrived");
    } catch (const base::Error& error) {
      CHECK(error.kind() == base::Kind::unavailable);
    }
  }
}
