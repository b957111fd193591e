#include "core/registry/token_store.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "core/base/fd.h"
#include "core/base/redactor.h"
#include "core/base/temporary_directory.h"

namespace {

using registry::FileTokens;
using registry::Token;
using std::chrono::seconds;
using std::chrono::system_clock;

Token token(const std::string& value, seconds lifetime = seconds(300)) {
  return {value, system_clock::now() + lifetime};
}

}  // namespace

TEST_CASE("a token is kept until shortly before it ends") {
  registry::MemoryTokens store;
  store.put("a", token("one"));
  store.put("b", token("two", seconds(4)));
  CHECK(store.get("a")->value == "one");
  CHECK(!store.get("b"));
  CHECK(!store.get("c"));
  store.drop("a");
  CHECK(!store.get("a"));
}

TEST_CASE("a file of tokens serves the next process, for its owner's eyes only") {
  base::TemporaryDirectory directory("tokens");
  auto file = directory.path() / "tokens";
  FileTokens(file).put("a", token("kept-token-value"));
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(FileTokens(file).get("a")->value == "kept-token-value");
  CHECK(base::redactor().clean("kept-token-value") == "((redacted))");
  FileTokens(file).drop("a");
  CHECK(!FileTokens(file).get("a"));
}

TEST_CASE("a token file that is damaged, open to others or a link counts as none, and is replaced") {
  base::TemporaryDirectory directory("tokens");
  auto file = directory.path() / "tokens";
  const std::string good = R"({"tokens":[{"key":"a","token":"abcd","expires":99999999999}]})";
  base::write_file(file, good, 0600);
  CHECK(FileTokens(file).get("a"));
  for (const char* damaged : {"", "{", "[]", R"({"tokens":[{"key":"a"}]})", R"({"tokens":[{"key":1,"token":"x"}]})"}) {
    CAPTURE(damaged);
    base::write_file(file, damaged, 0600);
    FileTokens store(file);
    CHECK(!store.get("a"));
    store.put("a", token("abcd"));
    CHECK(FileTokens(file).get("a"));
  }
  base::write_file(file, good, 0644);
  CHECK(!FileTokens(file).get("a"));
  auto target = directory.path() / "target";
  base::write_file(target, good, 0600);
  std::filesystem::remove(file);
  std::filesystem::create_symlink(target, file);
  CHECK(!FileTokens(file).get("a"));
}

TEST_CASE("a directory that cannot be written is no error") {
  FileTokens store("/proc/no/such/directory/tokens");
  store.put("a", token("abcd"));
  CHECK(store.get("a"));
}
