#include "in/attestation.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/json/decode.h"
#include "core/json/members.h"
#include "core/oci/manifest.h"
#include "core/oci/media_type.h"

namespace in {
namespace {

constexpr const char* spdx_predicate = "https://spdx.dev/Document";
/// What BuildKit takes from a generator at most.
constexpr std::uint64_t max_statement_bytes = 40u << 20;

std::string annotation(const oci::Descriptor& descriptor, const std::string& key) {
  auto found = descriptor.annotations.find(key);
  return found == descriptor.annotations.end() ? "" : found->second;
}

bool attests(const oci::Descriptor& child, const base::Digest& image) {
  return annotation(child, "vnd.docker.reference.type") == "attestation-manifest" &&
         annotation(child, "vnd.docker.reference.digest") == image.text();
}

/// The predicate of `statement`, which must be about `image`.
std::string predicate_of(std::string_view statement, const base::Digest& image) {
  auto members = json::members(statement, "the statement");
  auto member = [&](const char* key) {
    auto found = members.find(key);
    return found == members.end() ? std::string_view("null") : found->second;
  };
  if (auto type = json::parse(member("predicateType"), "predicateType"); type != spdx_predicate)
    throw base::Error(base::Kind::corrupt, "the statement's predicate is " + base::quoted(type.dump(), 100) + ", " +
                                               base::quoted(spdx_predicate) + " is wanted");
  auto subject = json::parse(member("subject"), "subject");
  bool ours = subject.is_array() && std::any_of(subject.begin(), subject.end(), [&](const json::Value& one) {
                return json::Object(json::Object(one, "subject").raw("digest"), "subject.digest").string("sha256") ==
                       image.hex();
              });
  if (!ours) throw base::Error(base::Kind::corrupt, "the statement does not speak of " + image.text());
  auto predicate = member("predicate");
  if (!predicate.starts_with('{')) throw base::Error(base::Kind::corrupt, "the statement has no predicate");
  return std::string(predicate);
}

}  // namespace

std::optional<std::string> attested_spdx(const Line& line, const oci::Document& document, const base::Digest& image) {
  if (!document.is_index()) return std::nullopt;
  for (const auto& child : oci::parse_index(document).manifests) {
    if (!attests(child, image)) continue;
    auto manifest = oci::parse_manifest(line.puller.document(child, line.stop));
    for (const auto& layer : manifest.layers)
      if (layer.media_type == oci::media_type::in_toto &&
          annotation(layer, "in-toto.io/predicate-type") == spdx_predicate)
        return base::within("reading the attestation " + layer.digest.text(), [&] {
          return predicate_of(line.puller.blob_bytes(layer, max_statement_bytes, line.stop), image);
        });
  }
  return std::nullopt;
}

}  // namespace in
