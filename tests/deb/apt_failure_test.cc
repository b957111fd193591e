#include "core/deb/apt_failure.h"

#include <doctest/doctest.h>

#include "core/base/fd.h"
#include "tests/support/error_text.h"

using base::Kind;
using support::error_text;

namespace {

std::string data(const std::string& name) { return base::read_file(std::string(TEST_DATA) + "/" + name, 1 << 20); }

}  // namespace

TEST_CASE("each of apt's complaints becomes a sentence with a remedy") {
  struct {
    std::string output;
    Kind kind;
    std::string text;
  } cases[] = {
      {"E: Unable to locate package nosuchpkg\n", Kind::invalid,
       "package 'nosuchpkg' is in none of the repositories\n"
       "  fix: check the name, or add the repository that has it to the `apt` block"},
      {"E: Unable to locate package a\nE: Unable to locate package b\nE: Couldn't find any package by glob 'b'\n",
       Kind::invalid,
       "package 'a' is in none of the repositories\n  also: package 'b' is in none of the repositories\n"
       "  fix: check the name, or add the repository that has it to the `apt` block"},
      {"E: Unable to locate package jq:arm64\n", Kind::invalid,
       "package 'jq:arm64' is in none of the repositories\n"
       "  fix: dpkg in the base image must know the architecture behind the ':'"},
      {"E: Package 'mail-transport-agent' has no installation candidate\n", Kind::invalid,
       "package 'mail-transport-agent' cannot be installed: it is a virtual name, or no repository carries it\n"
       "  fix: name a real package that provides it, or add the repository that has it"},
      {"E: Version '9.9' for 'jq' was not found\n", Kind::invalid,
       "package 'jq' has no version '9.9' in the repositories\n"
       "  fix: leave `version` out for the newest, or give one that the archive still carries"},
      {"E: Release 'sid' for 'jq' was not found\n", Kind::invalid,
       "package 'jq' has no release 'sid' in the repositories"},
      {"E: Can not find version '7' of package 'jq'\nE: Unable to find a source package for jq\n", Kind::not_found,
       "no deb-src line has source 'jq' '7'\n  also: no deb-src line has a source for 'jq'\n"
       "  fix: add a deb-src line for the repository it comes from, or declare its `vcs`"},
      {"E: You must put some 'deb-src' URIs in your sources.list\n", Kind::not_found,
       "there is no deb-src line\n  fix: add a deb-src line to the `apt` block"},
      {"E: The repository 'http://deb.example/debian bokworm Release' does not have a Release file.\n", Kind::invalid,
       "repository 'http://deb.example/debian bokworm' does not exist: there is no Release file\n"
       "  fix: check the URI and the spelling of the suite"},
      {"E: The repository 'http://deb.example x Release' is not signed.\n", Kind::denied,
       "repository 'http://deb.example x' is not signed\n  fix: use an archive that signs its Release file"},
      {"E: Failed to fetch http://nosuch.invalid/debian/dists/bookworm/InRelease  Could not resolve 'nosuch.invalid'\n"
       "E: Some index files failed to download. They have been ignored, or old ones used instead.\n",
       Kind::unavailable,
       "cannot fetch 'http://nosuch.invalid/debian/dists/bookworm/InRelease': Could not resolve 'nosuch.invalid'\n"
       "  fix: check the host's name, and that the build's network reaches a name server"},
      {"E: Failed to fetch http://deb.example:9/x/InRelease  Could not connect to deb.example:9 (127.0.0.1). - connect "
       "(111: Connection refused)\n",
       Kind::unavailable,
       "cannot fetch 'http://deb.example:9/x/InRelease': Could not connect to deb.example:9 (127.0.0.1). - connect "
       "(111: "
       "Connection refused)\n  fix: check that the build's network reaches this host"},
      {"E: Failed to fetch http://deb.example/pool/jq.deb  404  Not Found [IP: 192.0.2.1 80]\n", Kind::not_found,
       "cannot fetch 'http://deb.example/pool/jq.deb': 404  Not Found\n"
       "  fix: check the repository's URI, suite and components; a package may have left the pool"},
      {"E: Failed to fetch http://deb.example/Packages.xz  Hash Sum mismatch\n", Kind::corrupt,
       "cannot fetch 'http://deb.example/Packages.xz': Hash Sum mismatch\n"
       "  fix: the mirror is probably being updated: try again, or use another mirror"},
      {"E: Failed to fetch https://deb.example/InRelease  Certificate verification failed: The certificate is NOT "
       "trusted.\n",
       Kind::denied,
       "cannot fetch 'https://deb.example/InRelease': Certificate verification failed: The certificate is NOT "
       "trusted.\n"
       "  fix: the build's base needs CA certificates that vouch for this host, or use the archive's http:// address"},
      {"E: Failed to fetch http://deb.example/dists/x/InRelease  Clearsigned file isn't valid, got 'NOSPLIT' (does the "
       "network require authentication?)\nE: The repository 'http://deb.example x InRelease' is not signed.\n",
       Kind::unavailable,
       "cannot fetch 'http://deb.example/dists/x/InRelease': Clearsigned file isn't valid, got 'NOSPLIT' (does the "
       "network "
       "require authentication?)\n"
       "  fix: something between here and the archive answers in its place: a login page or proxy"},
      {"E: Release file for http://deb.example/dists/x/Release is expired (invalid since 919d 5h). Updates for this "
       "repository will not be applied.\n",
       Kind::unavailable,
       "the index 'http://deb.example/dists/x/Release' is too old (invalid since 919d 5h)\n"
       "  fix: the mirror no longer follows its archive, or the clock of the build engine is wrong"},
      {"E: Malformed entry 1 in list file /tmp/in/sources.list (Suite)\nE: The list of sources could not be read.\n",
       Kind::invalid, "apt cannot read repository entry 1: Suite\n  fix: write it as: deb URI SUITE COMPONENT…"},
      {"E: Type 'dep' is not known on line 1 in source list /tmp/in/sources.list\n", Kind::invalid,
       "repository type 'dep' is neither deb nor deb-src"},
      {"E: Write error - write (28: No space left on device)\n", Kind::failed,
       "apt has no room left: Write error - write (28: No space left on device)\n  fix: the disk of the build engine "
       "is full"},
      {"Errors were encountered while processing:\n foo\n bar:amd64\nE: Sub-process /usr/bin/dpkg returned an error "
       "code (1)\n",
       Kind::failed, "dpkg failed on foo, bar:amd64"},
      {"E: Something new\x1b[31m\nE: And more\n", Kind::failed, "apt failed: Something new\\x1b[31m\n  also: And more"},
      {"", Kind::failed, "apt failed: it gave no reason"},
  };
  for (const auto& [output, kind, text] : cases) {
    auto error = deb::explain_apt_failure(output);
    CHECK(error.text() == text);
    CHECK(error.kind() == kind);
  }
}

