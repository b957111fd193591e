#pragma once

#include <optional>
#include <string>
#include <vector>

namespace registry {

/// One page of a tag list, with the mark by which the registry can say later that it has not changed.
struct TagPage {
  std::string mark;               ///< its ETag, verbatim (RFC 9110, 8.8.3)
  std::vector<std::string> tags;  ///< valid ones, in the registry's order
  std::string next;               ///< target of the page that follows; empty for the last
};

/// Where pages are kept from one call to the next, so that one that has not changed is not sent again (conditional
/// requests, RFC 9110, 13.1.2). Calls come from one thread at a time.
class TagPages {
 public:
  virtual ~TagPages() = default;
  /// `page` names registry, repository and page.
  virtual std::optional<TagPage> find(const std::string& page) = 0;
  virtual void keep(const std::string& page, const TagPage& content) = 0;
};

}  // namespace registry
