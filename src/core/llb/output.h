#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace llb {

/// A file of the user's that steps come from: the recipe, a Dockerfile. Shared by all its places.
struct SourceFile {
  std::string name;
  std::string language;  ///< as GitHub's linguist calls it: "HCL"
  std::string text;
};

/// A part of a source file; the engine shows it when the step fails. Lines count from 1, columns from 0 as LSP has it.
struct SourcePlace {
  std::shared_ptr<const SourceFile> file;
  std::int32_t first_line = 0, first_column = 0;
  std::int32_t last_line = 0, last_column = 0;

  bool operator==(const SourcePlace&) const = default;
};

/// What people see of a vertex and how the engine treats it; never part of its digest.
struct Metadata {
  std::string name;                                ///< shown instead of the command: "[apt] install 30 packages"
  bool ignore_cache = false;                       ///< run it even if its result is known
  std::map<std::string, std::string> description;  ///< free text for whoever reads the graph
  struct ProgressGroup {
    std::string id, name;
  };
  std::optional<ProgressGroup> progress_group;  ///< vertices shown as one
  std::vector<SourcePlace> places;
};

/// Where an image's or a command's files run. As in image configs: "linux", "arm64", "v8" or "".
struct Platform {
  std::string os, architecture, variant;
};

class Node;  // node.h, for this room only

/// One tree that a vertex of the build graph gives: the value that graphs are made of. Immutable, cheap to copy (the
/// graph behind it is shared), safe to use from several threads. Nothing runs: marshal.h turns it into a Definition.
///
///     llb::Output base = llb::image("docker.io/library/debian@sha256:…", {.platform = platform});
///     llb::Exec run = llb::exec(base, {.args = {"/bin/sh", "-c", "date > /out/now"},
///                                      .mounts = {llb::output_mount("/out")}});
///     llb::Output tree = llb::file(run.root(), {llb::copy(run.output("/out"), "/now", "/etc/now")});
///     llb::Definition definition = llb::marshal(tree);
class Output {
 public:
  Output() = default;  ///< scratch, the empty tree

  bool is_scratch() const { return node_ == nullptr; }
  /// "sha256:…" of the vertex as build status shows it; empty for scratch.
  const std::string& vertex() const;
  /// Which of the vertex's outputs.
  std::int64_t index() const { return index_; }

  /// The same tree: same vertex digest, same output. Metadata does not count.
  friend bool operator==(const Output& a, const Output& b) { return a.vertex() == b.vertex() && a.index_ == b.index_; }

  /// For this room's own makers.
  Output(std::shared_ptr<const Node> node, std::int64_t index) : node_(std::move(node)), index_(index) {}
  const std::shared_ptr<const Node>& node() const { return node_; }

 private:
  std::shared_ptr<const Node> node_;
  std::int64_t index_ = 0;
};

inline Output scratch() { return {}; }

}  // namespace llb
