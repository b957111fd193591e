#include "check/memory.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "core/base/fd.h"
#include "core/base/temporary_directory.h"

namespace {

using check::Memory;
using namespace std::chrono_literals;

TEST_CASE("what a check learns, the next one knows") {
  base::TemporaryDirectory directory("memory");
  auto file = directory.path() / "facts";
  {
    Memory memory(file);
    CHECK_FALSE(memory.get("tag 1.0", 1h));
    memory.put("tag 1.0", "sha256:1");
    memory.put("tag 1.0", "sha256:2");
    memory.save();
  }
  CHECK(Memory(file).get("tag 1.0", 1h) == "sha256:2");
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("a fact is known only as long as asked for") {
  base::TemporaryDirectory directory("memory");
  auto file = directory.path() / "facts";
  auto now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  auto line = [&](std::chrono::seconds age, const char* name) {
    return std::to_string((now - age).count()) + "\t" + name + "\tx\n";
  };
  base::write_file(file, "estaleiro check 1\n" + line(10min, "old") + line(-10min, "future") + line(48h, "ancient"),
                   0600);
  Memory memory(file);
  CHECK(memory.get("old", 11min));
  CHECK_FALSE(memory.get("old", 9min));
  CHECK_FALSE(memory.get("future", 1h));
  memory.put("new", "y");
  memory.save();
  CHECK_FALSE(Memory(file).get("ancient", 100h));
  CHECK(Memory(file).get("old", 1h));
}

TEST_CASE("a file that is damaged, foreign or open to others counts as none") {
  base::TemporaryDirectory directory("memory");
  auto file = directory.path() / "facts";
  const std::string good = "estaleiro check 1\n" + std::to_string(std::time(nullptr)) + "\tname\tvalue\n";
  base::write_file(file, good, 0600);
  CHECK(Memory(file).get("name", 1h) == "value");
  base::write_file(file, good, 0644);
  CHECK_FALSE(Memory(file).get("name", 1h));
  base::write_file(file, "estaleiro check 2\n" + good, 0600);
  CHECK_FALSE(Memory(file).get("name", 1h));
  base::write_file(file, "estaleiro check 1\nyesterday\tname\tvalue\n1\tname\n\n\t\t\t\n", 0600);
  CHECK_FALSE(Memory(file).get("name", 1h));
  std::filesystem::remove(file);
  std::filesystem::create_symlink("/etc/passwd", file);
  CHECK_FALSE(Memory(file).get("root", 1h));
}

TEST_CASE("a place that cannot be written costs nothing") {
  Memory memory("/proc/no/such/place");
  memory.put("name", "value");
  memory.save();
  CHECK(memory.get("name", 1h) == "value");
}

}  // namespace
