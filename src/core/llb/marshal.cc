#include "core/llb/marshal.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "core/llb/decode.h"
#include "core/llb/node.h"

namespace llb {
namespace {

/// Every node that `root` needs, inputs first.
std::vector<const Node*> in_order(const Node* root) {
  struct Visit {
    const Node* node;
    std::size_t next_input;
  };
  std::vector<const Node*> out;
  std::unordered_set<const Node*> seen = {root};
  std::vector<Visit> stack = {{root, 0}};
  while (!stack.empty()) {
    Visit& top = stack.back();
    if (top.next_input == top.node->inputs().size()) {
      out.push_back(top.node);
      stack.pop_back();
      continue;
    }
    const Node* input = top.node->inputs()[top.next_input++].get();
    if (seen.insert(input).second) stack.push_back({input, 0});
  }
  return out;
}

/// pb.Source, put together vertex by vertex; equal files are listed once.
class SourceMap {
 public:
  void add(const std::string& digest, const std::vector<SourcePlace>& places) {
    for (const SourcePlace& place : places) {
      if (!place.file) continue;
      auto& locations = *(*source_.mutable_locations())[digest].mutable_locations();
      std::int32_t file = index(*place.file);
      // Ranges of one location are shown in one excerpt.
      if (locations.empty() || locations.rbegin()->sourceindex() != file) locations.Add()->set_sourceindex(file);
      pb::Range* range = locations.rbegin()->add_ranges();
      range->mutable_start()->set_line(place.first_line);
      range->mutable_start()->set_character(place.first_column);
      range->mutable_end()->set_line(place.last_line);
      range->mutable_end()->set_character(place.last_column);
    }
  }
  std::string bytes() const { return source_.locations().empty() ? "" : serialise(source_); }

 private:
  std::int32_t index(const SourceFile& file) {
    auto [found, is_new] = files_.try_emplace({file.name, file.language, file.text}, source_.infos_size());
    if (is_new) {
      pb::SourceInfo* info = source_.add_infos();
      info->set_filename(utf8(file.name, "file name"));
      info->set_language(utf8(file.language, "language"));
      info->set_data(file.text);
    }
    return found->second;
  }

  pb::Source source_;
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, std::int32_t> files_;
};

/// The same vertex was made twice: what either says holds, and where they differ the first.
std::string merged(const std::string& first, const std::string& second) {
  pb::OpMetadata out, over;
  if (!out.ParseFromString(second) || !over.ParseFromString(first)) return first;
  out.MergeFrom(over);
  return serialise(out);
}

}  // namespace

Definition marshal(const Output& output) {
  Definition definition;
  if (output.is_scratch()) return definition;

  SourceMap sources;
  std::unordered_map<std::string_view, std::vector<const Node*>> twins;
  for (const Node* node : in_order(output.node().get())) {
    auto [metadata, is_new] = definition.metadata.try_emplace(node->digest(), node->metadata());
    if (is_new) {
      definition.ops.push_back(node->op());
    } else if (metadata->second != node->metadata()) {
      metadata->second = merged(metadata->second, node->metadata());
    }
    auto& same = twins[node->digest()];
    bool told =
        std::any_of(same.begin(), same.end(), [&](const Node* twin) { return twin->places() == node->places(); });
    if (told) continue;
    same.push_back(node);
    sources.add(node->digest(), node->places());
  }
  definition.source = sources.bytes();

  pb::Op terminal;
  terminal.add_inputs()->set_digest(output.vertex());
  terminal.mutable_inputs(0)->set_index(output.index());
  definition.ops.push_back(serialise(terminal));
  return definition;
}

Output definition_output(const Definition& definition) {
  DecodedGraph graph = decode(definition);
  if (graph.ops.empty()) return scratch();

  std::vector<std::shared_ptr<const Node>> nodes;
  for (DecodedOp& op : graph.ops) {
    std::vector<std::shared_ptr<const Node>> inputs;
    for (std::size_t input : op.inputs) inputs.push_back(nodes[input]);
    auto metadata = definition.metadata.find(op.digest);
    nodes.push_back(std::make_shared<const Node>(*op.bytes, std::move(op.digest), std::move(inputs),
                                                 metadata == definition.metadata.end() ? "" : metadata->second,
                                                 std::move(op.places)));
  }
  return Output(nodes[graph.result], graph.result_output);
}

}  // namespace llb
