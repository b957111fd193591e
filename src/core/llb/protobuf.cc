#include "core/llb/protobuf.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/llb/node.h"

namespace llb {

pb::Definition to_protobuf(const Definition& definition) {
  auto refuse = [](const std::string& what) {
    return base::Error(base::Kind::invalid, "build graph: " + what + " cannot be decoded");
  };
  pb::Definition out;
  for (const std::string& op : definition.ops) out.add_def(op);
  for (const auto& [digest, bytes] : definition.metadata)
    if (!(*out.mutable_metadata())[digest].ParseFromString(bytes)) throw refuse("metadata of " + base::quoted(digest));
  if (!definition.source.empty() && !out.mutable_source()->ParseFromString(definition.source))
    throw refuse("source places");
  return out;
}

Definition from_protobuf(const pb::Definition& definition) {
  Definition out;
  out.ops.assign(definition.def().begin(), definition.def().end());
  for (const auto& [digest, metadata] : definition.metadata()) out.metadata[digest] = serialise(metadata);
  if (definition.has_source()) out.source = serialise(definition.source());
  return out;
}

}  // namespace llb
