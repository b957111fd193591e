#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/found_image.h"
#include "core/bom/bill.h"
#include "in/bill.h"

namespace cli {

/// The forms that `estaleiro bom` writes.
enum class BillFormat { yaml, spdx, cyclonedx, in_toto, html };

/// The bill of an image in a registry as it lies there, wherever that is (in::BillFetch): YAML, or the SPDX document of
/// an attestation. Throws not_found when it has none, corrupt when it speaks of another image, and what
/// registry::Puller throws.
in::FoundBill fetch_bill(const std::string& reference, const BillLookup& lookup);

/// What was pushed beside the image or its index in the form of that media type; nullopt if nothing was.
std::optional<std::string> fetch_form(const std::string& reference, const BillLookup& lookup,
                                      std::string_view media_type);

/// A bill out of a file ("-" is not one) or, when there is no such file, of an image.
bom::Bill load_bill(const std::string& file_or_reference, const BillLookup& lookup);

/// The bill in that format. `name` is what an in-toto statement calls the image.
std::string write_bill(const bom::Bill& bill, BillFormat format, const std::string& name);

}  // namespace cli
