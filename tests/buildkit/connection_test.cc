#include "core/buildkit/connection.h"

#include <doctest/doctest.h>

#include "core/base/error.h"
#include "tests/buildkit/fake_engine.h"
#include "tests/support/certificates.h"
#include "tests/support/error_text.h"
#include "tests/support/process.h"

using buildkit::Connection;
using buildkit::Endpoint;

namespace {

std::string connect_error(const std::string& address, buildkit::Tls tls = {},
                          std::chrono::milliseconds patience = std::chrono::seconds(5)) {
  return support::error_text([&] { Connection(Endpoint::parse(address, std::move(tls)), {}, patience); });
}

/// What gRPC adds in its own words changes with its version.
std::string without_notes(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    if (!line.starts_with("  ") || line.starts_with("  fix: ")) out += (out.empty() ? "" : "\n") + line;
    at = end + 1;
  }
  return out;
}

void answer(int fd, std::string_view text) {
  char buffer[4096];
  if (::recv(fd, buffer, sizeof buffer, 0) <= 0) return;
  ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
  ::shutdown(fd, SHUT_WR);
  while (::recv(fd, buffer, sizeof buffer, 0) > 0) {
  }
}

}  // namespace

TEST_CASE("an engine that answers is connected") {
  fake::Engine engine;
  engine.start();
  Connection connection(Endpoint::parse(engine.address()));
  CHECK(connection.engine().version == "v0.0.0+fake");
  CHECK(connection.engine().platforms == std::vector{name::Platform::parse("linux/amd64")});
}

TEST_CASE("an engine that is not there is told apart by how it is missing") {
  base::TemporaryDirectory directory("sockets");
  std::string missing = "unix://" + (directory.path() / "none").string();
  CHECK(connect_error(missing) == "the BuildKit engine at '" + missing +
                                      "' is not there: no such socket\n  fix: start buildkitd, or correct "
                                      "source.buildkit.address");
  base::write_file(directory.path() / "file", "");
  std::string file = "docker://" + (directory.path() / "file").string();
  CHECK(connect_error(file) ==
        "nobody listens at '" + file + "'\n  fix: start dockerd there, or correct source.buildkit.address");
  std::string port = "tcp://127.0.0.1:" + std::to_string(support::free_port());
  CHECK(connect_error(port) ==
        "nobody listens at '" + port + "'\n  fix: start buildkitd there, or correct source.buildkit.address");
  std::string name = connect_error("tcp://nowhere.invalid:1");
  CHECK(name.starts_with("cannot find the host of the BuildKit engine at 'tcp://nowhere.invalid:1': "));
}

