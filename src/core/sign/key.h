#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace sign {

/// Whose signatures are believed: ECDSA (P-256, P-384, P-521), RSA of 2048 bits or more, Ed25519; the first two with
/// SHA-256, as cosign has it. Thread-safe.
class PublicKey {
 public:
  /// PEM, SubjectPublicKeyInfo ("-----BEGIN PUBLIC KEY-----"). Throws invalid.
  static PublicKey parse(std::string_view pem);

  /// Whether `signature` (of ECDSA in DER) is this key's over `data`.
  bool verifies(std::string_view data, std::string_view signature) const;
  /// What tells this key from others: base64 of the SHA-256 over its DER form (Sigstore's key hint).
  const std::string& hint() const { return hint_; }

 private:
  friend class PrivateKey;
  struct State;
  explicit PublicKey(std::shared_ptr<const State> state);
  std::shared_ptr<const State> state_;
  std::string hint_;
};

/// Signs. Thread-safe.
class PrivateKey {
 public:
  /// PEM: what `cosign generate-key-pair` writes ("ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY"), or
  /// plain PKCS#8 or SEC 1, for which the password does not count. Throws invalid, denied for a wrong password.
  static PrivateKey parse(std::string_view pem, std::string_view password);

  std::string sign(std::string_view data) const;
  PublicKey public_key() const { return PublicKey(state_); }

 private:
  explicit PrivateKey(std::shared_ptr<const PublicKey::State> state) : state_(std::move(state)) {}
  std::shared_ptr<const PublicKey::State> state_;
};

}  // namespace sign
