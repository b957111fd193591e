#pragma once

#include <string>
#include <string_view>

#include "core/bom/bill.h"

namespace cli {

/// The forms that `estaleiro bom` writes.
enum class BillFormat { yaml, spdx, cyclonedx, in_toto, html };

/// How a bill of an image is looked for.
struct BillLookup {
  bool insecure = false;
  std::string platform;  ///< "linux/arm64"; "" for this machine's
};

/// The bill of an image in a registry in the form of that media type, as it was pushed: beside the image or its index;
/// the YAML also out of the label of the program that this project follows. Throws not_found when it has none, corrupt
/// when it speaks of another image, and what registry::Puller throws.
std::string fetch_bill(const std::string& reference, const BillLookup& lookup, std::string_view media_type);

/// A bill out of a file ("-" is not one) or, when there is no such file, of an image.
bom::Bill load_bill(const std::string& file_or_reference, const BillLookup& lookup);

/// The bill in that format. `name` is what an in-toto statement calls the image.
std::string write_bill(const bom::Bill& bill, BillFormat format, const std::string& name);

}  // namespace cli
