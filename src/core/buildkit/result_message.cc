#include "core/buildkit/result_message.h"

#include "core/base/error.h"
#include "core/json/decode.h"
#include "core/llb/protobuf.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;
namespace wire = moby::buildkit::v1::frontend;

wire::Ref to_message(const frontend::Ref& ref) {
  wire::Ref out;
  out.set_id(ref.id);
  return out;
}

wire::Attestation to_message(const frontend::Attestation& attestation) {
  wire::Attestation out;
  out.set_kind(wire::InToto);
  *out.mutable_ref() = to_message(attestation.ref);
  out.set_path(attestation.path);
  out.set_intotopredicatetype(attestation.predicate_type);
  for (const auto& [key, value] : attestation.metadata) (*out.mutable_metadata())[key] = value;
  out.add_intotosubjects()->set_kind(wire::Self);  // about the image that it is exported with
  return out;
}

json::Ordered platform_entry(const std::string& id) {
  name::Platform platform = name::Platform::parse(id);
  json::Ordered description = {{"architecture", platform.architecture()}, {"os", platform.os()}};
  if (!platform.variant().empty()) description["variant"] = platform.variant();
  return {{"ID", id}, {"Platform", std::move(description)}};
}

}  // namespace

wire::Result to_message(const frontend::Result& result) {
  // The answer to a request that is no build is all metadata.
  if (result.images.empty() && !result.metadata.contains("result.json"))
    throw Error(Kind::invalid, "the build has no result");
  wire::Result out;
  auto& metadata = *out.mutable_metadata();
  for (const auto& [key, value] : result.metadata) metadata[key] = value;

  bool several = result.images.size() > 1;
  json::Ordered platforms = json::Ordered::array();
  for (const auto& [id, image] : result.images) {
    platforms.push_back(platform_entry(id));
    std::string suffix = several ? "/" + id : "";
    metadata["containerimage.config" + suffix] = image.config;
    // Tells the exporter which layers are the base's: they are neither rewritten nor given a new history.
    if (!image.base_config.empty()) metadata["containerimage.base.config" + suffix] = image.base_config;
    if (several)
      (*out.mutable_refs()->mutable_refs())[id] = to_message(image.ref);
    else
      *out.mutable_ref() = to_message(image.ref);
    for (const frontend::Attestation& attestation : image.attestations)
      *(*out.mutable_attestations())[id].add_attestation() = to_message(attestation);
  }
  if (!result.images.empty()) metadata["refs.platforms"] = json::write({{"Platforms", std::move(platforms)}});
  return out;
}

frontend::SolveResult from_message(const wire::Result& result) {
  frontend::SolveResult out;
  for (const auto& [key, value] : result.metadata()) out.metadata[key] = value;
  const wire::Ref* ref = result.has_ref() ? &result.ref() : nullptr;
  if (result.has_refs()) {
    if (result.refs().refs_size() != 1)
      throw Error(Kind::unsupported,
                  "a nested frontend made " + std::to_string(result.refs().refs_size()) + " trees where one was wanted")
          .fix("build it for one platform");
    ref = &result.refs().refs().begin()->second;
  }
  if (ref != nullptr) {
    out.ref.id = ref->id();
    out.ref.definition = llb::from_protobuf(ref->def());
  }
  return out;
}

}  // namespace buildkit
