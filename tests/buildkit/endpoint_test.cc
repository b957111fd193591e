#include "core/buildkit/endpoint.h"

#include <doctest/doctest.h>

#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "tests/support/certificates.h"
#include "tests/support/error_text.h"

using buildkit::Endpoint;

TEST_CASE("sockets, hosts and Docker Engines are endpoints") {
  Endpoint socket = Endpoint::parse("unix:///run/buildkit/buildkitd.sock");
  CHECK(socket.kind() == Endpoint::Kind::unix_socket);
  CHECK(socket.path() == "/run/buildkit/buildkitd.sock");

  Endpoint docker = Endpoint::parse("docker:///run/user/1000/docker.sock");
  CHECK(docker.kind() == Endpoint::Kind::docker);
  CHECK(docker.path() == "/run/user/1000/docker.sock");
  CHECK(Endpoint::parse("docker://").path() == "/var/run/docker.sock");

  Endpoint name = Endpoint::parse("tcp://build.example:1234");
  CHECK(name.kind() == Endpoint::Kind::tcp);
  CHECK(name.host() == "build.example");
  CHECK(name.port() == 1234);
  CHECK(name.text() == "tcp://build.example:1234");

  Endpoint address = Endpoint::parse("tcp://[::1]:65535");
  CHECK(address.host() == "::1");
  CHECK(address.port() == 65535);
}

TEST_CASE("what is no endpoint is refused with the reason") {
  const std::string forms = "unix:///run/buildkit/buildkitd.sock, tcp://HOST:PORT or docker:///var/run/docker.sock";
  const std::string host_fix = "\n  fix: write tcp://HOST:PORT; an IPv6 address stands in brackets";
  const std::string port_fix = "\n  fix: write tcp://HOST:PORT, for example tcp://build.example:1234";
  struct {
    std::string address, text;
  } const table[] = {
      {"", "BuildKit address '' has no scheme\n  fix: write " + forms},
      {"/run/buildkitd.sock", "BuildKit address '/run/buildkitd.sock' has no scheme\n  fix: write " + forms},
      {"https://h:1", "BuildKit address 'https://h:1' has an unknown scheme 'https'\n  fix: use " + forms},
      {"unix://run/b.sock",
       "BuildKit address 'unix://run/b.sock' does not name an absolute path\n  fix: write three slashes: "
       "unix:///run/…"},
      {"unix://",
       "BuildKit address 'unix://' does not name an absolute path\n  fix: write three slashes: unix:///run/…"},
      {"unix:///" + std::string(107, 'x'),
       "BuildKit address 'unix:///" + std::string(107, 'x') +
           "' has a path of 108 bytes, sockets take at most 107\n  fix: make a shorter symbolic link to the socket's "
           "directory"},
      {"tcp://host", "BuildKit address 'tcp://host' has no port" + port_fix},
      {"tcp://[::1]", "BuildKit address 'tcp://[::1]' has no port" + port_fix},
      {"tcp://host:", "BuildKit address 'tcp://host:' has the port '', not a number from 1 to 65535"},
      {"tcp://host:0", "BuildKit address 'tcp://host:0' has the port '0', not a number from 1 to 65535"},
      {"tcp://host:65536", "BuildKit address 'tcp://host:65536' has the port '65536', not a number from 1 to 65535"},
      {"tcp://host:12/x", "BuildKit address 'tcp://host:12/x' has the port '12/x', not a number from 1 to 65535"},
      {"tcp://:1234", "BuildKit address 'tcp://:1234' has the host '', not a name or an IP address" + host_fix},
      {"tcp://u@h:1", "BuildKit address 'tcp://u@h:1' has the host 'u@h', not a name or an IP address" + host_fix},
      {"tcp://::1:5", "BuildKit address 'tcp://::1:5' has the host '::1', not a name or an IP address" + host_fix},
      {"tcp://[host]:5",
       "BuildKit address 'tcp://[host]:5' has the host '[host]', not a name or an IP address" + host_fix},
      {"tcp://h\x1b:5",
       "BuildKit address 'tcp://h\\x1b:5' has the host 'h\\x1b', not a name or an IP address" + host_fix},
  };
  for (const auto& row : table) {
    CAPTURE(row.address);
    CHECK(support::error_text([&] { Endpoint::parse(row.address); }) == row.text);
  }
}

TEST_CASE("TLS material is checked before anybody connects") {
  base::TemporaryDirectory directory("tls"), other_directory("tls");
  support::Certificates ours(directory.path()), other(other_directory.path());
  CHECK(
      Endpoint::parse("tcp://h:1", {.ca = ours.ca_pem, .cert = ours.client_pem, .key = ours.client_key_pem}).tls().ca ==
      ours.ca_pem);

  const std::string both = "\n  fix: give both the certificate and the key as PEM text";
  const std::string lines =
      "\n  fix: give the text of the file, with its lines '-----BEGIN CERTIFICATE-----' and '-----END "
      "CERTIFICATE-----'";
  struct {
    buildkit::Tls tls;
    std::string text;
  } const table[] = {
      {{.cert = ours.client_pem}, "a client certificate for BuildKit is given without its key" + both},
      {{.key = ours.client_key_pem}, "a client key for BuildKit is given without its certificate" + both},
      {{.ca = "/etc/ssl/ca.pem"}, "the CA certificate for BuildKit is not a PEM certificate" + lines},
      {{.cert = "x", .key = ours.client_key_pem},
       "the client certificate for BuildKit is not a PEM certificate" + lines},
      {{.cert = ours.client_pem, .key = "x"},
       "the client key for BuildKit is not a PEM private key without passphrase\n  fix: give the text of the key file; "
       "take a passphrase off with 'openssl pkey'"},
      {{.cert = ours.client_pem, .key = other.client_key_pem},
       "the client key for BuildKit does not belong to the client certificate\n  fix: give the key that the "
       "certificate "
       "was made for"},
  };
  for (const auto& row : table) CHECK(support::error_text([&] { Endpoint::parse("tcp://h:1", row.tls); }) == row.text);
  CHECK(support::error_text([&] { Endpoint::parse("docker://", {.ca = ours.ca_pem}); }) ==
        "BuildKit address 'docker://' is a socket on this machine, which takes no TLS certificates\n  fix: leave the "
        "certificates out, or use tcp://HOST:PORT");
}
