#include "core/frontend/outline.h"

#include <algorithm>

#include "core/hcl/parser.h"
#include "core/hcl/static.h"

namespace frontend {
namespace {

/// Collects what the expressions of a file read. Blocks nest at most as deep as the parser lets them.
class Uses {
 public:
  explicit Uses(const recipe::Variables& given) : given_(given) {}

  void declare(const hcl::Body& file) {
    for (const hcl::Block& block : file.blocks) {
      if (block.type.text != "variable" || block.labels.size() != 1) continue;
      OutlineVariable& variable = add(block.labels[0].text, block.header());
      if (auto text = constant(block.body, "description")) variable.description = *text;
      if (auto text = constant(block.body, "default"); text && !given_.contains(variable.name)) variable.value = *text;
    }
  }

  void read(const hcl::Body& body) {
    for (const hcl::Attribute& attribute : body.attributes)
      for (const hcl::Traversal& traversal : hcl::variables_of(*attribute.expression))
        if (traversal.root.text != "local") add(traversal.root.text, traversal.root.range);
    for (const hcl::Block& block : body.blocks) read(block.body);
  }

  std::vector<OutlineVariable> in_order() {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const auto& a, const auto& b) { return a.range.begin < b.range.begin; });
    return std::move(found_);
  }

 private:
  static std::optional<std::string> constant(const hcl::Body& body, std::string_view name) {
    const hcl::Attribute* attribute = body.attribute(name);
    auto text = attribute ? hcl::static_string(*attribute->expression) : std::nullopt;
    return text ? std::optional<std::string>(*text) : std::nullopt;
  }

  OutlineVariable& add(std::string_view name, const hcl::Range& range) {
    auto known = std::find_if(found_.begin(), found_.end(), [&](const auto& each) { return each.name == name; });
    if (known != found_.end()) return *known;
    auto given = given_.find(name);
    found_.push_back({std::string(name), "", given == given_.end() ? "" : given->second.value, range});
    return found_.back();
  }

  const recipe::Variables& given_;
  std::vector<OutlineVariable> found_;
};

}  // namespace

Outline outline(const std::shared_ptr<const hcl::File>& file, const recipe::Variables& given) {
  hcl::Diagnostics ignored;
  Outline out;
  auto loaded = recipe::load(file, given, ignored);
  out.name = loaded.image.name.value;
  for (const auto& step : loaded.steps) {
    out.secrets.insert(out.secrets.end(), step.secrets.begin(), step.secrets.end());
    out.ssh.insert(out.ssh.end(), step.ssh.begin(), step.ssh.end());
  }
  auto document = hcl::parse(file, ignored);
  Uses uses(given);
  uses.declare(document.body());
  uses.read(document.body());
  out.variables = uses.in_order();
  return out;
}

}  // namespace frontend
