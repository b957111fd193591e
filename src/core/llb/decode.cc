#include "core/llb/decode.h"

#include <unordered_map>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace llb {
namespace {

base::Error invalid(const std::string& problem) { return base::Error(base::Kind::invalid, "build graph: " + problem); }

pb::Op parse_op(const std::string& bytes, std::size_t number) {
  pb::Op op;
  if (!op.ParseFromString(bytes)) throw invalid("op " + std::to_string(number) + " cannot be decoded");
  return op;
}

using Positions = std::unordered_map<std::string, std::size_t>;

std::size_t find(const Positions& positions, const pb::Input& input, std::size_t wanted_by) {
  auto found = positions.find(input.digest());
  if (found == positions.end())
    throw invalid("op " + std::to_string(wanted_by) + " needs " + base::quoted(input.digest()) +
                  ", which is not in the graph");
  if (input.index() < 0)
    throw invalid("op " + std::to_string(wanted_by) + " needs output " + std::to_string(input.index()));
  return found->second;
}

/// Positions of `result` and all that it needs, inputs first. Depth is bounded by memory alone, so no recursion.
std::vector<std::size_t> order(const std::vector<DecodedOp>& ops, std::size_t result) {
  enum class State : unsigned char { untouched, open, done };
  std::vector<State> states(ops.size(), State::untouched);
  struct Visit {
    std::size_t op, next_input;
  };
  std::vector<Visit> stack = {{result, 0}};
  std::vector<std::size_t> out;
  states[result] = State::open;
  while (!stack.empty()) {
    Visit& top = stack.back();
    const auto& inputs = ops[top.op].inputs;
    if (top.next_input == inputs.size()) {
      states[top.op] = State::done;
      out.push_back(top.op);
      stack.pop_back();
      continue;
    }
    std::size_t input = inputs[top.next_input++];
    if (states[input] == State::open) throw invalid("ops depend on each other in a circle");
    if (states[input] == State::untouched) {
      states[input] = State::open;
      stack.push_back({input, 0});
    }
  }
  return out;
}

void read_places(const std::string& bytes, const Positions& positions, std::vector<DecodedOp>& ops) {
  pb::Source source;
  if (!source.ParseFromString(bytes)) throw invalid("its source places cannot be decoded");
  std::vector<std::shared_ptr<const SourceFile>> files;
  for (pb::SourceInfo& info : *source.mutable_infos())
    files.push_back(std::make_shared<SourceFile>(SourceFile{
        std::move(*info.mutable_filename()), std::move(*info.mutable_language()), std::move(*info.mutable_data())}));
  for (const auto& [digest, locations] : source.locations()) {
    auto found = positions.find(digest);
    if (found == positions.end()) continue;
    for (const pb::Location& location : locations.locations()) {
      if (location.sourceindex() < 0 || static_cast<std::size_t>(location.sourceindex()) >= files.size())
        throw invalid("a place is in source file " + std::to_string(location.sourceindex()) + " of " +
                      std::to_string(files.size()));
      for (const pb::Range& range : location.ranges())
        ops[found->second].places.push_back({files[static_cast<std::size_t>(location.sourceindex())],
                                             range.start().line(), range.start().character(), range.end().line(),
                                             range.end().character()});
    }
  }
}

}  // namespace

DecodedGraph decode(const Definition& definition) {
  DecodedGraph graph;
  if (definition.empty()) return graph;

  std::vector<DecodedOp> ops;
  Positions positions;
  const std::size_t terminal = definition.ops.size() - 1;
  for (std::size_t i = 0; i < terminal; i++) {
    const std::string& bytes = definition.ops[i];
    std::string digest = base::sha256(bytes).text();
    if (!positions.emplace(digest, ops.size()).second) continue;
    ops.push_back({parse_op(bytes, i), &bytes, std::move(digest), {}, {}});
  }
  for (std::size_t i = 0; i < ops.size(); i++)
    for (const pb::Input& input : ops[i].op.inputs()) ops[i].inputs.push_back(find(positions, input, i));
  if (!definition.source.empty()) read_places(definition.source, positions, ops);

  pb::Op end = parse_op(definition.ops[terminal], terminal);
  if (end.inputs_size() != 1 || end.op_case() != pb::Op::OP_NOT_SET)
    throw invalid("its last op is no terminal op: it has " + std::to_string(end.inputs_size()) +
                  " inputs, or work of its own");
  std::size_t result = find(positions, end.inputs(0), terminal);
  graph.result_output = end.inputs(0).index();

  std::vector<std::size_t> new_position(ops.size());
  for (std::size_t old : order(ops, result)) {
    new_position[old] = graph.ops.size();
    graph.ops.push_back(std::move(ops[old]));
    for (std::size_t& input : graph.ops.back().inputs) input = new_position[input];
  }
  graph.result = new_position[result];
  return graph;
}

}  // namespace llb
