#include "cli/engine_options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>

#include "core/base/error.h"
#include "core/base/fd.h"

namespace cli {
namespace {

constexpr std::size_t max_pem_bytes = 1 << 20;

std::string default_address() {
  if (const char* host = std::getenv("BUILDKIT_HOST"); host && *host) return host;
  std::error_code ignored;
  if (std::filesystem::exists("/run/buildkit/buildkitd.sock", ignored)) return "unix:///run/buildkit/buildkitd.sock";
  if (std::filesystem::exists("/var/run/docker.sock", ignored)) return "docker://";
  throw base::Error(base::Kind::not_found, "there is no BuildKit engine here")
      .fix("name one with --addr or $BUILDKIT_HOST: unix://, tcp:// or docker://");
}

std::string read_pem(const std::string& file) { return file.empty() ? "" : base::read_file(file, max_pem_bytes); }

}  // namespace

void EngineOptions::add_to(CLI::App& command) {
  command.add_option("--addr", address, "The BuildKit engine: unix://, tcp:// or docker://; $BUILDKIT_HOST by default")
      ->type_name("ADDRESS");
  command.add_option("--tlscacert", ca_file, "Certificates that may sign a tcp:// engine's")->type_name("FILE");
  command.add_option("--tlscert", cert_file, "Our certificate for a tcp:// engine")->type_name("FILE");
  command.add_option("--tlskey", key_file, "Its key")->type_name("FILE");
}

buildkit::Endpoint EngineOptions::endpoint() const {
  return buildkit::Endpoint::parse(address.empty() ? default_address() : address,
                                   {read_pem(ca_file), read_pem(cert_file), read_pem(key_file), {}});
}

}  // namespace cli
