#pragma once

#include <optional>
#include <string>

#include "in/downloads.h"

namespace in {

/// The SPDX document that BuildKit attested for the image `image` of the index `document`, byte for byte (BuildKit,
/// "Image attestation storage"; in-toto Statement v1); nullopt if it attested none. Throws corrupt when the statement
/// is there but speaks of another image, invalid when it is no statement, and what registry::Puller throws.
std::optional<std::string> attested_spdx(const Line& line, const oci::Document& document, const base::Digest& image);

}  // namespace in
