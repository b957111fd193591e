#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/base/temporary_directory.h"
#include "core/bom/bill.h"

namespace cli {

/// The bills that a build is held to, and where packages that have left the archives are looked for.
struct Locks {
  std::vector<bom::Bill> bills;
  std::shared_ptr<const base::TemporaryDirectory> directory;  ///< gets the kept packages; there if bills are
  std::vector<std::function<std::string(const base::Digest&)>> kept;
  bool same_files = true;  ///< frontend::BuildOptions: false where differences are to be found, not refused

  /// frontend::KeptInput
  std::string fetch(const base::Digest& digest) const;
};

/// Reads --lock: files, or images with a bill, beside which kept packages are looked for too. `kept_inputs` names a
/// repository that has the packages of all of them, "" for none. Throws as load_bill.
Locks read_locks(const std::vector<std::string>& names, const std::string& kept_inputs, bool insecure);

/// One bill, whose packages were kept beside an image of `repository` if at all.
Locks lock_to(bom::Bill bill, const std::string& repository, bool insecure);

}  // namespace cli
