#include "core/bom/yaml_writer.h"

#include <doctest/doctest.h>

#include "core/bom/yaml_reader.h"
#include "core/bom/yaml_scalar.h"
#include "tests/bom/golden.h"
#include "tests/bom/sample.h"
#include "tests/support/error_text.h"

using support::error_text;

TEST_CASE("a bill with the announcement's keys only is written exactly as the announcement shows it") {
  auto bill = bom::read_yaml(data("announcement.yml"), "bill");
  CHECK(bom::to_yaml(bill) == data("announcement.rewritten.yml"));
}

TEST_CASE("all that this project adds stands at the end of its mapping, and raises the protocol") {
  check_golden("full.yml", bom::to_yaml(sample::full_bill()));
}

TEST_CASE("an empty bill has empty lists") {
  bom::Bill bill;
  bill.product_name = "p";
  bill.base_image.canonical_name = "scratch";
  CHECK(bom::to_yaml(bill) ==
        "product_name: p\nprotocol: \"v0.0.1\"\nbase_image:\n    canonical_name: scratch\n    os: \"\"\n"
        "    version: \"\"\n    codename: \"\"\n    packages: []\nchangeset:\n    files: []\n    packages: []\n");
}

TEST_CASE("what is written is read back the same, whatever the strings") {
  auto bill = sample::full_bill();
  CHECK(bom::read_yaml(bom::to_yaml(bill), "bill") == bill);
  for (std::string odd : {"",
                          " ",
                          "~",
                          "null",
                          "yes",
                          "1.10",
                          "1:30",
                          "0x1f",
                          "a: b",
                          "a #b",
                          "#",
                          "- a",
                          "? a",
                          "|",
                          ">",
                          "&a",
                          "*a",
                          "!a",
                          "%a",
                          "@a",
                          "`a",
                          "\"",
                          "'",
                          "\\",
                          "a\nb",
                          "tab\t",
                          "\x01\x7f",
                          "\xc2\x85",
                          "\xe2\x80\xa8",
                          "\xef\xbb\xbf"
                          "a",
                          "é",
                          "日本",
                          "2024-05-11",
                          "...",
                          "---",
                          "a:",
                          ":a",
                          "[a]",
                          "{a}",
                          "a, b",
                          "=",
                          "<<"}) {
    CAPTURE(odd);
    bill.product_name = odd + ".";
    bill.base_image.os = odd;
    bill.changeset.packages[0].version = odd;
    CHECK(bom::read_yaml(bom::to_yaml(bill), "bill") == bill);
  }
  bill.product_name = "\xff";
  CHECK(error_text([&] { bom::to_yaml(bill); }) == "'\\xff' is not UTF-8 and cannot stand in a bill of materials");
}

TEST_CASE("strings that YAML could read as something else are quoted, others are not") {
  for (std::string plain : {"jq", "2.31.1-0.4ubuntu3.3", "6.1-1ubuntu1.18.04", "2.4-2", "1.1.1-1ubuntu2.1~18.04.4",
                            "a b", "a:b", "http://deb.example/a%7eb+c_1.deb", "/usr/bin/[",
                            "49b6936ef130793fff677038891e517718c2baf8", "sha256:00", "debian", "v1", "1a", "1-1"})
    CHECK(bom::yaml_scalar(plain) == (plain.find('[') == std::string::npos ? plain : "\"" + plain + "\""));
  for (std::string quoted : {"18.04",      "20180409", "1:30", "1.10", "null", "NULL",  "~",      "",   "y",
                             "No",         "TRUE",     "0x1F", "0o17", "1e5",  "1_000", "1.5e-3", ".5", ".inf",
                             "2024-05-11", "-1",       "+1",   "a: b", "a #b", "a:",    " a",     "a ", "@a"})
    CHECK(bom::yaml_scalar(quoted) == "\"" + quoted + "\"");
  CHECK(bom::yaml_scalar("a\"\\\n\x1b") == "\"a\\\"\\\\\\n\\x1b\"");
}
