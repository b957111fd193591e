#include "core/llb/combine.h"

#include "core/llb/node.h"

namespace llb {

Output merge(const std::vector<Output>& trees, const Metadata& metadata) {
  std::vector<Output> filled;
  for (const Output& tree : trees)
    if (!tree.is_scratch()) filled.push_back(tree);
  if (filled.empty()) return scratch();
  if (filled.size() == 1) return filled.front();

  NodeMaker maker;
  pb::Op body;
  for (const Output& tree : filled) body.mutable_merge()->add_inputs()->set_input(maker.repeated_input(tree));
  return Output(maker.make(body, metadata), 0);
}

Output diff(const Output& lower, const Output& upper, const Metadata& metadata) {
  if (lower.is_scratch()) return upper;

  NodeMaker maker;
  pb::Op body;
  body.mutable_diff()->mutable_lower()->set_input(maker.repeated_input(lower));
  body.mutable_diff()->mutable_upper()->set_input(maker.repeated_input(upper));
  return Output(maker.make(body, metadata), 0);
}

}  // namespace llb
