#pragma once

#include <filesystem>
#include <string>

namespace support {

/// A certificate authority made by openssl for one test, with a server certificate for localhost and 127.0.0.1 and a
/// client certificate. All are files in `directory`.
struct Certificates {
  explicit Certificates(const std::filesystem::path& directory);

  std::filesystem::path ca, server, server_key, client, client_key;
  std::string ca_pem, client_pem, client_key_pem;
};

}  // namespace support
