#pragma once

#include <string>
#include <string_view>

namespace deb {

/// What os-release(5) says; "" for each key that is absent.
struct OsRelease {
  std::string id;                ///< "debian"
  std::string version_id;        ///< "12"
  std::string version_codename;  ///< "bookworm"
  std::string pretty_name;
};

/// Never throws: lines that are not KEY=value are passed over, values may be bare, '…' or "…" with '\' escapes; the
/// last of a key given twice counts. Values are cut to 256 bytes; control characters are dropped.
OsRelease parse_os_release(std::string_view text);

}  // namespace deb
