#include "core/buildkit/path_filter.h"

namespace buildkit {

PathFilter::Verdict PathFilter::look(std::string_view path, const Directory& parent, Directory& own) const {
  Verdict out;
  if (!include_.empty() && !include_.match(path, parent.include, own.include)) {
    out.chosen = false;
    out.descend = include_.may_match_inside(path);
  }
  if (!exclude_.empty() && exclude_.match(path, parent.exclude, own.exclude)) {
    out.chosen = false;
    out.descend = out.descend && exclude_.has_exceptions() && exclude_.may_except_inside(path);
  }
  return out;
}

}  // namespace buildkit
