#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "core/base/fd.h"

/// A file of tests/data/bom.
inline std::string data(const std::string& name) {
  return base::read_file(std::string(TEST_DATA) + "/" + name, 1 << 20);
}

/// REWRITE_GOLDEN=1 rewrites the file instead; read the difference in review.
inline void check_golden(const std::string& name, const std::string& text) {
  if (std::getenv("REWRITE_GOLDEN")) base::write_file(std::string(TEST_DATA) + "/" + name, text);
  CHECK(text == data(name));
}