TEST_CASE("a missing key is named once, with its repository") {
  auto error = deb::explain_apt_failure(data("apt-no-pubkey.txt"));
  CHECK(error.kind() == Kind::denied);
  CHECK(error.text() ==
        "repository 'http://deb.example/debian-security bookworm-security' is signed with 54404762BBB6E853, "
        "BDE6D2B9216EC7A8, and no such key was given\n"
        "  fix: add a `key` block with the repository's key to the `apt` block, or correct its signed-by= option");
}

TEST_CASE("a key that is expired, or missing as sqv says it") {
  CHECK(deb::explain_apt_failure("W: GPG error: http://deb.example x InRelease: The following signatures were invalid: "
                                 "EXPKEYSIG 0123456789ABCDEF Vendor\n")
            .text() ==
        "the signature of repository 'http://deb.example x' is not good: The following signatures were invalid: "
        "EXPKEYSIG "
        "0123456789ABCDEF Vendor\n  fix: the key has expired: get the repository's current one");
  CHECK(
      deb::explain_apt_failure(
          "E: The repository 'http://deb.example x InRelease' is not signed.\n"
          "W: OpenPGP signature verification failed: http://deb.example x InRelease: Sub-process "
          "/usr/bin/sqv returned an error code (1), error message is: Missing key 0123456789ABCDEF, "
          "which is needed to verify signature.\n")
          .text() ==
      "the signature of repository 'http://deb.example x' is not good: Sub-process /usr/bin/sqv returned an error code "
      "(1), error message is: Missing key 0123456789ABCDEF, which is needed to verify signature.\n"
      "  fix: add a `key` block with that key to the `apt` block");
}

TEST_CASE("packages that cannot be installed together: apt's reasons become notes") {
  CHECK(deb::explain_apt_failure(data("apt-unmet-dependencies.txt")).text() ==
        "the packages cannot be installed together\n"
        "  perl: Depends: perl-base (= 5.36.0-7+deb12u3) but 5.36.0-7+deb12u4 is to be installed\n"
        "  perl: Depends: libperl5.36 (= 5.36.0-7+deb12u3) but 5.36.0-7+deb12u4 is to be installed\n"
        "  fix: a pinned `version` or an extra repository probably rules out what another package needs");
}

TEST_CASE("warnings that would make a build wrong are refused, others pass") {
  auto refused = [](std::string output) { return error_text([&] { deb::refuse_apt_warnings(output); }); };
  CHECK(refused("W: Skipping acquire of configured file 'mian/binary-amd64/Packages' as repository 'http://deb.example "
                "bookworm InRelease' doesn't have the component 'mian' (component misspelt in sources.list?)\n") ==
        "repository 'http://deb.example bookworm' has no component 'mian'\n  fix: check the spelling of the component");
  CHECK(refused("W: Skipping acquire of configured file 'main/source/Sources' as repository 'http://deb.example x "
                "InRelease' does not seem to provide it (sources.list entry misspelt?)\n") ==
        "repository 'http://deb.example x' does not have 'main/source/Sources'\n"
        "  fix: it publishes no sources: leave its deb-src line out and declare the packages' `vcs`");
  CHECK(refused("W: Failed to fetch http://deb.example/x/InRelease  Connection failed\n"
                "W: Some index files failed to download. They have been ignored, or old ones used instead.\n") ==
        "cannot fetch 'http://deb.example/x/InRelease': Connection failed\n"
        "  fix: check that the build's network reaches this host");
  CHECK(refused("W: Some index files failed to download. They have been ignored, or old ones used instead.\n") ==
        "some of the repositories could not be asked");
  CHECK(refused("W: http://deb.example/x: Key is stored in legacy trusted.gpg keyring\nN: Download is performed "
                "unsandboxed\n") == "no error");
}

TEST_CASE("endless output stays a short error") {
  std::string output;
  for (int i = 0; i < 100000; i++) output += "E: Unable to locate package p" + std::to_string(i) + "\n";
  CHECK(deb::explain_apt_failure(output).notes().size() == 19);
}
