#include "tests/support/docker_registry.h"

#include <stdexcept>

#include "core/base/fd.h"

namespace support {
namespace {

std::string configuration(const DockerRegistryOptions& options, const std::filesystem::path& directory, int port) {
  std::string out =
      "version: 0.1\n"
      "log:\n  level: info\n  accesslog:\n    disabled: false\n"
      "storage:\n  filesystem:\n    rootdirectory: " +
      (directory / "storage").string() +
      "\n  delete:\n    enabled: true\n"
      "http:\n  addr: 127.0.0.1:" +
      std::to_string(port) + "\n  secret: for-tests-only\n";
  if (options.tls) {
    out += "  tls:\n    certificate: " + options.tls->server.string() +
           "\n    key: " + options.tls->server_key.string() + "\n";
    if (options.client_certificates) out += "    clientcas:\n      - " + options.tls->ca.string() + "\n";
  }
  if (!options.username.empty())
    out += "auth:\n  htpasswd:\n    realm: test\n    path: " + (directory / "htpasswd").string() + "\n";
  if (!options.token_realm.empty())
    out += "auth:\n  token:\n    realm: " + options.token_realm + "\n    service: " + options.token_service +
           "\n    issuer: " + options.token_issuer + "\n    rootcertbundle: " + options.token_certificate.string() +
           "\n";
  if (!options.proxy_of.empty()) out += "proxy:\n  remoteurl: " + options.proxy_of + "\n";
  return out;
}

}  // namespace

DockerRegistry::DockerRegistry(DockerRegistryOptions options) : directory_("docker-registry") {
  auto config = directory_.path() / "config.yml", log_file = directory_.path() / "log";
  if (!options.username.empty())
    base::write_file(directory_.path() / "htpasswd", run({"htpasswd", "-Bbn", options.username, options.password}));
  // Between asking for a free port and using it, another test may take it.
  for (int attempt = 0;; ++attempt) {
    port_ = options.port ? options.port : free_port();
    base::write_file(config, configuration(options, directory_.path(), port_));
    process_ =
        std::make_unique<Process>(std::vector<std::string>{"docker-registry", "serve", config.string()}, log_file);
    try {
      wait_for_port(port_, *process_, log_file);
      return;
    } catch (const std::runtime_error&) {
      if (attempt == 3 || options.port) throw;
    }
  }
}

DockerRegistry& shared_registry() {
  static DockerRegistry registry;
  return registry;
}

std::string DockerRegistry::log() const { return base::read_file(directory_.path() / "log", 64 << 20); }

}  // namespace support
