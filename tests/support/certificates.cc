#include "tests/support/certificates.h"

#include "core/base/fd.h"
#include "tests/support/process.h"

namespace support {
namespace {

namespace fs = std::filesystem;

/// A key and a certificate signed by the authority in `directory`.
void issue(const fs::path& directory, const std::string& name, const std::string& extension) {
  auto file = [&](const std::string& suffix) { return (directory / (name + suffix)).string(); };
  base::write_file(file(".ext"), extension);
  run({"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file(".key"),
       "-out", file(".csr"), "-subj", "/CN=" + name});
  run({"openssl", "x509", "-req", "-in", file(".csr"), "-CA", (directory / "ca.pem").string(), "-CAkey",
       (directory / "ca.key").string(), "-CAcreateserial", "-days", "30", "-extfile", file(".ext"), "-out",
       file(".pem")});
}

}  // namespace

Certificates::Certificates(const fs::path& directory)
    : ca(directory / "ca.pem"),
      server(directory / "server.pem"),
      server_key(directory / "server.key"),
      client(directory / "client.pem"),
      client_key(directory / "client.key") {
  fs::create_directories(directory);
  run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
       (directory / "ca.key").string(), "-out", ca.string(), "-days", "30", "-subj", "/CN=estaleiro test authority"});
  issue(directory, "server", "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n");
  issue(directory, "client", "extendedKeyUsage=clientAuth\n");
  ca_pem = base::read_file(ca, 1 << 16);
  client_pem = base::read_file(client, 1 << 16);
  client_key_pem = base::read_file(client_key, 1 << 16);
}

}  // namespace support
