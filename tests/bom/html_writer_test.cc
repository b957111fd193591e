#include "core/bom/html_writer.h"

#include <doctest/doctest.h>

#include "core/bom/html_page.h"
#include "core/bom/treemap.h"
#include "core/json/decode.h"
#include "tests/bom/sample.h"

namespace {

bool has(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

std::size_t count(const std::string& text, const std::string& piece) {
  std::size_t out = 0;
  for (auto at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) out++;
  return out;
}

bom::PageDetails details() {
  bom::PageDetails out;
  out.layers = {{"[base] layer 1", 100}, {"layer 2", 50}};
  out.paths = {{"/etc/shells", "generated", {"dash"}, 10},
               {"/usr/bin/git", "package", {"git"}, 4000},
               {"/usr/local/bin/</script>", "declared", {"step build"}, 0}};
  return out;
}

}  // namespace

TEST_CASE("the page has a row for each package of the image and links to its sources") {
  std::string page = bom::to_html(sample::full_bill(), details());
  CHECK(count(page, "<tr data-origin=\"added\"") == 2);
  CHECK(count(page, "<tr data-origin=\"base\"") == 1);  // perl-base was replaced, zz-broken is left
  CHECK(has(page, "<a href=\"http://deb.example/debian/pool/main/g/git/git_2.39.5-0%2bdeb12u3.dsc\""));
  CHECK(has(page, "data-licenses=\"GPL-2.0-only LicenseRef-debian-public-domain\""));
  CHECK(has(page, "instead of 5.36.0-7+deb12u2"));
  CHECK(has(page, "git → perl → perl-base"));
  CHECK(page == bom::to_html(sample::full_bill(), details()));
}

TEST_CASE("nothing of a bill gets out of its text, and no link leads elsewhere than the web") {
  bom::Bill bill = sample::full_bill();
  bill.product_name = "<script>alert(1)</script>\"";
  bill.changeset.packages[0].location->uri = "javascript:alert(1)";
  bill.changeset.files[0].source->repository_uri = "javascript:alert(2)";
  std::string page = bom::to_html(bill, details());
  CHECK(!has(page, "<script>alert"));
  CHECK(!has(page, "href=\"javascript:"));
  CHECK(has(page, "&lt;script&gt;alert(1)"));
  CHECK(has(page, "/usr/local/bin/\\u003c/script>"));
}

TEST_CASE("the page fetches nothing") {
  std::string page = bom::to_html(sample::full_bill(), details());
  for (const char* loading : {" src=", "@import", "url(", "<link", "<img", "<iframe"}) {
    CAPTURE(loading);
    CHECK(!has(page, loading));
  }
  CHECK(has(page, std::string(bom::page_policy)));
}

TEST_CASE("paths are data: each with its kind, its packages and its size") {
  std::string page = bom::to_html(sample::full_bill(), details());
  auto begin = page.find("type=\"application/json\">") + 24;
  auto data = json::parse(page.substr(begin, page.find("</script>", begin) - begin), "paths");
  CHECK(data["paths"].size() == 3);
  CHECK(data["paths"][1][0] == "/usr/bin/git");
  CHECK(data["names"][data["paths"][1][2][0].get<std::size_t>()] == "git");
  CHECK(!has(bom::to_html(sample::full_bill()), "paths-data\""));
}

TEST_CASE("a treemap fills its area in proportion") {
  auto boxes = bom::treemap({6, 3, 1}, {0, 0, 100, 10});
  REQUIRE(boxes.size() == 3);
  double area = 0;
  for (const auto& box : boxes) area += box.width * box.height;
  CHECK(area == doctest::Approx(1000));
  CHECK(boxes[0].width * boxes[0].height == doctest::Approx(600));
  CHECK(boxes[2].width * boxes[2].height == doctest::Approx(100));
  CHECK(bom::treemap({}, {}).empty());
  CHECK(bom::treemap({0, 0}, {0, 0, 9, 9})[1].width == 0);
  CHECK(bom::treemap({5, 0}, {0, 0, 10, 10})[0].width == doctest::Approx(10));
}
