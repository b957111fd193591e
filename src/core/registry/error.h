#pragma once

#include <string>
#include <vector>

#include "core/http/error.h"
#include "core/http/message.h"

namespace registry {

/// One entry of a registry's `errors[]` (distribution-spec 1.1, "Error Codes").
struct ErrorEntry {
  std::string code, message, detail;
};

/// The registry answered, with an error. Kind: denied for 401 and 403, not_found for 404, unavailable for 408, 429 and
/// 5xx, unsupported for 405 and 501, else failed.
class Error : public http::Error {
 public:
  Error(base::Kind kind, std::string message, std::vector<ErrorEntry> entries)
      : http::Error(kind, http::Cause::status, std::move(message)), entries_(std::move(entries)) {}

  const std::vector<ErrorEntry>& entries() const { return entries_; }
  bool has_code(std::string_view code) const;

 private:
  std::vector<ErrorEntry> entries_;
};

/// At most 16 entries of a body that may be anything (HTML, empty, megabytes).
std::vector<ErrorEntry> parse_errors(std::string_view body);

/// "GET https://registry.example/v2/app/manifests/1.0: 404, MANIFEST_UNKNOWN: manifest unknown"
Error status_error(std::string_view method, const http::Response& response);

}  // namespace registry
