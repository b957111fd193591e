#pragma once

#include <string>

#include "core/base/error.h"
#include "status.pb.h"

namespace buildkit {

/// An error as a frontend hands it to its engine. The places of a frontend::LocatedError become an errdefs.Source, with
/// which clients show the lines of the recipe. `details` is the google.rpc.Status with which the engine reported the
/// failure that this error tells of, or empty: its exit code, vertex and place go back as they came, and what clients
/// make of them, excerpt and notes, is left out of the text.
google::rpc::Status error_message(const base::Error& error, const std::string& details);

}  // namespace buildkit
