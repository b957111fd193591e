#include "core/bom/bill.h"

#include <algorithm>

#include "core/deb/hash.h"
#include "core/deb/version.h"

namespace bom {
namespace {

bool package_before(const Package& a, const Package& b) {
  if (a.name != b.name) return a.name < b.name;
  if (a.architecture != b.architecture) return a.architecture < b.architecture;
  return deb::compare_versions(a.version, b.version) < 0;
}

}  // namespace

void sort(Bill& bill) {
  for (auto* packages : {&bill.base_image.packages, &bill.changeset.packages, &bill.changeset.removed.packages})
    std::stable_sort(packages->begin(), packages->end(), package_before);
  std::stable_sort(bill.changeset.files.begin(), bill.changeset.files.end(),
                   [](const File& a, const File& b) { return a.path < b.path; });
  std::sort(bill.changeset.removed.paths.begin(), bill.changeset.removed.paths.end());
}

bool valid_digest(std::string_view text) {
  auto colon = text.find(':');
  return colon != std::string_view::npos && deb::valid_hash(text.substr(0, colon), text.substr(colon + 1));
}

}  // namespace bom
