#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/bom/bill.h"
#include "core/bom/html_writer.h"
#include "core/frontend/account.h"
#include "core/frontend/apt_plan.h"
#include "core/frontend/apt_setup.h"
#include "core/frontend/base_image.h"
#include "core/frontend/coverage.h"
#include "core/frontend/package_files.h"

namespace frontend {

/// One regular file that a `file` block brought in, as it is in the image.
struct FileEvidence {
  std::string path;    ///< absolute
  std::string digest;  ///< of the bytes in the image
  unsigned mode = 0;
  const recipe::File* file = nullptr;  ///< borrowed
};

/// All that a build has seen, and what the bill is made of.
struct Evidence {
  const recipe::Recipe& recipe;
  const BaseImage& base;
  name::Platform platform;
  std::chrono::sys_seconds created;
  AptPlan apt = {};
  std::vector<Release> releases = {};
  std::vector<KeyFile> keys = {};  ///< those of the recipe, in its order
  std::vector<FileEvidence> files = {};
  std::vector<std::string> dockerfile_digests = {};  ///< by index of recipe.steps; "" for an unused step
  std::vector<std::string> tarball_digests = {};     ///< by index of recipe.tarballs; "" for an unused one
  PackageFiles package_files = {};
  std::map<const recipe::File*, std::string> images = {};  ///< canonical names, of files that come from images
  Changes changes = {};                                    ///< by the installation
  std::optional<Account> account = {};                     ///< of the base with the packages; none without dpkg
  PathOwners owned = {};                                   ///< in the account
  const bom::Bill* lock = nullptr;                         ///< what was built from; borrowed
  std::vector<std::string> declared_others = {};           ///< directories and links that the files brought
};

/// The bill, sorted, without the image's digest, which is known only after the push.
bom::Bill make_bill(const Evidence& evidence);

/// Makes, when it is called, every path of the image that is known and who brought it. Takes what it needs for that out
/// of the evidence and borrows nothing.
std::function<bom::PageDetails()> page_details(Evidence&& evidence);

}  // namespace frontend
