#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/bom/bill.h"
#include "core/frontend/apt_plan.h"
#include "core/frontend/base_image.h"
#include "core/frontend/files.h"
#include "core/frontend/locked_inputs.h"
#include "core/frontend/place.h"

namespace frontend {

/// Debian's public archive of every file that its archives ever had: no configuration of apt's names it.
inline constexpr std::string_view snapshots = "https://snapshot.debian.org/";

/// The recipe's base image at the digest that `lock` has of it. Throws invalid when the recipe names another image than
/// the lock.
std::string locked_base(const recipe::Recipe& recipe, const bom::Bill& lock);

/// The packages of `lock` as a plan, without asking apt. Throws invalid, with its place, when the recipe asks for a
/// package or version that the lock lacks, or no longer for one that it has; and for a lock that does not pin a package
/// by SHA256, as those of others.
AptPlan locked_plan(const recipe::Recipe& recipe, const bom::Bill& lock);

/// The package that each block's file came out of when the lock was made. Throws invalid, with its block, for a file
/// that the lock does not have, or out of another package or version than the block names. The result borrows both.
LockedBlocks locked_package_blocks(const recipe::Recipe& recipe, const bom::Bill& lock);

/// Throws corrupt when a file has other bytes than the lock says although it comes from the same ref.
void check_locked_files(const bom::Bill& lock, const std::vector<bom::File>& files);

/// Makes a kept .deb available: given its sha256, returns the name of a file in the local directory "kept" (checked),
/// or "" when nobody kept it.
using KeptInput = std::function<std::string(const base::Digest& digest)>;

/// Fetches every package that the lock installs and those of `blocks`, on the engine, from where the lock says; one
/// that is gone there from the other archives of the lock and of the base, from the snapshots, or out of the kept
/// inputs. The digest decides in each case. Throws not_found naming every package that is nowhere, its digest and what
/// was tried.
LockedInputs find_inputs(Gateway& gateway, const recipe::Recipe& recipe, const bom::Bill& lock,
                         const LockedBlocks& blocks, const BaseImage& base, const BuildContext& context,
                         const KeptInput& kept, const Places& places);

/// Where else a .deb may lie: the part of its URI from "pool/" below each other archive, then the snapshots of the
/// time.
std::vector<std::string> other_places(const bom::Bill& lock, const bom::Location& location,
                                      const std::vector<deb::Repository>& more);

}  // namespace frontend
