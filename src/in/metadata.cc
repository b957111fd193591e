#include "in/metadata.h"

#include <re2/re2.h>

#include "core/base/error.h"
#include "core/base/text.h"

namespace in {

resource::Metadata matching(const std::map<std::string, std::string>& entries, const std::string& regex,
                            std::string_view field) {
  re2::RE2 pattern(regex, re2::RE2::Quiet);
  if (!pattern.ok())
    throw base::Error(base::Kind::invalid, std::string(field) + ": " + base::quoted(regex) +
                                               " is no regular expression: " + pattern.error());
  resource::Metadata out;
  for (const auto& [key, value] : entries)
    if (re2::RE2::PartialMatch(key, pattern)) out.emplace_back(key, value);
  return out;
}

}  // namespace in
