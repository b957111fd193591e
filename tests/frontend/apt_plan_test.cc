#include "core/frontend/apt_plan.h"

#include <doctest/doctest.h>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/hcl/source.h"

namespace {

std::string hex(const std::string& text) { return std::string(base::sha256(text).hex()); }

/// A .deb as the archive lists it: stanza and download line agree on the hash.
struct Deb {
  std::string name, version, depends, source;

  std::string file() const { return name + "_" + version + "_amd64.deb"; }
  std::string stanza() const {
    return "Package: " + name + "\nVersion: " + version + "\nArchitecture: amd64\n" +
           (source.empty() ? "" : "Source: " + source + "\n") + (depends.empty() ? "" : "Depends: " + depends + "\n") +
           "Filename: pool/" + file() + "\nSize: 7\nSHA256: " + hex(file()) + "\n\n";
  }
  std::string uri() const {
    return "'http://deb.example/debian/pool/" + file() + "' " + file() + " 7 SHA256:" + hex(file()) + "\n";
  }
  std::string step(const std::string& old = "") const {
    return "Inst " + name + (old.empty() ? "" : " [" + old + "]") + " (" + version + " Debian:12/stable [amd64])\n" +
           "Conf " + name + " (" + version + " Debian:12/stable [amd64])\n";
  }
};

std::string source_stanza(const std::string& name, const std::string& version) {
  std::string dsc = name + "_" + version + ".dsc";
  return "Package: " + name + "\nVersion: " + version + "\nDirectory: pool\nChecksums-Sha256:\n " + hex(dsc) + " 5 " +
         dsc + "\n\n";
}
std::string source_uri(const std::string& name, const std::string& version) {
  std::string dsc = name + "_" + version + ".dsc";
  return "'http://deb.example/debian/pool/" + dsc + "' " + dsc + " 5 SHA256:" + hex(dsc) + "\n";
}

const Deb jq{"jq", "1.6-2", "libjq1 (= 1.6-2)", ""};
const Deb libjq{"libjq1", "1.6-2", "", "jq"};

frontend::AptAnswers answers() {
  frontend::AptAnswers out;
  out.plan = libjq.step() + jq.step("1.5-1");
  out.uris = libjq.uri() + jq.uri();
  out.binaries = libjq.stanza() + jq.stanza();
  out.sources = source_stanza("jq", "1.5-1") + source_stanza("jq", "1.6-2");
  out.source_uris = source_uri("jq", "1.6-2");
  return out;
}

recipe::Recipe load(const std::string& packages) {
  return ::recipe::load(
      hcl::File::make("estaleiro.hcl", "image \"x\" {\n  base_image = \"debian\"\n  apt {\n" + packages + "  }\n}\n"),
      {});
}

std::string error_of(const frontend::AptAnswers& answers, const recipe::Recipe& recipe) {
  try {
    frontend::read_plan(answers, recipe, {});
  } catch (const base::Error& error) {
    return error.text();
  }
  return "no error";
}

}  // namespace

TEST_CASE("each package gets its .deb, its exact source, what it replaces, and who asked for it") {
  auto asked = load("    package \"jq\" {}\n");
  auto plan = frontend::read_plan(answers(), asked, {});
  REQUIRE(plan.packages.size() == 2);
  const auto& library = plan.packages[0];
  CHECK(library.binary.name == "libjq1");
  CHECK(!library.requested);
  CHECK(library.chain == std::vector<std::string>{"jq", "libjq1"});
  CHECK(library.download.hash.text() == "sha256:" + hex("libjq1_1.6-2_amd64.deb"));
  REQUIRE(library.sources.size() == 1);
  CHECK(library.sources[0].name == "jq_1.6-2.dsc");
  CHECK(plan.packages[1].requested);
  CHECK(plan.packages[1].replaces == "1.5-1");
  CHECK(plan.packages[1].origins == std::vector<std::string>{"Debian:12/stable"});
}

