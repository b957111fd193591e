#include "core/bom/cyclonedx_writer.h"

#include <doctest/doctest.h>

#include <set>

#include "core/json/decode.h"
#include "tests/bom/golden.h"
#include "tests/bom/sample.h"

TEST_CASE("the full bill as CycloneDX 1.6") { check_golden("full.cdx.json", bom::to_cyclonedx(sample::full_bill())); }

TEST_CASE("components are what the final image has, each once, and the image depends on all") {
  auto document = json::parse(bom::to_cyclonedx(sample::full_bill()), "cyclonedx");
  std::set<std::string> refs;
  std::set<std::string> names;
  for (const auto& component : document["components"]) {
    CHECK(refs.insert(component["bom-ref"]).second);
    names.insert(component["name"].get<std::string>() + " " + component.value("version", ""));
  }
  // The base's perl-base was replaced.
  CHECK(names == std::set<std::string>{"/etc/product.conf ", "/usr/local/bin/product ", "git 1:2.39.5-0+deb12u3",
                                       "perl-base 5.36.0-7+deb12u4", "zz-broken "});
  std::set<std::string> depends = document["dependencies"][0]["dependsOn"];
  CHECK(depends == refs);
}
