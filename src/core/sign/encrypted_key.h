#pragma once

#include <string>
#include <string_view>

namespace sign {

/// The PKCS#8 bytes (DER) inside cosign's encrypted key: `body` is the JSON out of the PEM, which names scrypt and
/// nacl/secretbox with their parameters. At most 256 MiB and a few seconds are spent, whatever it asks for.
/// Throws invalid, denied for a wrong password.
std::string decrypt_key(std::string_view body, std::string_view password);

}  // namespace sign
