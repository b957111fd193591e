#pragma once

#include <vector>

#include "core/base/error.h"
#include "core/hcl/source.h"
#include "core/llb/output.h"

namespace frontend {

/// An error with the places in the recipe that it is about, for hosts that show the lines themselves.
class LocatedError : public base::Error {
 public:
  LocatedError(const base::Error& error, std::vector<llb::SourcePlace> places)
      : base::Error(error), places_(std::move(places)) {}

  const std::vector<llb::SourcePlace>& places() const { return places_; }

 private:
  std::vector<llb::SourcePlace> places_;
};

/// Finds the places of `recipe` that `error` names as "FILE:LINE:COLUMN" at the start of a line. An error about just
/// one of them loses its excerpt, which the host shows in its own way.
LocatedError locate(const base::Error& error, const hcl::File& recipe);

}  // namespace frontend