TEST_CASE("something else that listens is no engine") {
  struct {
    const char* what;
    fake::Listener::Visit visit;
    std::string text;
  } const table[] = {
      {"a web server", [](int fd) { answer(fd, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"); },
       "what listens at 'ADDRESS' is no BuildKit engine, but some web server\n  fix: correct source.buildkit.address"},
      {"garbage", [](int fd) { answer(fd, "SSH-2.0-OpenSSH_9.2\r\n"); },
       "what listens at 'ADDRESS' ends the connection, or is no BuildKit engine\n  fix: correct "
       "source.buildkit.address, or see the daemon's log; a daemon that wants TLS needs ca_cert, cert and key"},
      {"a closed door", [](int) {},
       "what listens at 'ADDRESS' ends the connection, or is no BuildKit engine\n  fix: correct "
       "source.buildkit.address, or see the daemon's log; a daemon that wants TLS needs ca_cert, cert and key"},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    fake::Listener listener(row.visit);
    std::string address = "unix://" + listener.path(), text = row.text;
    text.replace(text.find("ADDRESS"), 7, address);
    CHECK(without_notes(connect_error(address)) == text);
  }
}

TEST_CASE("something else than a Docker Engine is told by what it answers") {
  const std::string fix =
      "\n  fix: name the socket of a Docker Engine of 26 or newer, or use unix:// for a buildkitd socket";
  struct {
    const char* what;
    fake::Listener::Visit visit;
    std::string text;
  } const table[] = {
      {"another server", [](int fd) { answer(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"); },
       "'ADDRESS' is not a Docker Engine with BuildKit: it answers 'HTTP/1.1 404 Not Found'" + fix},
      {"no HTTP", [](int fd) { answer(fd, "SSH-2.0-OpenSSH_9.2\r\n"); },
       "'ADDRESS' is not a Docker Engine with BuildKit: it answers 'S'" + fix},
      {"half a head", [](int fd) { answer(fd, "HTTP/1.1 101 Switching"); },
       "'ADDRESS' is not a Docker Engine with BuildKit: it answers 'HTTP/1.1 101 Switching'" + fix},
      {"an endless head", [](int fd) { answer(fd, "HTTP/1.1 101 OK\r\nX: " + std::string(20'000, 'x')); },
       "'ADDRESS' is not a Docker Engine with BuildKit: it answers 'a header of more than 16 KiB'" + fix},
      {"silence and an end", [](int fd) { answer(fd, ""); },
       "the BuildKit engine at 'ADDRESS' closes the connection at once\n  fix: see the daemon's log"},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    fake::Listener listener(row.visit);
    std::string address = "docker://" + listener.path(), text = row.text;
    text.replace(text.find("ADDRESS"), 7, address);
    CHECK(connect_error(address) == text);
  }
}

TEST_CASE("a listener that never answers is given up") {
  auto silent = [](int fd) {
    char buffer[4096];
    while (::recv(fd, buffer, sizeof buffer, 0) > 0) {
    }
  };
  fake::Listener listener(silent);
  CHECK(connect_error("unix://" + listener.path(), {}, std::chrono::milliseconds(200)) ==
        "the BuildKit engine at 'unix://" + listener.path() +
            "' accepts connections but does not answer\n  fix: see the daemon's log; a daemon that wants TLS needs "
            "ca_cert, cert and key");
  CHECK(connect_error("docker://" + listener.path(), {}, std::chrono::milliseconds(200)) ==
        "the BuildKit engine at 'docker://" + listener.path() +
            "' does not answer\n  fix: see whether the daemon runs and is reachable from here");

  for (std::string scheme : {"unix://", "docker://"}) {
    CAPTURE(scheme);
    std::stop_source stop;
    std::jthread stopper([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      stop.request_stop();
    });
    CHECK(support::error_text([&] { Connection(Endpoint::parse(scheme + listener.path()), stop.get_token()); }) ==
          "stopped while connecting to the BuildKit engine at '" + scheme + listener.path() + "'");
  }
}

TEST_CASE("an engine that is too old or lets nobody in says so") {
  struct {
    grpc::Status status;
    std::string text;
  } const table[] = {
      {{grpc::StatusCode::UNIMPLEMENTED, "unknown method Info for service moby.buildkit.v1.Control"},
       "the BuildKit engine at 'ADDRESS' is too old: it cannot say its version\n  fix: use BuildKit 0.13 or newer "
       "(Docker Engine 26 or newer)"},
      {{grpc::StatusCode::PERMISSION_DENIED, "not you"}, "the BuildKit engine at 'ADDRESS' refuses us: not you"},
  };
  for (const auto& row : table) {
    fake::Engine engine;
    engine.info = [&](fake::control::InfoResponse&) { return row.status; };
    engine.start();
    std::string text = row.text;
    text.replace(text.find("ADDRESS"), 7, engine.address());
    CHECK(connect_error(engine.address()) == text);
  }
}

TEST_CASE("TLS and mTLS are spoken, and what is wrong with them is told") {
  base::TemporaryDirectory ours_directory("tls"), other_directory("tls");
  support::Certificates ours(ours_directory.path()), other(other_directory.path());
  auto read = [](const std::filesystem::path& file) { return base::read_file(file, 1 << 20); };
  auto credentials = [&](grpc_ssl_client_certificate_request_type clients) {
    grpc::SslServerCredentialsOptions options(clients);
    options.pem_root_certs = ours.ca_pem;
    options.pem_key_cert_pairs = {{read(ours.server_key), read(ours.server)}};
    return grpc::SslServerCredentials(options);
  };
  const std::string untrusted =
      "the certificate of the BuildKit engine at 'ADDRESS' is not to be trusted\n  fix: give the CA that signed it as "
      "ca_cert, and use the host name that it is made for";
  const std::string wants_tls =
      "what listens at 'ADDRESS' ends the connection, or is no BuildKit engine\n  fix: correct "
      "source.buildkit.address, or see the daemon's log; a daemon that wants TLS needs ca_cert, cert and key";
  const std::string fails = "the TLS connection to the BuildKit engine at 'ADDRESS' fails\n  fix: ";
  const std::string needs = fails + "a daemon that asks for client certificates needs cert and key too";
  const std::string knows = fails + "see whether the daemon trusts the CA of this client certificate";
  buildkit::Tls ca{.ca = ours.ca_pem}, client{.ca = ours.ca_pem, .cert = ours.client_pem, .key = ours.client_key_pem};
  buildkit::Tls stranger{.ca = ours.ca_pem, .cert = other.client_pem, .key = other.client_key_pem};
  struct {
    const char* what;
    bool asks_clients;
    buildkit::Tls tls;
    std::string text;
  } const table[] = {
      {"TLS", false, ca, "no error"},
      {"mTLS", true, client, "no error"},
      {"another CA", false, {.ca = other.ca_pem}, untrusted},
      {"no TLS", false, {}, wants_tls},
      {"no certificate", true, ca, needs},
      {"a stranger's certificate", true, stranger, knows},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    fake::Engine engine(credentials(row.asks_clients ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                                     : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE));
    engine.start();
    std::string address = "tcp://127.0.0.1:" + std::to_string(engine.port()), text = row.text;
    if (auto at = text.find("ADDRESS"); at != std::string::npos) text.replace(at, 7, address);
    CHECK(without_notes(connect_error(address, row.tls)) == text);
  }
  fake::Engine plain(grpc::InsecureServerCredentials());
  plain.start();
  std::string address = "tcp://127.0.0.1:" + std::to_string(plain.port());
  CHECK(connect_error(address) == "no error");
  CHECK(without_notes(connect_error(address, ca)) ==
        "the BuildKit engine at '" + address + "' does not speak TLS\n  fix: leave ca_cert, cert and key out");
}
