#pragma once

#include <mutex>
#include <string>
#include <vector>

namespace http {

/// The certificates that are trusted, in the form libcurl takes them. Thread-safe.
///
/// Concourse mounts the worker's certificates over /etc/ssl/certs: sometimes with OpenSSL's hashed names, sometimes
/// with those names dangling, sometimes as one bundle. Reading everything costs more time than a whole check has, so
/// the hashed directory is tried first and the files in it are read only when a certificate was not found that way.
class Trust {
 public:
  /// Throws invalid if one of `extra` holds no PEM certificate.
  explicit Trust(std::vector<std::string> extra);

  struct Anchors {
    std::string directory;  ///< hashed, searched on demand; "" for none
    std::string bundle;     ///< PEM texts; "" for none
  };
  /// Looks at the system's certificates the first time, so not before https is spoken.
  const Anchors& current();
  /// Called when `used` did not verify a server. True if there is now more to try.
  bool widen(const Anchors& used);

 private:
  std::mutex mutex_;
  Anchors quick_, complete_;
  bool looked_ = false, widened_ = false;
};

}  // namespace http
