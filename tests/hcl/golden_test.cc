// Files of tests/data/hcl and what becomes of them. To rewrite the golden files: REWRITE_GOLDEN=1 hcl_test
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "core/hcl/format.h"
#include "core/hcl/parser.h"
#include "tests/support/golden.h"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files(const char* folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(fs::path(TEST_DATA) / folder))
    if (entry.path().extension() == ".hcl") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  REQUIRE_FALSE(out.empty());
  return out;
}

std::shared_ptr<const hcl::File> load(const fs::path& path) {
  return hcl::File::make(path.filename().string(), golden::read(path));
}

}  // namespace

TEST_CASE("each invalid file gives just the messages beside it") {
  for (const fs::path& path : files("invalid")) {
    CAPTURE(path.string());
    hcl::Diagnostics diagnostics;
    hcl::parse(load(path), diagnostics);
    CHECK(diagnostics.has_errors());
    golden::check(fs::path(path).replace_extension(".txt"), hcl::render(diagnostics));
  }
}

TEST_CASE("valid files are parsed without an error") {
  for (const fs::path& path : files("valid")) {
    CAPTURE(path.string());
    hcl::Diagnostics diagnostics;
    hcl::parse(load(path), diagnostics);
    CHECK_FALSE(diagnostics.has_errors());
    CHECK(diagnostics.empty() == (path.filename() != "byte_order_mark.hcl"));
  }
}

TEST_CASE("each file is laid out as the file beside it, which stays as it is") {
  for (const fs::path& path : files("format")) {
    CAPTURE(path.string());
    hcl::Diagnostics diagnostics;
    std::string formatted = hcl::format(load(path), diagnostics);
    CHECK_FALSE(diagnostics.has_errors());
    golden::check(fs::path(path).replace_extension(".formatted"), formatted);
    CHECK(hcl::format(hcl::File::make("formatted.hcl", formatted), diagnostics) == formatted);
  }
}
