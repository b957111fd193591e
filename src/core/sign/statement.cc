#include "core/sign/statement.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/json/decode.h"

namespace sign {
namespace {

constexpr std::string_view payload_kind = "cosign container image signature";
constexpr std::string_view envelope_type = "application/vnd.in-toto+json";
constexpr std::string_view statement_prefix = "https://in-toto.io/Statement/";

/// What is signed of an envelope (DSSE 1.0, "Pre-Authentication Encoding").
std::string to_sign(std::string_view type, std::string_view body) {
  return "DSSEv1 " + std::to_string(type.size()) + " " + std::string(type) + " " + std::to_string(body.size()) + " " +
         std::string(body);
}

/// What an attacker wrote may be anything: not to be understood is not to be believed.
template <class Body>
bool believed(Body body) {
  try {
    return body();
  } catch (const base::Error& error) {
    if (error.kind() == base::Kind::failed) throw;
    return false;
  }
}

bool states(std::string_view text, const base::Digest& image) {
  auto value = json::parse(text, "statement");
  json::Object statement(value, "statement");
  if (!statement.required_string("_type").starts_with(statement_prefix)) return false;
  if (statement.required_string("predicateType") != bundle_predicate) return false;
  auto subjects = statement.objects("subject");
  return std::any_of(subjects.begin(), subjects.end(), [&](json::Object& subject) {
    auto digests = subject.string_map("digest");
    auto found = digests.find(std::string(image.algorithm()));
    return found != digests.end() && found->second == image.hex();
  });
}

}  // namespace

std::string payload(std::string_view repository, const base::Digest& image) {
  json::Ordered out;
  out["critical"]["identity"]["docker-reference"] = repository;
  out["critical"]["image"]["docker-manifest-digest"] = image.text();
  out["critical"]["type"] = payload_kind;
  out["optional"] = nullptr;
  return json::write(out);
}

bool verifies(const PublicKey& key, std::string_view bytes, std::string_view signature, const base::Digest& image) {
  return believed([&] {
    if (!key.verifies(bytes, base::from_base64(signature))) return false;
    auto value = json::parse(bytes, "payload");
    auto critical = json::Object(value, "payload").object("critical");
    auto named = critical ? critical->object("image") : std::nullopt;
    return named && critical->string("type") == payload_kind && named->string("docker-manifest-digest") == image.text();
  });
}

std::string bundle(const PrivateKey& key, const base::Digest& image) {
  json::Ordered statement;
  statement["_type"] = std::string(statement_prefix) + "v1";
  statement["subject"] = json::Ordered::array({{{"digest", {{image.algorithm(), image.hex()}}}}});
  statement["predicateType"] = bundle_predicate;
  statement["predicate"] = json::Ordered::object();
  const auto body = json::write(statement);
  json::Ordered out;
  out["mediaType"] = bundle_media_type;
  out["verificationMaterial"]["publicKey"]["hint"] = key.public_key().hint();
  out["dsseEnvelope"]["payload"] = base::to_base64(body);
  out["dsseEnvelope"]["payloadType"] = envelope_type;
  // Without "keyid": cosign passes over a signature whose id is not the one that it gives the key itself.
  out["dsseEnvelope"]["signatures"] =
      json::Ordered::array({{{"sig", base::to_base64(key.sign(to_sign(envelope_type, body)))}}});
  return json::write(out);
}

bool verifies_bundle(const PublicKey& key, std::string_view text, const base::Digest& image) {
  return believed([&] {
    auto value = json::parse(text, "bundle");
    auto envelope = json::Object(value, "bundle").object("dsseEnvelope");
    if (!envelope || envelope->required_string("payloadType") != envelope_type) return false;
    const auto body = base::from_base64(envelope->required_string("payload"));
    auto signatures = envelope->objects("signatures");
    const auto signed_bytes = to_sign(envelope_type, body);
    bool ours = std::any_of(signatures.begin(), signatures.end(), [&](json::Object& signature) {
      return key.verifies(signed_bytes, base::from_base64(signature.required_string("sig")));
    });
    return ours && states(body, image);
  });
}

}  // namespace sign
