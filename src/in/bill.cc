#include "in/bill.h"

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/remote/bill_artifact.h"

namespace in {
namespace {

std::optional<remote::FoundBill> find(const Line& line, const oci::Document& document, const name::Platform& platform) {
  auto found = remote::find_bill(line.puller, document.digest, line.stop);
  if (found || !document.is_index()) return found;
  auto index = oci::parse_index(document);
  const auto* child = oci::find_platform(index, platform);
  return child ? remote::find_bill(line.puller, child->digest, line.stop) : std::nullopt;
}

}  // namespace

void write_bill(const Line& line, const resource::GetParams& params, const oci::Document& document,
                const name::Platform& platform, const std::filesystem::path& destination) {
  bool required = params.bom == "required" || params.bom == "only";
  if (!required && (params.bom == "skip" || params.skip_download)) return;
  std::optional<remote::FoundBill> bill;
  try {
    bill = find(line, document, platform);
  } catch (const base::Error& error) {
    // A registry that does not know referrers at all is no reason to fail who did not ask for a bill.
    if (required || error.kind() == base::Kind::cancelled || error.kind() == base::Kind::corrupt) throw;
    line.progress.line("no bill of materials: " + error.message());
  }
  if (bill) return base::write_file(destination / "bom.yml", bill->yaml);
  if (required)
    throw base::Error(base::Kind::not_found, "image " + document.digest.text() + " has no bill of materials")
        .fix("set params.bom to optional, or fetch an image that was built with one");
}

}  // namespace in
