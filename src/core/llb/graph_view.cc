#include "core/llb/graph_view.h"

#include <map>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/llb/decode.h"
#include "core/llb/node.h"

namespace llb {
namespace {

std::string platform_text(const pb::Platform& platform) {
  std::string out = platform.os() + "/" + platform.architecture();
  return platform.variant().empty() ? out : out + "/" + platform.variant();
}

std::string joined(const google::protobuf::RepeatedPtrField<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::string action_text(const pb::FileAction& action) {
  switch (action.action_case()) {
    case pb::FileAction::kCopy:
      return "copy " + action.copy().src() + " " + action.copy().dest();
    case pb::FileAction::kMkfile:
      return "mkfile " + action.mkfile().path();
    case pb::FileAction::kMkdir:
      return "mkdir " + action.mkdir().path();
    case pb::FileAction::kRm:
      return "rm " + action.rm().path();
    case pb::FileAction::kSymlink:
      return "symlink " + action.symlink().newpath() + " -> " + action.symlink().oldpath();
    case pb::FileAction::ACTION_NOT_SET:
      break;
  }
  return "unknown action";
}

std::string mount_text(const pb::Mount& mount) {
  switch (mount.mounttype()) {
    case pb::CACHE:
      return "cache " + mount.cacheopt().id();
    case pb::TMPFS:
      return "tmpfs";
    case pb::SECRET:
      return "secret " + mount.secretopt().id();
    case pb::SSH:
      return "ssh " + mount.sshopt().id();
    default:
      break;
  }
  std::string out = mount.input() < 0 ? "scratch" : "input " + std::to_string(mount.input());
  if (!mount.selector().empty()) out += " at " + mount.selector();
  return out + (mount.readonly() ? ", read-only" : ", writable");
}

void describe(const pb::Op& op, VertexView& view) {
  switch (op.op_case()) {
    case pb::Op::kExec:
      view.kind = VertexView::Kind::exec;
      view.summary = joined(op.exec().meta().args());
      for (const pb::Mount& mount : op.exec().mounts()) view.details.emplace_back(mount.dest(), mount_text(mount));
      for (const pb::SecretEnv& secret : op.exec().secretenv())
        view.details.emplace_back("$" + secret.name(), "secret " + secret.id());
      for (const pb::HostIP& host : op.exec().meta().extrahosts())
        view.details.emplace_back(host.host(), "host " + host.ip());
      break;
    case pb::Op::kSource: {
      view.kind = VertexView::Kind::source;
      view.summary = op.source().identifier();
      std::map<std::string, std::string> sorted(op.source().attrs().begin(), op.source().attrs().end());
      view.details.assign(sorted.begin(), sorted.end());
      break;
    }
    case pb::Op::kFile:
      view.kind = VertexView::Kind::file;
      for (const pb::FileAction& action : op.file().actions())
        view.summary += (view.summary.empty() ? "" : ", ") + action_text(action);
      break;
    case pb::Op::kMerge:
      view.kind = VertexView::Kind::merge;
      view.summary = "merge";
      break;
    case pb::Op::kDiff:
      view.kind = VertexView::Kind::diff;
      view.summary = "diff";
      break;
    default:
      view.summary = "unknown op";
      break;
  }
  if (op.has_platform()) view.platform = platform_text(op.platform());
}

}  // namespace

std::string_view kind_name(VertexView::Kind kind) {
  switch (kind) {
    case VertexView::Kind::exec:
      return "exec";
    case VertexView::Kind::source:
      return "source";
    case VertexView::Kind::file:
      return "file";
    case VertexView::Kind::merge:
      return "merge";
    case VertexView::Kind::diff:
      return "diff";
    case VertexView::Kind::other:
      break;
  }
  return "other";
}

GraphView view_graph(const Definition& definition) {
  DecodedGraph graph = decode(definition);
  GraphView out;
  for (DecodedOp& decoded : graph.ops) {
    VertexView view;
    view.digest = std::move(decoded.digest);
    describe(decoded.op, view);
    view.name = view.summary;
    if (auto found = definition.metadata.find(view.digest); found != definition.metadata.end()) {
      pb::OpMetadata metadata;
      if (!metadata.ParseFromString(found->second))
        throw base::Error(base::Kind::invalid,
                          "build graph: metadata of " + base::quoted(view.digest) + " cannot be decoded");
      view.ignore_cache = metadata.ignore_cache();
      if (auto name = metadata.description().find(name_key); name != metadata.description().end())
        view.name = name->second;
    }
    for (std::size_t i = 0; i < decoded.inputs.size(); i++)
      view.inputs.push_back({decoded.inputs[i], decoded.op.inputs(static_cast<int>(i)).index()});
    view.places = std::move(decoded.places);
    out.vertices.push_back(std::move(view));
  }
  out.result = {graph.result, graph.result_output};
  return out;
}

}  // namespace llb
