#include "core/recipe/variables.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/hcl/unicode.h"
#include "core/recipe/recipe.h"

namespace recipe {

bool is_variable_name(std::string_view name) {
  static constexpr std::string_view words[] = {"true", "false", "null", "local"};
  if (name.size() > max_text || std::find(std::begin(words), std::end(words), name) != std::end(words)) return false;
  for (std::string_view rest = name; !rest.empty();) {
    const hcl::CodePoint c = hcl::decode(rest);
    const bool first = rest.size() == name.size();
    const bool fits =
        first ? c.value == U'_' || hcl::is_id_start(c.value) : c.value == U'-' || hcl::is_id_continue(c.value);
    if (c.length == 0 || !fits) return false;
    rest.remove_prefix(c.length);
  }
  return !name.empty();
}

namespace {

constexpr std::size_t max_vars_file_bytes = 1 << 20;

base::Error problem(std::string_view file, const YAML::Mark& mark, const std::string& text) {
  const std::string place =
      mark.is_null() ? "" : ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  return base::Error(base::Kind::invalid, "vars file " + base::quoted(std::string(file) + place) + ": " + text)
      .fix("give one map of names to strings: \"name: value\" on each line");
}

/// Takes the one shape that a vars file may have out of yaml-cpp's events, so that nothing is built of any other.
class FlatMap : public YAML::EventHandler {
 public:
  FlatMap(Variables& variables, std::string_view file) : variables_(variables), file_(file) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    if (!inside_) return;  // an empty document is an empty map
    if (!key_) throw problem(file_, mark, "a name is empty");
    throw problem(file_, mark, base::quoted(*key_) + " has no value");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw problem(file_, mark, "aliases are not allowed");
  }
  void OnAnchor(const YAML::Mark& mark, const std::string&) override {
    throw problem(file_, mark, "anchors are not allowed");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    if (!inside_) throw problem(file_, mark, "a map is wanted, not a single value");
    check_tag(mark, tag);
    if (!key_) {
      if (!is_variable_name(value))
        throw problem(file_, mark, base::quoted(value) + " cannot be the name of a variable");
      if (!seen_.insert(value).second) throw problem(file_, mark, base::quoted(value) + " is given twice");
      key_ = value;
      return;
    }
    variables_.insert_or_assign(*key_, Given{value, "vars file " + base::quoted(file_)});
    key_.reset();
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    throw problem(file_, mark, nested("a list"));
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    if (inside_) throw problem(file_, mark, nested("a map"));
    check_tag(mark, tag);
    inside_ = true;
  }
  void OnMapEnd() override { inside_ = false; }

 private:
  void check_tag(const YAML::Mark& mark, const std::string& tag) const {
    // yaml-cpp's own marks for "plain" and "quoted".
    if (!tag.empty() && tag != "?" && tag != "!")
      throw problem(file_, mark, "tags are not allowed: " + base::quoted(tag));
  }
  std::string nested(std::string_view what) const {
    if (!inside_) return "a map is wanted, not " + std::string(what);
    if (!key_) return std::string(what) + " cannot be the name of a variable";
    return base::quoted(*key_) + " is " + std::string(what) + ", a string is wanted";
  }

  Variables& variables_;
  std::string_view file_;
  bool inside_ = false;
  std::optional<std::string> key_;
  std::set<std::string> seen_;
};

}  // namespace

void add_vars_file(Variables& variables, std::string_view text, std::string_view file) {
  const auto start = YAML::Mark::null_mark();
  if (text.size() > max_vars_file_bytes) {
    throw problem(file, start,
                  "it has " + base::human_bytes(text.size()) + ", at most " + base::human_bytes(max_vars_file_bytes) +
                      " are read");
  }
  if (!base::valid_utf8(text)) throw problem(file, start, "it is not UTF-8");
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    FlatMap handler(variables, file);
    parser.HandleNextDocument(handler);
    if (parser) throw problem(file, start, "it holds a second document");
  } catch (const YAML::Exception& error) {
    throw problem(file, error.mark, error.msg);
  }
}

void add_assignment(Variables& variables, std::string_view assignment, std::string_view origin) {
  const std::size_t equals = assignment.find('=');
  const std::string_view name = assignment.substr(0, equals);
  if (equals == std::string_view::npos || !is_variable_name(name)) {
    throw base::Error(base::Kind::invalid, std::string(origin) + ": " + base::quoted(assignment) + " is not name=value")
        .fix("a name begins with a letter and goes on with letters, digits, '_' and '-'");
  }
  variables.insert_or_assign(std::string(name), Given{std::string(assignment.substr(equals + 1)), std::string(origin)});
}

}  // namespace recipe
