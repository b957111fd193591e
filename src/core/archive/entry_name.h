#pragma once

#include <string>
#include <string_view>

namespace archive {

/// The name of a layer's entry, taken apart and known to stay where it says: relative to the root, without "..".
struct EntryName {
  std::string parent;  ///< "usr/share"; empty for the root
  std::string name;    ///< "doc"; empty for the root itself

  bool is_root() const { return name.empty(); }
  std::string path() const { return parent.empty() ? name : parent + "/" + name; }
};

/// Takes "/" and "." components away, an absolute name being one below the root. Throws corrupt, saying what is wrong
/// without repeating the name, for a ".." component and for more than 4095 bytes (PATH_MAX). `what` is "name" or
/// "link target".
EntryName parse_entry_name(std::string_view stored, std::string_view what);

enum class Whiteout {
  none,
  file,     ///< ".wh.x": hides x
  opaque,   ///< ".wh..wh..opq": hides all of the directory
  ignored,  ///< what aufs kept for itself, ".wh..wh.plnk" and the like
};

/// image-spec 1.1, layer.md "Whiteouts". Throws corrupt for a whiteout of nothing, "." or "..", and for a name below a
/// whiteout.
Whiteout whiteout_of(const EntryName& name);

/// What a Whiteout::file hides: "x" of ".wh.x".
std::string_view hidden_name(const EntryName& name);

}  // namespace archive
