#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>

namespace archive {

/// Removes `name` in the directory `directory` with all below it, however deep, with a bounded number of open files.
/// Absence is fine. Symbolic links are removed, not followed. Throws denied, failed.
void remove_tree(int directory, const std::string& name);

using Keep = std::function<bool(ino_t directory, std::string_view name)>;

/// As remove_tree, but spares each name of which `keep` says so, and the directories on the way to it; these keep their
/// mtime. Throws corrupt where directories nest deeper than 512.
void remove_unless(int directory, const std::string& name, const Keep& keep);

/// remove_unless for each name in `directory`, which stays.
void remove_contents_unless(int directory, const Keep& keep);

}  // namespace archive
