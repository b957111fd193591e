#include "core/bom/spdx_writer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "core/json/decode.h"
#include "tests/bom/golden.h"
#include "tests/bom/sample.h"

namespace {

/// All SPDXIDs of a document; each may stand once.
std::set<std::string> ids_of(const json::Value& document) {
  std::set<std::string> ids = {"SPDXRef-DOCUMENT"};
  for (const char* list : {"packages", "files"})
    if (document.contains(list))
      for (const auto& element : document[list]) CHECK(ids.insert(element["SPDXID"]).second);
  return ids;
}

bool related(const json::Value& document, const std::string& from, const std::string& type, const std::string& to) {
  return std::any_of(document["relationships"].begin(), document["relationships"].end(), [&](const json::Value& one) {
    return one["spdxElementId"] == from && one["relationshipType"] == type && one["relatedSpdxElement"] == to;
  });
}

}  // namespace

TEST_CASE("the full bill as SPDX 2.3") { check_golden("full.spdx.json", bom::to_spdx(sample::full_bill())); }

TEST_CASE("every element that a relationship names exists, and all are reached") {
  auto document = json::parse(bom::to_spdx(sample::full_bill()), "spdx");
  auto ids = ids_of(document);
  std::set<std::string> reached = {"SPDXRef-DOCUMENT"};
  for (const auto& one : document["relationships"]) {
    CHECK(ids.contains(one["spdxElementId"]));
    CHECK(ids.contains(one["relatedSpdxElement"]));
    reached.insert(one["relatedSpdxElement"]);
  }
  CHECK(reached == ids);
}

TEST_CASE("an upgraded package is in the base and, in its new version, in the image") {
  auto document = json::parse(bom::to_spdx(sample::full_bill()), "spdx");
  CHECK(related(document, "SPDXRef-base", "CONTAINS", "SPDXRef-base-perl-base-amd64"));
  CHECK(!related(document, "SPDXRef-image", "CONTAINS", "SPDXRef-base-perl-base-amd64"));
  CHECK(related(document, "SPDXRef-image", "CONTAINS", "SPDXRef-added-perl-base-amd64"));
  CHECK(related(document, "SPDXRef-added-git-amd64", "GENERATED_FROM", "SPDXRef-source-golang-1.19-1.19.8-2"));
}

TEST_CASE("names that would collide get numbers; a bill of a scratch image has no base") {
  bom::Bill bill;
  bill.product_name = "p";
  bill.base_image.canonical_name = "scratch";
  for (const char* path : {"/a+b", "/a-b", "/a b"})
    bill.changeset.files.push_back({path, sample::sha256('1'), bom::Git{"git@git.example:a/b.git", "v 1"}, {}, {}});
  auto document = json::parse(bom::to_spdx(bill), "spdx");
  CHECK(document["files"][0]["SPDXID"] == "SPDXRef-path-a-b");
  CHECK(document["files"][1]["SPDXID"] == "SPDXRef-path-a-b-2");
  CHECK(document["files"][2]["SPDXID"] == "SPDXRef-path-a-b-3");
  CHECK(ids_of(document).size() == 6);
  CHECK(document["packages"][1]["downloadLocation"] == "git+ssh://git@git.example/a/b.git@v%201");
  CHECK(document["creationInfo"]["created"] == "1970-01-01T00:00:00Z");
}
