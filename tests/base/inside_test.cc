#include "core/base/inside.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/temporary_directory.h"

namespace fs = std::filesystem;

TEST_CASE("a path below the inputs is found, symlinks within them followed") {
  base::TemporaryDirectory inputs("inside");
  fs::create_directories(inputs.path() / "repo/sub");
  base::write_file(inputs.path() / "repo/sub/vars.yml", "a: b");
  fs::create_symlink("repo/sub", inputs.path() / "short");
  CHECK(base::read_file_inside(inputs.path(), "repo/sub/vars.yml", "params.vars_files", 100) == "a: b");
  CHECK(base::read_file_inside(inputs.path(), "short/vars.yml", "params.vars_files", 100) == "a: b");
  CHECK(base::path_inside(inputs.path(), ".", "params.context") == fs::canonical(inputs.path()));
}

TEST_CASE("a path that leads out of the inputs is refused, however it tries") {
  base::TemporaryDirectory outside("outside");
  base::write_file(outside.path() / "secret", "s");
  base::TemporaryDirectory inputs("inside");
  fs::create_symlink(outside.path(), inputs.path() / "link");
  for (const std::string& path : {std::string("../") + outside.path().filename().string(), std::string("link/secret"),
                                  std::string("/etc"), std::string("link/../../etc")}) {
    CAPTURE(path);
    CHECK_THROWS_AS(base::path_inside(inputs.path(), path, "params.context"), base::Error);
  }
}
