#pragma once

#include "core/json/decode.h"

namespace cli {

/// The JSON Schema (2020-12) of what to_json() gives, made from the table that the decoder uses.
json::Ordered config_schema();

}  // namespace cli
