#pragma once

#include <utility>

#include "core/base/error.h"

namespace support {

/// The whole text of the base::Error that `body` throws, "no error" if it throws none.
template <class Body>
std::string error_text(Body&& body) {
  try {
    std::forward<Body>(body)();
  } catch (const base::Error& error) {
    return error.text();
  }
  return "no error";
}

}  // namespace support
