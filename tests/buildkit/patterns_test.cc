#include "core/buildkit/patterns.h"

#include <doctest/doctest.h>

#include "core/base/clean_path.h"
#include "core/buildkit/path_filter.h"
#include "tests/support/error_text.h"

using buildkit::Patterns;

TEST_CASE("paths are cleaned as Go does it") {
  struct {
    const char *path, *clean;
  } const table[] = {{"", "."},       {".", "."},        {"a//b/", "a/b"},       {"./a", "a"},  {"a/./b", "a/b"},
                     {"a/..", "."},   {"a/../..", ".."}, {"../../a", "../../a"}, {"/", "/"},    {"/..", "/"},
                     {"/../a", "/a"}, {"//a", "/a"},     {"a/b/../c", "a/c"},    {"...", "..."}};
  for (const auto& row : table) {
    CAPTURE(row.path);
    CHECK(base::clean_path(row.path) == row.clean);
  }
  for (const char* inner : {"a", "a/b", "..a", "a/..b"}) CHECK(base::is_inner_path(inner));
  for (const char* outer : {"", ".", "..", "/a", "../a", "a/../b", "a//b", "a/", "./a"})
    CHECK(!base::is_inner_path(outer));
}

TEST_CASE("a pattern matches as .dockerignore's rules say") {
  struct {
    const char *pattern, *path;
    bool matches;
  } const table[] = {
      {"**", "file", true},
      {"**", "dir/file", true},
      {"**/", "file", true},
      {"**/**", "dir/file", true},
      {"dir/**", "dir/file", true},
      {"dir/**", "dir", false},
      {"dir/**", "dir/dir2/file", true},
      {"**/dir2/*", "dir/dir2/file", true},
      {"**/dir2/*", "dir/dir2/dir2/file", true},
      {"**/dir2/**", "dir/dir2/dir2/file", true},
      {"**file", "file", true},
      {"**file", "dir/file", true},
      {"**/file", "dir/file", true},
      {"**/file", "dir/dir/file", true},
      {"**/file", "dir/xfile", false},
      {"**/file*", "dir/dir/file.txt", true},
      {"**/file*txt", "dir/dir/file.txt", true},
      {"**/file*.txt*", "dir/dir/file.txt", true},
      {"**/**/*.txt", "dir/dir/file.txt", true},
      {"**/**/*.txt2", "dir/dir/file.txt", false},
      {"**/*.txt", "file.txt", true},
      {"**/*.txt", "dir/file.txt", true},
      {"a**/*.txt", "a/file.txt", true},
      {"a**/*.txt", "a/dir/dir/file.txt", true},
      {"a[b-d]e", "ae", false},
      {"a[b-d]e", "ace", true},
      {"a[b-d]e", "aae", false},
      {"a[^b-d]e", "aze", true},
      {".*", ".foo", true},
      {".*", "foo", false},
      {"abc.def", "abcdef", false},
      {"abc.def", "abc.def", true},
      {"abc?def", "abcZdef", true},
      {"abc?def", "abcdef", false},
      {"abc?def", "abc/def", false},
      {"a\\\\", "a\\", true},
      {"**/foo/bar", "foo/bar", true},
      {"**/foo/bar", "dir/foo/bar", true},
      {"abc/**", "abc", false},
      {"abc/**", "abc/def/ghi", true},
      {"**/.foo", ".foo", true},
      {"**/.foo", "bar.foo", false},
      {"a(b)c/def", "a(b)c/def", true},
      {"a(b)c/def", "a(b)c/xyz", false},
      {"a.|)$(}+{bc", "a.|)$(}+{bc", true},
      {"dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl",
       "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl", true},
      {"dist/*.whl", "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl", true},
      {"*", "a/b", true},  // as a match of a's
      {"a*b", "a/b", false},
      {"?", "\xc3\xa9", true},
      {"?", "\xff", true},
      {"foo", "foo/bar/baz", true},
      {"foo/", "foo/bar", true},
      {"./foo", "foo", true},
      {"foo", "xfoo", false},
      {"foo", "dir/foo", false},
      {"\\!foo", "!foo", true},
  };
  for (const auto& row : table) {
    CAPTURE(row.pattern);
    CAPTURE(row.path);
    CHECK(Patterns({row.pattern}).match(row.path) == row.matches);
  }
}

TEST_CASE("the last pattern that matches decides") {
  struct {
    std::vector<std::string> patterns;
    const char* path;
    bool matches;
  } const table[] = {
      {{"*", "!keep"}, "keep", false},
      {{"*", "!keep"}, "keep/inner", false},
      {{"*", "!keep"}, "other", true},
      {{"!keep", "*"}, "keep", true},
      {{"docs", "!docs/README.md"}, "docs/README.md", false},
      {{"docs", "!docs/README.md"}, "docs/guide.md", true},
      {{"**", "!util/docker/web"}, "util/docker/web/foo", false},
      {{"**", "!util/docker/web", "util/docker/web/foo"}, "util/docker/web/foo", true},
      {{"**", "!dist/proxy.py*"}, "dist/proxy.py-1", false},
      {{"*.md", "!README*.md", "README-secret.md"}, "README-secret.md", true},
      {{"*.md", "!README*.md", "README-secret.md"}, "README-open.md", false},
      {{"*.md", "README-secret.md", "!README*.md"}, "README-secret.md", false},
      {{"  ", "a", ""}, "a", true},
      {{}, "a", false},
  };
  for (const auto& row : table) {
    CAPTURE(row.path);
    CHECK(Patterns(row.patterns).match(row.path) == row.matches);
  }
}

TEST_CASE("a directory is left out unread only when nothing in it can be wanted") {
  Patterns plain({"src/app", "docs/*", "etc/conf/**"});
  for (const char* yes : {"src", "src/app", "docs", "etc", "etc/conf"}) CHECK(plain.may_match_inside(yes));
  for (const char* no : {"sr", "src/ap", "src/app/x", "other"}) CHECK(!plain.may_match_inside(no));
  CHECK(Patterns({"**/x"}).may_match_inside("anything"));
  CHECK(Patterns({"*", "!a/b"}).may_except_inside("a"));
  CHECK(!Patterns({"*", "!a/b"}).may_except_inside("c"));
  CHECK(Patterns({"*", "!**/b"}).may_except_inside("c"));
}

TEST_CASE("a malformed pattern is refused by name") {
  const std::string fix =
      "\n  fix: correct it: '*', '?', '[a-z]', '**' and '\\' have a meaning, see the rules of .dockerignore";
  struct {
    std::string pattern, problem;
  } const table[] = {
      {"a[", "'a[' has a '[' that is not closed, or empty"},
      {"[]", "'[]' has a '[' that is not closed, or empty"},
      {"[^]", "'[^]' has a '[' that is not closed, or empty"},
      {"[-a]", "'[-a]' has a '[' that is not closed, or empty"},
      {"[a-", "'[a-' has a range in '[…]' that does not end"},
      {"[a-]", "'[a-]' has a range in '[…]' that does not end"},
      {"a\\", "'a\\' ends with a backslash that escapes nothing"},
      {"!", "'!' is a lone '!'"},
      {"[z-a]", "'[z-a]' cannot be read: invalid character class range: z-a"},
  };
  for (const auto& row : table) {
    CAPTURE(row.pattern);
    CHECK(support::error_text([&] { Patterns({row.pattern}); }) == "path pattern " + row.problem + fix);
  }
  CHECK_THROWS_AS(Patterns({std::string(4097, 'a')}), base::Error);
}
