#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "core/bom/bill.h"
#include "core/bom/html_writer.h"
#include "core/frontend/apt_resolve.h"
#include "core/frontend/files.h"
#include "core/frontend/gateway.h"
#include "core/frontend/hosts.h"
#include "core/frontend/lock.h"
#include "core/name/platform.h"
#include "core/recipe/recipe.h"

namespace frontend {

struct BuildOptions {
  name::Platform platform = name::Platform::host();
  BuildContext context;
  /// The time that stands for "now" in the image; by default the base image's own.
  std::optional<std::chrono::sys_seconds> epoch;
  const bom::Bill* lock = nullptr;  ///< builds from this bill, without resolving anything; borrowed
  bool same_files = true;           ///< files of the lock that come from the same ref must have its bytes
  KeptInput kept;                   ///< for packages of the lock that have left the archives
  /// Called once for each .deb that was installed or that files were taken from, with its bytes; of several platforms
  /// from a thread each.
  std::function<void(const name::Platform&, const deb::Download&, std::string)> keep;
  /// The digest of the platform's manifest in the index that a canonical name stands for; "" if it is no index, or
  /// nobody can tell. Called from another thread.
  std::function<std::string(const std::string& canonical_name, const name::Platform& platform)> manifest_digest;
  bool label_bill = false;                                    ///< the image gets the label bom::digest_label
  const recipe::Policy* policy = nullptr;                     ///< besides the recipe's own; borrowed
  Gateway::ResolveMode resolve = Gateway::ResolveMode::pull;  ///< of the base image's tag
  Hosts hosts = {};                                           ///< that the caller gave addresses of his own
  bool no_cache = false;                                      ///< run what the engine knows the result of, too
  /// false: nobody reads the bill, so what nothing but the bill needs is not looked up. A policy needs it.
  bool bill = true;
};

/// An image that is built but not yet exported, and its bill without the image's digest.
struct Built {
  Result result;
  bom::Bill bill;  ///< empty if it was not wanted
  /// Every path and who brought it, made for who wants it; the layers are known after the push. No path without a bill.
  std::function<bom::PageDetails()> page = [] { return bom::PageDetails(); };
  std::chrono::sys_seconds epoch;
};

/// The way from a recipe to an image: base, packages, files, and beside them the evidence that becomes the bill.
/// Everything has run when this returns. Throws base::Error, with the place in the recipe where there is one.
Built build_image(Gateway& gateway, const recipe::Recipe& recipe, const BuildOptions& options);

}  // namespace frontend
