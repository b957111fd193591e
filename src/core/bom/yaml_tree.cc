#include "core/bom/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "core/base/error.h"
#include "core/base/text.h"

namespace bom {
namespace {

base::Error problem(std::string_view what, int line, const std::string& text) {
  return base::Error(base::Kind::invalid, std::string(what) + " line " + std::to_string(line + 1) + ": " + text);
}

/// Builds the tree while yaml-cpp reads, so that a document beyond the bounds is refused before it fills the memory.
class Builder : public YAML::EventHandler {
 public:
  Builder(std::string_view what, std::size_t max_nodes) : what_(what), nodes_left_(max_nodes) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(make(YamlNode::Kind::null, mark, anchor, "?"));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw problem(what_, mark.line, "an alias, which is not allowed here");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = make(YamlNode::Kind::scalar, mark, anchor, tag);
    node.text = value;
    add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(make(YamlNode::Kind::list, mark, anchor, tag));
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(make(YamlNode::Kind::mapping, mark, anchor, tag));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override {
    check_keys(open_.back());
    close();
  }

  YamlNode take() { return std::move(root_); }

 private:
  /// yaml-cpp says "?" of what has no tag, and "!" of quoted scalars.
  YamlNode make(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag) {
    if (anchor != YAML::NullAnchor) throw problem(what_, mark.line, "an anchor, which is not allowed here");
    if (!tag.empty() && tag != "?" && tag != "!") throw problem(what_, mark.line, "a tag, which is not allowed here");
    if (nodes_left_-- == 0) throw problem(what_, mark.line, "too many values");
    YamlNode node;
    node.kind = kind;
    node.line = static_cast<unsigned>(mark.line) + 1;
    return node;
  }

  void add(YamlNode node) {
    open_.empty() ? root_ = std::move(node) : open_.back().items.emplace_back(std::move(node));
  }

  void open(YamlNode node) {
    if (open_.size() >= max_yaml_depth)
      throw problem(what_, static_cast<int>(node.line) - 1,
                    "nested deeper than " + std::to_string(max_yaml_depth) + " levels");
    open_.push_back(std::move(node));
  }

  void close() {
    YamlNode node = std::move(open_.back());
    open_.pop_back();
    add(std::move(node));
  }

  void check_keys(const YamlNode& mapping) {
    std::vector<const YamlNode*> keys;
    for (std::size_t i = 0; i < mapping.items.size(); i += 2) {
      const YamlNode& key = mapping.items[i];
      if (key.kind != YamlNode::Kind::scalar)
        throw problem(what_, static_cast<int>(key.line) - 1, "a key that is no text");
      keys.push_back(&key);
    }
    std::stable_sort(keys.begin(), keys.end(), [](auto* a, auto* b) { return a->text < b->text; });
    auto twice = std::adjacent_find(keys.begin(), keys.end(), [](auto* a, auto* b) { return a->text == b->text; });
    if (twice != keys.end())
      throw problem(what_, static_cast<int>(twice[1]->line) - 1,
                    "the key " + base::quoted(twice[1]->text, 60) + " stands twice");
  }

  std::string_view what_;
  std::size_t nodes_left_;
  std::vector<YamlNode> open_;
  YamlNode root_;
};

}  // namespace

YamlNode parse_yaml(std::string_view text, std::string_view what, std::size_t max_nodes) {
  // yaml-cpp would take a byte order mark for UTF-16 and 32 as well.
  if (!base::valid_utf8(text) || text.find('\0') != std::string_view::npos)
    throw base::Error(base::Kind::invalid, std::string(what) + " is not UTF-8 text");
  Builder builder(what, max_nodes);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(builder)) throw base::Error(base::Kind::invalid, std::string(what) + " is empty");
    if (parser) throw base::Error(base::Kind::invalid, std::string(what) + " has more than one YAML document");
  } catch (const YAML::Exception& error) {
    throw problem(what, error.mark.line, "no YAML: " + error.msg);
  }
  return builder.take();
}

}  // namespace bom
