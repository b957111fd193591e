#pragma once

#include <functional>
#include <string>

#include "core/base/error.h"
#include "core/llb/definition.h"
#include "core/llb/marshal.h"
#include "ops.pb.h"

/// The op that `output` points at, decoded from its marshalled bytes.
inline pb::Op op_of(const llb::Output& output) {
  llb::Definition definition = llb::marshal(output);
  pb::Op op;
  // The vertex that was asked for comes just before the terminal op.
  op.ParseFromString(definition.ops.at(definition.ops.size() - 2));
  return op;
}

inline pb::OpMetadata metadata_of(const llb::Output& output) {
  pb::OpMetadata metadata;
  metadata.ParseFromString(llb::marshal(output).metadata.at(output.vertex()));
  return metadata;
}

inline std::string error_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const base::Error& error) {
    return error.text();
  }
  return "no error";
}
