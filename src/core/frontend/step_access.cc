#include "core/frontend/step_access.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/llb/graph_view.h"

namespace frontend {
namespace {

bool lists(const std::vector<recipe::Text>& ids, std::string_view id) {
  return std::any_of(ids.begin(), ids.end(), [&](const recipe::Text& one) { return one.value == id; });
}

}  // namespace

void check_access(const recipe::Recipe& recipe, const recipe::Step& step, const llb::Definition& graph) {
  for (const auto& vertex : llb::view_graph(graph).vertices) {
    if (vertex.kind != llb::VertexView::Kind::exec) continue;
    for (const auto& [place, what] : vertex.details) {
      const std::string_view text = what;
      const bool secret = text.starts_with("secret "), agent = text.starts_with("ssh ");
      if (!secret && !agent) continue;
      std::string id(text.substr(text.find(' ') + 1));
      if (agent && id.empty()) id = "default";  // a mount that names none
      if (lists(secret ? step.secrets : step.ssh, id)) continue;
      const std::string list = secret ? "secrets" : "ssh";
      throw recipe::error_at(recipe, step.range,
                             "step " + base::quoted(step.name.value) + " asks for the " +
                                 (secret ? "secret " : "ssh agent ") + base::quoted(id) +
                                 ", which the recipe does not let it have",
                             base::Kind::denied)
          .fix("add " + list + " = [\"" + base::printable(id) + "\"] to the step");
    }
  }
}

}  // namespace frontend
