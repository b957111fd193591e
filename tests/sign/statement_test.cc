#include "core/sign/statement.h"

#include <doctest/doctest.h>

#include <functional>
#include <vector>

#include "core/base/digest.h"
#include "core/base/fd.h"
#include "core/json/decode.h"

namespace {

using sign::PrivateKey;
using sign::PublicKey;

const base::Digest image = base::sha256("image"), other = base::sha256("another image");

PrivateKey key_of(const char* name) {
  return PrivateKey::parse(base::read_file(std::string(TEST_DATA "/keys/") + name, 10'000), "");
}

TEST_CASE("a payload is believed when the key has signed it and it speaks of the image") {
  auto key = key_of("p256.pem");
  auto payload = sign::payload("registry.example/team/app", image);
  CHECK(
      payload ==
      R"({"critical":{"identity":{"docker-reference":"registry.example/team/app"},"image":{"docker-manifest-digest":")" +
          image.text() + R"("},"type":"cosign container image signature"},"optional":null})");
  auto signature = base::to_base64(key.sign(payload));
  CHECK(sign::verifies(key.public_key(), payload, signature, image));
  CHECK_FALSE(sign::verifies(key.public_key(), payload, signature, other));
  CHECK_FALSE(sign::verifies(key_of("p384.pem").public_key(), payload, signature, image));
  CHECK_FALSE(sign::verifies(key.public_key(), payload + " ", signature, image));
  CHECK_FALSE(sign::verifies(key.public_key(), payload, "not base64!", image));
  CHECK_FALSE(sign::verifies(key.public_key(), payload, "", image));
}

TEST_CASE("what the key has signed for another purpose is not believed") {
  auto key = key_of("p256.pem");
  for (const std::string& payload : std::vector<std::string>{
           R"({"critical":{"image":{"docker-manifest-digest":")" + image.text() + R"("},"type":"something else"}})",
           R"({"critical":{"image":{"docker-manifest-digest":")" + image.text() + R"("}}})",
           R"({"critical":{"image":[],"type":"cosign container image signature"}})",
           R"({"critical":{"type":"cosign container image signature"}})", std::string("[]"), std::string("no JSON"),
           image.text()}) {
    CAPTURE(payload);
    CHECK_FALSE(sign::verifies(key.public_key(), payload, base::to_base64(key.sign(payload)), image));
  }
}

TEST_CASE("a bundle is believed when its statement is signed and speaks of the image") {
  for (const char* name : {"p256.pem", "p384.pem", "ed25519.pem", "rsa2048.pem"}) {
    CAPTURE(name);
    auto key = key_of(name);
    auto bundle = sign::bundle(key, image);
    CHECK(sign::verifies_bundle(key.public_key(), bundle, image));
    CHECK_FALSE(sign::verifies_bundle(key.public_key(), bundle, other));
    CHECK_FALSE(sign::verifies_bundle(key_of(name == std::string("p256.pem") ? "p384.pem" : "p256.pem").public_key(),
                                      bundle, image));
  }
}

TEST_CASE("a bundle's parts are those that Sigstore names") {
  auto key = key_of("p256.pem");
  auto bundle = json::parse(sign::bundle(key, image), "bundle");
  CHECK(bundle.at("mediaType") == sign::bundle_media_type);
  CHECK(bundle.at("verificationMaterial").at("publicKey").at("hint") == key.public_key().hint());
  CHECK(bundle.at("dsseEnvelope").at("payloadType") == "application/vnd.in-toto+json");
  auto statement =
      json::parse(base::from_base64(bundle.at("dsseEnvelope").at("payload").get<std::string>()), "statement");
  CHECK(statement.dump() == R"({"_type":"https://in-toto.io/Statement/v1","predicate":{},"predicateType":)"
                            R"("https://sigstore.dev/cosign/sign/v1","subject":[{"digest":{"sha256":")" +
                                std::string(image.hex()) + R"("}}]})");
  const auto& signatures = bundle.at("dsseEnvelope").at("signatures");
  REQUIRE(signatures.size() == 1);
  CHECK(!signatures[0].contains("keyid"));
}

TEST_CASE("a bundle that cosign 2.6.5 made is believed") {
  auto key = sign::PublicKey::parse(base::read_file(TEST_DATA "/cosign/key.pub", 10'000));
  auto bundle = base::read_file(TEST_DATA "/cosign/bundle.json", 10'000);
  auto signed_image = base::Digest::parse("sha256:ab4f345badcfb68654000e0ae5f5dc4792aea9c10f46eaecb10ff06224af8503");
  CHECK(sign::verifies_bundle(key, bundle, signed_image));
  CHECK_FALSE(sign::verifies_bundle(key, bundle, image));
  CHECK_FALSE(sign::verifies_bundle(key_of("p256.pem").public_key(), bundle, signed_image));
}

/// A bundle, changed.
std::string changed(const std::string& bundle, const std::function<void(json::Value&)>& change) {
  auto value = json::parse(bundle, "bundle");
  change(value);
  return value.dump();
}

TEST_CASE("a bundle that was tampered with is not believed") {
  auto key = key_of("p256.pem");
  const auto bundle = sign::bundle(key, image);
  auto refused = [&](const char* what, const std::function<void(json::Value&)>& change) {
    CAPTURE(what);
    CHECK_FALSE(sign::verifies_bundle(key.public_key(), changed(bundle, change), image));
  };
  refused("no envelope", [](json::Value& v) { v.erase("dsseEnvelope"); });
  refused("no signature", [](json::Value& v) { v["dsseEnvelope"]["signatures"] = json::Value::array(); });
  refused("another type", [](json::Value& v) { v["dsseEnvelope"]["payloadType"] = "text/plain"; });
  refused("another payload", [](json::Value& v) {
    auto body = base::from_base64(v["dsseEnvelope"]["payload"].get<std::string>());
    body.replace(body.find(image.hex()), 64, other.hex());
    v["dsseEnvelope"]["payload"] = base::to_base64(body);
  });
  refused("a signature that is none", [](json::Value& v) { v["dsseEnvelope"]["signatures"][0]["sig"] = "AAAA"; });
  CHECK_FALSE(sign::verifies_bundle(key.public_key(), "", image));
  CHECK_FALSE(sign::verifies_bundle(key.public_key(), "[]", image));
}

}  // namespace
