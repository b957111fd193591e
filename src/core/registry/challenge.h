#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace registry {

/// One way to log in that a 401 offers (RFC 9110 §11.6.1).
struct Challenge {
  std::string scheme;                             ///< lower case: "basic", "bearer"
  std::map<std::string, std::string> parameters;  ///< names in lower case; the first of a name counts

  std::string parameter(const std::string& name) const;  ///< "" if absent
};

/// All challenges of one WWW-Authenticate header, in order; what cannot be understood is left out. At most 16.
std::vector<Challenge> parse_challenges(std::string_view header);

}  // namespace registry
