// Checks of registries that do not let everybody in, on the real docker-registry: the private, certificate and mirror
// cases of registry-image's own suite.
#include <doctest/doctest.h>

#include "tests/check/fixture.h"
#include "tests/support/error_text.h"

namespace {

using support::Images;
using support::reply_of;

json::Ordered version(const std::string& digest) { return {{"tag", "latest"}, {"digest", digest}}; }

const std::string unknown = "sha256:" + std::string(64, '3');

TEST_CASE("a private repository is checked with its login, whatever version is known") {
  support::OwnCache cache;
  support::DockerRegistry server({.username = "carol", .password = "s3cr=t"});
  Images images(server.host(), "private/app", {.username = "carol", .password = "s3cr=t"});
  auto old = images.push("latest", "old"), now = images.push("latest", "now");
  auto first = images.push("1.0.0", "first");
  json::Ordered source{{"repository", images.text()}, {"tag", "latest"}, {"username", "carol"}, {"password", "s3cr=t"}};
  CHECK(support::check(source) == reply_of({{"latest", now}}));
  CHECK(support::check(source, version(now)) == reply_of({{"latest", now}}));
  CHECK(support::check(source, version(old)) == reply_of({{"latest", old}, {"latest", now}}));
  CHECK(support::check(source, version(unknown)) == reply_of({{"latest", now}}));

  json::Ordered versions = source;
  versions.erase("tag");
  CHECK(support::check(versions) == reply_of({{"1.0.0", first}, {"latest", now}}));

  json::Ordered missing = source;
  missing["repository"] = server.host() + "/private/unknown";
  CHECK(support::check(missing) == "[]\n");

  SUBCASE("a wrong password is said to be one, and not shown") {
    source["password"] = "wr0ng";
    auto text = support::error_text([&] { support::check(source); });
    CHECK(text.find("401") != std::string::npos);
    CHECK(text.find("wr0ng") == std::string::npos);
  }
  SUBCASE("so is none") {
    json::Ordered anonymous{{"repository", images.text()}, {"tag", "latest"}};
    CHECK(support::error_text([&] { support::check(anonymous); }).find("401") != std::string::npos);
  }
}

TEST_CASE("a registry with a certificate of its own is checked when its authority is known") {
  support::OwnCache cache;
  base::TemporaryDirectory directory("tls");
  support::Certificates certificates(directory.path());
  support::DockerRegistry server({.tls = &certificates});
  Images images(server.host(), "tls/app", {}, {}, {.ca_certs = {certificates.ca_pem}});
  auto now = images.push("latest", "now");
  json::Ordered source{{"repository", images.text()}, {"tag", "latest"}};
  CHECK(support::error_text([&] { support::check(source); }).find("fix: add the certificate") != std::string::npos);
  source["ca_certs"] = {certificates.ca_pem};
  CHECK(support::check(source) == reply_of({{"latest", now}}));
  source.erase("tag");
  CHECK(support::check(source) == reply_of({{"latest", now}}));
}

TEST_CASE("a registry that wants a client's certificate is shown it") {
  support::OwnCache cache;
  base::TemporaryDirectory directory("tls");
  support::Certificates certificates(directory.path());
  support::DockerRegistry server({.tls = &certificates, .client_certificates = true});
  http::CurlOptions curl{
      .ca_certs = {certificates.ca_pem},
      .client_certificates = {{server.host(), certificates.client_pem, certificates.client_key_pem}}};
  Images images(server.host(), "mtls/app", {}, {}, curl);
  auto now = images.push("latest", "now");
  json::Ordered source{{"repository", images.text()}, {"tag", "latest"}, {"ca_certs", {certificates.ca_pem}}};
  source["client_cert"] = certificates.client_pem;
  source["client_key"] = certificates.client_key_pem;
  CHECK(support::check(source) == reply_of({{"latest", now}}));
}

TEST_CASE("a mirror answers for Docker Hub, and for no other registry") {
  support::OwnCache cache;
  support::DockerRegistry mirror, private_mirror({.username = "carol", .password = "s3cr=t"}), origin;
  Images hub(mirror.host(), "library/app"),
      behind_login(private_mirror.host(), "library/app", {.username = "carol", .password = "s3cr=t"}),
      own(origin.host(), "library/app");
  auto old = hub.push("latest", "old"), mirrored = hub.push("latest", "mirrored");
  auto of_login = behind_login.push("latest", "behind a login"), of_origin = own.push("latest", "the origin's");

  json::Ordered source{{"repository", "app"}, {"tag", "latest"}, {"registry_mirror", {{"host", mirror.host()}}}};
  CHECK(support::check(source) == reply_of({{"latest", mirrored}}));
  CHECK(support::check(source, version(old)) == reply_of({{"latest", old}, {"latest", mirrored}}));

  source["repository"] = own.text();
  CHECK(support::check(source) == reply_of({{"latest", of_origin}}));

  source["repository"] = "app";
  source["registry_mirror"] = {{"host", private_mirror.host()}, {"username", "carol"}, {"password", "s3cr=t"}};
  CHECK(support::check(source) == reply_of({{"latest", of_login}}));
}

}  // namespace
