#include "core/frontend/policy.h"

#include <doctest/doctest.h>

#include "core/hcl/source.h"
#include "tests/bom/sample.h"

namespace {

/// What a policy says of the sample bill, one line a violation: place, then words.
std::string violations(const std::string& rows, const bom::Bill& bill = sample::full_bill(),
                       const std::string& user = "") {
  auto recipe = ::recipe::load(hcl::File::make("estaleiro.hcl",
                                               "image \"x\" {\n  base_image = \"debian:bookworm\"\n"
                                               "  apt {\n    package \"git\" {}\n  }\n}\npolicy {\n" +
                                                   rows + "}\n"),
                               {});
  oci::ImageConfig config;
  config.user = user;
  hcl::Diagnostics problems;
  frontend::check_policy(recipe, recipe.policy, "the recipe's policy", bill, config, problems);
  std::string out;
  for (const auto& one : problems.list()) out += one.subject.place() + " " + one.summary + "\n";
  return out;
}

}  // namespace

TEST_CASE("a policy without rows allows everything") { CHECK(violations("") == ""); }

TEST_CASE("archives of the base and their keys") {
  CHECK(violations("allowed_repositories = [\"http://deb.example/*\"]\n") == "");
  CHECK(violations("allowed_repositories = [\"https://*\"]\n") ==
        "estaleiro.hcl:8:25 repository 'http://deb.example/debian' of the base image is not allowed by the recipe's "
        "policy\n");
  CHECK(violations("allowed_keys = [\"B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8\"]\n") == "");
  CHECK(violations("allowed_keys = [\"0000000000000000000000000000000000000000\"]\n") ==
        "estaleiro.hcl:8:17 repository 'http://deb.example/debian bookworm', signed by "
        "B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8, is not allowed by the recipe's policy\n");
}

TEST_CASE("a key stands for its subkeys") {
  auto bill = sample::full_bill();
  bill.apt.keys[0].fingerprints = {std::string(40, 'A'), "B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8"};
  CHECK(violations("allowed_keys = [\"" + std::string(40, 'A') + "\"]\n", bill) == "");
}

TEST_CASE("licences are read as expressions") {
  auto bill = sample::full_bill();
  for (auto& package : bill.base_image.packages) package.license = "MIT OR GPL-2.0-only";
  bill.changeset.packages[1].license = "MIT";
  CHECK(violations("allowed_licenses = [\"MIT\", \"GPL-2.0-only\", \"LicenseRef-*\"]\n", bill) == "");
  CHECK(violations("allowed_licenses = [\"MIT\"]\n", bill) ==
        "estaleiro.hcl:4:5 package 'git' with licence 'GPL-2.0-only AND LicenseRef-debian-public-domain' is not "
        "allowed by "
        "the recipe's policy\n");
  CHECK(violations("denied_licenses = [\"GPL-2.0-only\"]\n", bill) ==
        "estaleiro.hcl:4:5 package 'git' with licence 'GPL-2.0-only AND LicenseRef-debian-public-domain' is not "
        "allowed by "
        "the recipe's policy\n");
  bill.changeset.packages[1].license = "";
  CHECK(violations("allowed_licenses = [\"*\"]\n", bill) ==
        "estaleiro.hcl:4:5 package 'perl-base', which declares no licence, is not allowed by the recipe's policy\n");
}

TEST_CASE("sources out of archives, set-id files, the user, unexplained paths") {
  CHECK(
      violations("require_archive_sources = true\n") ==
      "estaleiro.hcl:4:5 package 'perl-base', whose source is in no archive, is not allowed by the recipe's policy\n");
  CHECK(violations("require_archive_sources = false\n") == "");
  CHECK(violations("allowed_setuid = [\"/usr/bin/su\"]\n") == "");
  CHECK(violations("allowed_setuid = [\"/usr/bin/sudo\"]\n") ==
        "estaleiro.hcl:8:19 set-id file '/usr/bin/su' is not allowed by the recipe's policy\n");
  CHECK(violations("require_non_root = true\n", sample::full_bill(), "1000") == "");
  CHECK(violations("require_non_root = true\n") ==
        "estaleiro.hcl:2:16 user 'root' of the base image is not allowed by the recipe's policy\n");
  auto bill = sample::full_bill();
  CHECK(violations("require_explained = true\n", bill) == "");
  bill.coverage->observed = false;
  bill.coverage->generated = {{"/etc/passwd", {}}, {"/var/lib/x", {}}};
  CHECK(violations("require_explained = true\n", bill) ==
        "estaleiro.hcl:3:3 what scripts of packages made, 2 paths of which without `observe = true` nobody knows the "
        "author, is not allowed by the recipe's policy\n");
  bill = sample::full_bill();
  bill.coverage->unexplained = {"/etc/x"};
  CHECK(violations("require_explained = true\n", bill) ==
        "estaleiro.hcl:8:21 unexplained path '/etc/x' is not allowed by the recipe's policy\n");
}

TEST_CASE("what the bill cannot answer is a violation") {
  auto bill = sample::full_bill();
  bill.coverage.reset();
  CHECK(violations("allowed_setuid = []\n", bill) ==
        "estaleiro.hcl:2:16 a base image whose files cannot be listed is not allowed by the recipe's policy\n");
  CHECK(violations("require_explained = true\n", bill) ==
        "estaleiro.hcl:2:16 a base image whose paths cannot be listed is not allowed by the recipe's policy\n");
}

TEST_CASE("many violations of one row are counted") {
  auto bill = sample::full_bill();
  for (int i = 0; i < 30; i++) bill.coverage->set_id.push_back("/x" + std::to_string(i));
  std::string text = violations("allowed_setuid = [\"/usr/bin/su\"]\n", bill);
  CHECK(text.find("what 10 more have, of the same kind, is not allowed") != std::string::npos);
}
