#include "core/frontend/package_files.h"

#include <doctest/doctest.h>

#include "core/base/digest.h"
#include "core/hcl/source.h"
#include "tests/support/error_text.h"

namespace {

std::string hex(const std::string& text) { return std::string(base::sha256(text).hex()); }

std::string stanza(const std::string& name, const std::string& version, const std::string& source) {
  const std::string file = name + "_" + version + "_amd64.deb";
  return "Package: " + name + "\nVersion: " + version + "\nArchitecture: amd64\nSource: " + source +
         "\nFilename: pool/" + file + "\nSize: 7\nSHA256: " + hex(file) + "\n\n";
}
std::string uri(const std::string& name, const std::string& version, const std::string& hash = "SHA256") {
  const std::string file = name + "_" + version + "_amd64.deb";
  return "'http://deb.example/pool/" + file + "' " + file + " 7 " + hash + ":" +
         hex(file).substr(0, hash == "SHA256" ? 64 : 32) + "\n";
}

/// libssl3 in two versions, of which apt would fetch the newer.
frontend::AptAnswers answers() {
  const std::string dsc = "openssl_3.0-2.dsc";
  frontend::AptAnswers out;
  out.uris = uri("libssl3", "3.0-2");
  out.binaries = stanza("libssl3", "3.0-2", "openssl") + stanza("libssl3", "3.0-1", "openssl");
  out.sources =
      "Package: openssl\nVersion: 3.0-2\nDirectory: pool\nChecksums-Sha256:\n " + hex(dsc) + " 5 " + dsc + "\n\n";
  out.source_uris = "'http://deb.example/pool/" + dsc + "' " + dsc + " 5 SHA256:" + hex(dsc) + "\n";
  return out;
}

recipe::Recipe asking_for(const std::string& name, const std::string& version = "") {
  return recipe::load(
      hcl::File::make("estaleiro.hcl",
                      "image \"x\" {\n  base_image = \"scratch\"\n  file \"/lib/libssl.so.3\" {\n    from_package \"" +
                          name + "\" {\n      image = \"debian:bookworm\"\n      path  = \"/lib/libssl.so.3\"\n" +
                          (version.empty() ? "" : "      version = \"" + version + "\"\n") + "    }\n  }\n}\n"),
      {});
}

std::vector<frontend::FilePackage> read(const frontend::AptAnswers& from, const recipe::Recipe& recipe) {
  return frontend::read_package_answers(from, recipe,
                                        {&std::get<recipe::FromPackage>(recipe.image.files.at(0).origin)});
}

}  // namespace

TEST_CASE("a package is known by the hash of its .deb and comes with the files of its exact source") {
  const auto packages = read(answers(), asking_for("libssl3"));
  REQUIRE(packages.size() == 1);
  CHECK(packages[0].binary.version == "3.0-2");
  CHECK(packages[0].download.uri == "http://deb.example/pool/libssl3_3.0-2_amd64.deb");
  REQUIRE(packages[0].sources.size() == 1);
  CHECK(packages[0].sources[0].name == "openssl_3.0-2.dsc");
  CHECK(read(answers(), asking_for("libssl3:amd64", "3.0-2")).at(0).binary.name == "libssl3");
}

TEST_CASE("a package without source, or that apt does not locate, points into the recipe") {
  auto from = answers();
  from.source_uris.clear();
  CHECK(support::error_text([&] { read(from, asking_for("libssl3")); }) ==
        "estaleiro.hcl:4:18: package 'libssl3' 3.0-2 has no source: no deb-src repository has 'openssl' 3.0-2\n"
        "  4 |     from_package \"libssl3\" {\n"
        "    |                  ^^^^^^^^^\n"
        "  fix: take the file from an archive that keeps its sources");
  CHECK(support::error_text([&] { read(answers(), asking_for("libssl3", "3.0-1")); }) ==
        "estaleiro.hcl:4:18: apt does not say where 'libssl3=3.0-1' is\n"
        "  4 |     from_package \"libssl3\" {\n"
        "    |                  ^^^^^^^^^");
}

TEST_CASE("a package's archive is the one that offers its version and holds its .deb") {
  auto from = answers();
  from.offers = "libssl3 | 3.0-2 | http://deb.example bookworm/main amd64 Packages\n";
  auto release = [](const char* line) { return frontend::Release{deb::parse_repository(line), ""}; };
  const auto recipe = asking_for("libssl3");
  auto archive = [&](const std::vector<frontend::Release>& releases) {
    return frontend::read_package_answers(from, recipe,
                                          {&std::get<recipe::FromPackage>(recipe.image.files.at(0).origin)}, releases)
        .at(0)
        .release;
  };
  CHECK(archive({release("deb http://deb.example bookworm-updates main"),
                 release("deb http://deb.example bookworm main")}) == 1);
  CHECK(archive({release("deb http://other.example bookworm main")}) == std::nullopt);
  from.offers = "libssl3 | 3.0-1 | http://deb.example bookworm/main amd64 Packages\n";
  CHECK(archive({release("deb http://deb.example bookworm main")}) == std::nullopt);
}

TEST_CASE("answers that contradict each other or have no SHA256 are refused") {
  auto from = answers();
  from.binaries = stanza("libssl3", "3.0-1", "openssl");
  CHECK(support::error_text([&] { read(from, asking_for("libssl3")); }) ==
        "apt would fetch 'libssl3_3.0-2_amd64.deb' but shows no such package");
  from = answers();
  from.uris = uri("libssl3", "3.0-2", "MD5Sum");
  CHECK(support::error_text([&] { read(from, asking_for("libssl3")); }) ==
        "the archive gives no SHA256 for 'libssl3_3.0-2_amd64.deb' "
        "(http://deb.example/pool/libssl3_3.0-2_amd64.deb)\n"
        "  fix: use a repository whose Packages index lists SHA256");
}
