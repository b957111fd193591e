#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "core/bom/bill.h"
#include "core/bom/html_writer.h"
#include "core/oci/manifest.h"
#include "core/remote/repository.h"

namespace out {

struct PushedBill {
  base::Digest digest;       ///< of the YAML
  oci::Descriptor artifact;  ///< the manifest that carries the YAML
  std::string changes;  ///< against the image that the tag named before, in a line; "" if there was none with a bill
};

/// Checks the bill and stores it beside `image`, which it describes: as YAML, SPDX, CycloneDX, in-toto statement and
/// page, and what changed since the image for the same platform that `tag` names still. `page` is asked for what the
/// page shows, unless that is stored already. Throws corrupt for a bill that is not sound, and what registry::Pusher
/// and registry::Puller throw.
PushedBill push_bill(const remote::Repository& repository, const oci::Document& image, const bom::Bill& bill,
                     const std::function<bom::PageDetails()>& page, const name::Tag& tag, std::stop_token stop);

/// The layers of the manifest `image` by size; those of the base come first.
std::vector<bom::PageDetails::Layer> layers_of(const oci::Document& image, const std::string& base_config);

}  // namespace out
