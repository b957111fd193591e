#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace golden {

inline std::string read(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// Asserts that `file` holds exactly `actual`. With REWRITE_GOLDEN=1 in the environment the file is written instead:
/// the change is then read in review.
inline void check(const std::filesystem::path& file, const std::string& actual) {
  if (const char* rewrite = std::getenv("REWRITE_GOLDEN"); rewrite && std::string(rewrite) == "1") {
    std::ofstream(file, std::ios::binary) << actual;
    return;
  }
  INFO("golden file ", file.string(), "; rewrite with REWRITE_GOLDEN=1");
  CHECK(read(file) == actual);
}

}  // namespace golden
