#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace base {

/// Knows the secrets of this process and takes them out of text before it is printed: plain, base64 (any alignment in
/// "user:password" included), URL-encoded, JSON-escaped, and each line of a secret of several lines. Thread-safe.
class Redactor {
 public:
  /// Secrets of fewer than 4 characters are not searched for: they would redact half the log.
  void add(std::string_view secret);
  std::string clean(std::string_view text) const;

 private:
  void add_form(std::string form);
  mutable std::mutex mutex_;
  std::vector<std::string> forms_;  // longest first
};

/// The process's own: what resource::run and the log use.
Redactor& redactor();

}  // namespace base
