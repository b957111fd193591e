#include "core/frontend/located_error.h"

#include <doctest/doctest.h>

using base::Error;
using base::Kind;

namespace {

std::vector<int> lines(const Error& error) {
  auto file = hcl::File::make("a.hcl", "one\ntwo\nthree\n");
  std::vector<int> out;
  auto located = frontend::locate(error, *file);
  for (const auto& place : located.places()) out.push_back(place.first_line);
  return out;
}

}  // namespace

TEST_CASE("the places that an error names are found in message and excerpt, each line once") {
  CHECK(lines(Error(Kind::invalid, "a.hcl:2:1: bad")) == std::vector{2});
  CHECK(lines(Error(Kind::invalid, "bad").excerpt("a.hcl:3:1\n  3 | three\n    | ^\n\na.hcl:1:2: error: x")) ==
        std::vector{3, 1});
  CHECK(lines(Error(Kind::invalid, "a.hcl:2:1: bad").excerpt("a.hcl:2:3\n")) == std::vector{2});
}

TEST_CASE("what only looks like a place is none") {
  for (const char* text : {"b.hcl:2:1: x", "a.hcl:0:1: x", "a.hcl:9:1: x", "a.hcl:2", "a.hcl:2:x", "a.hcl:2:1x",
                           " a.hcl:2:1: x", "a.hcl:99999999999:1", "a.hcl", ""}) {
    CAPTURE(text);
    CHECK(lines(Error(Kind::invalid, text)).empty());
  }
}

TEST_CASE("an error about one place loses its excerpt, which the host shows; one about several keeps it") {
  auto file = hcl::File::make("a.hcl", "one\ntwo\n");
  auto one = frontend::locate(Error(Kind::denied, "m").excerpt("a.hcl:1:1\n  one").note("n").fix("f"), *file);
  CHECK(one.text() == "m\n  n\n  fix: f");
  CHECK(one.kind() == Kind::denied);
  CHECK(one.places()[0].file->text == "one\ntwo\n");
  CHECK(!frontend::locate(Error(Kind::invalid, "m").excerpt("a.hcl:1:1\na.hcl:2:1"), *file).excerpt().empty());
}
