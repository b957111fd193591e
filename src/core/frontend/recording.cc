#include "core/frontend/recording.h"

#include <set>

namespace frontend {

SolveResult RecordingGateway::solve(const SolveRequest& request) {
  SolveResult out = inner_.solve(request);
  // A nested frontend's graph is joined to others before it runs.
  if (request.frontend.empty() && !out.ref.id.empty()) {
    std::lock_guard lock(mutex_);
    solved_[out.ref.id] = request.definition;
  }
  return out;
}

BuildGraph RecordingGateway::graph(const Result& result) const {
  std::lock_guard lock(mutex_);
  BuildGraph out;
  std::set<std::string> images;
  for (const auto& [platform, image] : result.images) images.insert(image.ref.id);
  for (const auto& [id, definition] : solved_) (images.contains(id) ? out.images : out.evidence).push_back(definition);
  return out;
}

}  // namespace frontend
