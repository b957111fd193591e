#include "core/llb/node.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace llb {

const std::string& Output::vertex() const {
  static const std::string none;
  return node_ ? node_->digest() : none;
}

Node::~Node() {
  std::vector<std::shared_ptr<const Node>> pending = std::move(inputs_);
  while (!pending.empty()) {
    std::shared_ptr<const Node> node = std::move(pending.back());
    pending.pop_back();
    if (node.use_count() != 1) continue;
    for (auto& input : node->inputs_) pending.push_back(std::move(input));
    node->inputs_.clear();
  }
}

std::int64_t NodeMaker::input(const Output& output) {
  if (output.is_scratch()) return -1;
  auto found = positions_.find({output.vertex(), output.index()});
  return found != positions_.end() ? found->second : repeated_input(output);
}

std::int64_t NodeMaker::repeated_input(const Output& output) {
  if (output.is_scratch()) return -1;
  std::int64_t position = inputs();
  pb::Input* input = head_.add_inputs();
  input->set_digest(output.vertex());
  input->set_index(output.index());
  nodes_.push_back(output.node());
  positions_.emplace(std::pair(std::string_view(output.vertex()), output.index()), position);
  return position;
}

void NodeMaker::platform(const std::optional<Platform>& platform) {
  if (!platform) return;
  pb::Platform* to = head_.mutable_platform();
  to->set_os(utf8(platform->os, "operating system"));
  to->set_architecture(utf8(platform->architecture, "architecture"));
  to->set_variant(utf8(platform->variant, "variant"));
}

std::shared_ptr<const Node> NodeMaker::make(const pb::Op& body, const Metadata& metadata) {
  // Stock clients send the constraints, empty as they are. Go writes a oneof after all plain fields, C++ by number; an
  // engine that encodes ops anew (v0.18 on) shows other digests than ours unless we write them in its order.
  head_.mutable_constraints();
  std::string op = serialise(head_) + serialise(body);
  std::string digest = base::sha256(op).text();

  pb::OpMetadata about;
  about.set_ignore_cache(metadata.ignore_cache);
  for (const auto& [key, value] : metadata.description)
    (*about.mutable_description())[utf8(key, "description")] = utf8(value, "description");
  if (!metadata.name.empty()) (*about.mutable_description())[name_key] = utf8(metadata.name, "name");
  for (const auto& [capability, required] : capabilities_) (*about.mutable_caps())[capability] = required;
  if (metadata.progress_group) {
    about.mutable_progress_group()->set_id(utf8(metadata.progress_group->id, "progress group"));
    about.mutable_progress_group()->set_name(utf8(metadata.progress_group->name, "progress group"));
  }
  return std::make_shared<const Node>(std::move(op), std::move(digest), std::move(nodes_), serialise(about),
                                      metadata.places);
}

std::string serialise(const google::protobuf::MessageLite& message) {
  std::string out;
  {
    google::protobuf::io::StringOutputStream stream(&out);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return out;
}

const std::string& utf8(const std::string& text, std::string_view what) {
  if (!base::valid_utf8(text))
    throw base::Error(base::Kind::invalid, std::string(what) + " " + base::quoted(text) + " is not UTF-8")
        .fix("build engines take names and texts in UTF-8 only: rename it");
  return text;
}

}  // namespace llb
