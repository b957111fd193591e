#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/llb/output.h"
#include "ops.pb.h"

namespace llb {

inline constexpr char name_key[] = "llb.customname";  ///< in OpMetadata.description: what build status shows

/// A vertex: its bytes are made once, when its inputs are known, so its digest is known from then on and marshalling
/// only has to gather. Immutable but for the inputs, which the destructor takes out.
class Node {
 public:
  /// `digest` is that of `op`.
  Node(std::string op, std::string digest, std::vector<std::shared_ptr<const Node>> inputs, std::string metadata,
       std::vector<SourcePlace> places)
      : op_(std::move(op)),
        digest_(std::move(digest)),
        metadata_(std::move(metadata)),
        places_(std::move(places)),
        inputs_(std::move(inputs)) {}
  /// Does not recurse: a chain may be longer than the stack is deep.
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  const std::string& op() const { return op_; }  ///< serialised pb.Op
  const std::string& digest() const { return digest_; }
  const std::string& metadata() const { return metadata_; }  ///< serialised pb.OpMetadata
  const std::vector<SourcePlace>& places() const { return places_; }
  const std::vector<std::shared_ptr<const Node>>& inputs() const { return inputs_; }

 private:
  std::string op_, digest_, metadata_;
  std::vector<SourcePlace> places_;
  mutable std::vector<std::shared_ptr<const Node>> inputs_;
};

/// Puts a vertex together: inputs are added as they are met, then the op itself.
class NodeMaker {
 public:
  /// Position among Op.inputs, -1 for scratch. The same tree is listed once.
  std::int64_t input(const Output& output);
  /// As input(), but listed again: merge and diff count their inputs so in stock clients, and digests should agree.
  std::int64_t repeated_input(const Output& output);
  std::int64_t inputs() const { return head_.inputs_size(); }

  /// Image sources and commands have one; absent = the engine's own.
  void platform(const std::optional<Platform>& platform);
  /// A capability that the engine must have, else it refuses the graph and says which.
  void require(std::string_view capability) { capabilities_[std::string(capability)] = true; }

  /// `body` holds the op alone, nothing else set.
  std::shared_ptr<const Node> make(const pb::Op& body, const Metadata& metadata);

 private:
  pb::Op head_;
  std::vector<std::shared_ptr<const Node>> nodes_;
  std::map<std::pair<std::string_view, std::int64_t>, std::int64_t> positions_;
  std::map<std::string, bool> capabilities_;
};

/// Bytes of a message with its maps sorted: the same message always gives the same bytes.
std::string serialise(const google::protobuf::MessageLite& message);

/// `text` itself. Throws invalid, naming `what`, unless it is UTF-8: one bad string and the engine refuses the graph
/// without saying which.
const std::string& utf8(const std::string& text, std::string_view what);

}  // namespace llb
