#include "core/bom/in_toto.h"

#include <doctest/doctest.h>

#include "core/base/error.h"
#include "core/bom/spdx_writer.h"
#include "core/json/decode.h"
#include "tests/bom/sample.h"

TEST_CASE("the statement is about the image and says what the SPDX document says") {
  auto statement = json::parse(bom::to_in_toto(sample::full_bill(), "registry.example/team/app"), "statement");
  CHECK(statement["_type"] == "https://in-toto.io/Statement/v0.1");
  CHECK(statement["predicateType"] == "https://spdx.dev/Document");
  CHECK(statement["subject"][0]["name"] == "registry.example/team/app");
  CHECK(statement["subject"][0]["digest"]["sha256"] == std::string(64, 'd'));
  CHECK(statement["predicate"] == json::parse(bom::to_spdx(sample::full_bill()), "spdx"));
}

TEST_CASE("before the image has a digest the statement is about the files and packages that go into it") {
  bom::Bill bill = sample::full_bill();
  bill.image.digest.clear();
  auto statement = json::parse(bom::to_in_toto_of_contents(bill), "statement");
  REQUIRE(statement["subject"].size() == bill.changeset.files.size() + bill.changeset.packages.size());
  CHECK(statement["subject"][0]["name"] == bill.changeset.files[0].path);
  CHECK("sha256:" + statement["subject"][0]["digest"]["sha256"].get<std::string>() == bill.changeset.files[0].digest);
  const auto& last = statement["subject"].back();
  CHECK(last["name"] == bill.changeset.packages.back().location->name);
  CHECK(statement["predicate"] == json::parse(bom::to_spdx(bill), "spdx"));

  bill.changeset = {};
  CHECK_THROWS_AS(bom::to_in_toto_of_contents(bill), base::Error);
}

TEST_CASE("a bill without its image's digest is a statement about nothing") {
  bom::Bill bill = sample::full_bill();
  bill.image.digest.clear();
  CHECK_THROWS_AS(bom::to_in_toto(bill, "x"), base::Error);
}
