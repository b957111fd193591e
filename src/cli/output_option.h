#pragma once

#include <string>
#include <vector>

#include "core/base/fd.h"
#include "core/buildkit/build.h"

namespace cli {

/// Where the result of `estaleiro build` goes.
struct Output {
  buildkit::Export exporter;
  base::Fd file;  ///< what exporter.target.fd borrows, unless it is stdout
};

/// Reads one --output: "TYPE[,KEY=VALUE…]" in docker buildx's words, or a directory alone (type local). The types are
/// image, push (image that is pushed), oci, docker, tar and local; `dest` is the file or directory, '-' is stdout, and
/// further keys go to the engine. `names` are those of --tag. Opens the file. Throws invalid, failed, denied.
Output parse_output(const std::string& text, const std::vector<std::string>& names);

}  // namespace cli
