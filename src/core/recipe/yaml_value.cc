#include "core/recipe/yaml_value.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "core/base/error.h"
#include "core/base/text.h"

namespace recipe {
namespace {

constexpr std::size_t max_depth = 64;

base::Error problem(const YAML::Mark& mark, const std::string& text) {
  const std::string place =
      mark.is_null() ? ""
                     : "line " + std::to_string(mark.line + 1) + ", column " + std::to_string(mark.column + 1) + ": ";
  return base::Error(base::Kind::invalid, "not YAML that can be read: " + place + text);
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

/// "0x1f" and "0o17" of YAML 1.2's core schema.
std::optional<hcl::Number> based_integer(std::string_view text) {
  const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 0;
  if (base == 0) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), value, base);
  if (text.size() == 2 || text[2] == '-' || error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return hcl::Number(value);
}

/// A scalar without quotes and tag (YAML 1.2, 10.3.2 "Tag Resolution").
hcl::Value resolve(const YAML::Mark& mark, const std::string& text) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return hcl::Value();
  if (is_one_of(text, {"true", "True", "TRUE"})) return hcl::Value::boolean(true);
  if (is_one_of(text, {"false", "False", "FALSE"})) return hcl::Value::boolean(false);
  std::string_view unsigned_text = text;
  const bool negative = unsigned_text.starts_with('-');
  if (negative || unsigned_text.starts_with('+')) unsigned_text.remove_prefix(1);
  if (is_one_of(unsigned_text, {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"})) {
    throw problem(mark, base::quoted(text) + " is no number that can be kept");
  }
  if (const auto number = based_integer(text)) return hcl::Value::number(*number);
  if (!unsigned_text.empty() && unsigned_text.find_first_not_of("0123456789.eE+-") == std::string_view::npos) {
    if (const auto number = hcl::Number::parse(unsigned_text, hcl::Number::Form::literal)) {
      return hcl::Value::number(negative ? number->negated() : *number);
    }
  }
  return hcl::Value::string(text);
}

class Builder : public YAML::EventHandler {
 public:
  explicit Builder(hcl::Budget& budget) : budget_(budget) {}

  hcl::Value take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark&, const std::string&) override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { put(mark, {hcl::Value(), 1}, anchor); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw problem(mark, "an alias of what it lies in");
    put(mark, found->second, 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    if (!base::valid_utf8(text)) throw problem(mark, "not UTF-8");
    budget_.string(text.size());
    const bool plain = tag == "?" || tag.empty();
    if (!plain && tag != "!" && tag != "tag:yaml.org,2002:str") unknown_tag(mark, tag);
    const bool key = !frames_.empty() && frames_.back().map && !frames_.back().key;
    put(mark, {plain && !key ? resolve(mark, text) : hcl::Value::string(text), 1}, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    if (!is_one_of(tag, {"", "?", "!", "tag:yaml.org,2002:seq"})) unknown_tag(mark, tag);
    push(mark, anchor, false);
  }
  void OnSequenceEnd() override {
    Frame frame = pop();
    put(frame.mark, {hcl::Value::tuple(std::move(frame.elements)), frame.size}, frame.anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    if (!is_one_of(tag, {"", "?", "!", "tag:yaml.org,2002:map"})) unknown_tag(mark, tag);
    push(mark, anchor, true);
  }
  void OnMapEnd() override {
    Frame frame = pop();
    std::vector<hcl::Member> members;
    for (auto& [name, value] : frame.merged) {
      if (!frame.members.contains(name)) members.push_back({name, std::move(value)});
    }
    for (auto& [name, value] : frame.members) members.push_back({name, std::move(value)});
    put(frame.mark, {hcl::Value::object(std::move(members)), frame.size}, frame.anchor);
  }

 private:
  struct Node {
    hcl::Value value;
    std::uint64_t size;  ///< nodes in it, those behind aliases counted each time
  };
  struct Frame {
    YAML::Mark mark;
    YAML::anchor_t anchor;
    bool map;
    std::uint64_t size = 1;
    std::vector<hcl::Value> elements;
    std::optional<std::string> key;
    std::map<std::string, hcl::Value> members, merged;
  };

  [[noreturn]] static void unknown_tag(const YAML::Mark& mark, const std::string& tag) {
    throw problem(mark, "the tag " + base::quoted(tag) + " means nothing here");
  }

  void push(const YAML::Mark& mark, YAML::anchor_t anchor, bool map) {
    if (frames_.size() == max_depth) {
      throw problem(mark, "nested deeper than " + std::to_string(max_depth) + " levels");
    }
    Frame frame{};
    frame.mark = mark;
    frame.anchor = anchor;
    frame.map = map;
    frames_.push_back(std::move(frame));
  }
  Frame pop() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    return frame;
  }

  void put(const YAML::Mark& mark, Node node, YAML::anchor_t anchor) {
    budget_.step(node.size);
    if (anchor != 0) anchors_[anchor] = node;
    if (frames_.empty()) {
      root_ = std::move(node.value);
      return;
    }
    Frame& frame = frames_.back();
    frame.size += node.size;
    if (!frame.map) {
      frame.elements.push_back(std::move(node.value));
    } else if (!frame.key) {
      if (!node.value.is(hcl::Kind::string)) throw problem(mark, "a key that is no scalar");
      frame.key = node.value.as_string();
    } else if (*frame.key == "<<") {
      merge(mark, frame, node.value);
      frame.key.reset();
    } else {
      if (!frame.members.emplace(*frame.key, std::move(node.value)).second) {
        throw problem(mark, "the key " + base::quoted(*frame.key) + " is given twice");
      }
      frame.key.reset();
    }
  }

  static void merge(const YAML::Mark& mark, Frame& frame, const hcl::Value& value) {
    if (value.is(hcl::Kind::object)) {
      for (const hcl::Member& member : value.members()) frame.merged.emplace(member.name, member.value);
    } else if (value.is(hcl::Kind::tuple)) {
      for (const hcl::Value& element : value.elements()) {
        if (!element.is(hcl::Kind::object)) throw problem(mark, "'<<' takes maps");
        for (const hcl::Member& member : element.members()) frame.merged.emplace(member.name, member.value);
      }
    } else {
      throw problem(mark, "'<<' takes maps");
    }
  }

  hcl::Budget& budget_;
  hcl::Value root_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Node> anchors_;
};

}  // namespace

hcl::Value decode_yaml(std::string_view text, hcl::Budget& budget) {
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Builder builder(budget);
    parser.HandleNextDocument(builder);
    if (parser) throw problem(YAML::Mark::null_mark(), "a second document follows");
    return builder.take();
  } catch (const YAML::Exception& error) {
    throw problem(error.mark, error.msg);
  }
}

}  // namespace recipe