TEST_CASE("a package without source is refused with its place, dependencies included") {
  auto asked = load("    package \"jq\" {}\n");
  auto without = answers();
  without.sources = source_stanza("jq", "1.5-1");
  without.source_uris.clear();
  CHECK(
      error_of(without, asked) ==
      "estaleiro.hcl:4:5: 2 packages have no source\n"
      "  4 |     package \"jq\" {}\n"
      "    |     ^^^^^^^^^^^^\n"
      "    no source for 'libjq1' 1.6-2 (from http://deb.example/debian/pool/libjq1_1.6-2_amd64.deb): no deb-src line "
      "has source 'jq' 1.6-2; pulled in by jq → libjq1\n"
      "    no source for 'jq' 1.6-2 (from http://deb.example/debian/pool/jq_1.6-2_amd64.deb): no deb-src line has "
      "source 'jq' 1.6-2\n"
      "  fix: add the repository's deb-src line to the apt block, or declare it: package \"libjq1\" { vcs \"git\" { "
      "repository = \"…\" ref = \"…\" } }");
}

TEST_CASE("a declared vcs stands in for a source that no archive has") {
  auto vcs = [](const std::string& name) {
    return "    package \"" + name + "\" {\n      vcs \"git\" {\n        repository = \"https://git.example/jq\"\n" +
           "        ref = \"8f6f0fb5d4c9aa2b0d2f1f3bb0b9d9b3a1c7e5d2\"\n      }\n    }\n";
  };
  auto asked = load(vcs("jq") + vcs("libjq1"));
  auto without = answers();
  without.sources.clear();
  without.source_uris.clear();
  auto plan = frontend::read_plan(without, asked, {});
  REQUIRE(plan.packages.size() == 2);
  REQUIRE(plan.packages[0].vcs);
  CHECK(plan.packages[0].vcs->vcs->repository.value == "https://git.example/jq");
  // Where the archive has the source, that is the source.
  CHECK(!frontend::read_plan(answers(), asked, {}).packages[0].vcs);
}

TEST_CASE("a pinned version that apt did not choose is refused") {
  auto asked = load("    package \"jq\" {\n      version = \"1.7-1\"\n    }\n");
  CHECK(error_of(answers(), asked)
            .starts_with("estaleiro.hcl:5:17: package 'jq' would be installed at '1.6-2', not at '1.7-1'"));
}

TEST_CASE("a package that is already in the base is no part of the plan") {
  auto base = deb::parse_status("Package: jq\nStatus: install ok installed\nVersion: 1.6-2\nArchitecture: amd64\n\n");
  auto asked = load("    package \"jq\" {}\n");
  auto plan = frontend::read_plan({}, asked, base);
  CHECK(plan.packages.empty());
  CHECK(plan.already_there == std::vector<std::string>{"jq"});
}

TEST_CASE("answers that contradict each other are refused") {
  auto asked = load("    package \"jq\" {}\n");
  auto no_uri = answers();
  no_uri.uris = libjq.uri();
  CHECK(error_of(no_uri, asked) == "apt plans to install 'jq' '1.6-2' but does not say where from");
  auto other_hash = answers();
  other_hash.binaries = libjq.stanza() + Deb{"jq", "1.6-2", "", "evil"}.stanza();
  other_hash.uris = libjq.uri() + "'http://deb.example/x.deb' jq_1.6-2_amd64.deb 7 SHA256:" + hex("other") + "\n";
  CHECK(error_of(other_hash, asked) == "apt plans to install 'jq' '1.6-2' but shows no such package");
  auto md5 = answers();
  md5.uris = libjq.uri() + "'http://deb.example/x.deb' jq_1.6-2_amd64.deb 7 MD5Sum:" + std::string(32, 'a') + "\n";
  CHECK(error_of(md5, asked).starts_with("the archive gives no SHA256 for 'jq'"));
}
