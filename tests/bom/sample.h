#pragma once

#include <string>

#include "core/bom/bill.h"

namespace sample {

inline std::string sha256(char digit) { return "sha256:" + std::string(64, digit); }

/// A bill that fills every field of the format, sorted.
inline bom::Bill full_bill() {
  bom::Package base;
  base.name = "perl-base";
  base.version = "5.36.0-7+deb12u2";
  base.source_package = "perl";
  base.architecture = "amd64";
  base.source = {"perl", "5.36.0-7+deb12u2"};

  bom::Package broken;
  broken.name = "zz-broken";
  broken.state = "half-installed";

  bom::Package git;
  git.name = "git";
  git.version = "1:2.39.5-0+deb12u3";
  git.architecture = "amd64";
  git.location = bom::Location{"http://deb.example/debian/pool/main/g/git/git_2.39.5-0%2bdeb12u3_amd64.deb",
                               sha256('1'),
                               "git_1%3a2.39.5-0+deb12u3_amd64.deb",
                               7260000,
                               std::string(40, '2'),
                               0};
  git.sources = {bom::SourceFile{"http://deb.example/debian/pool/main/g/git/git_2.39.5-0%2bdeb12u3.dsc", sha256('3'),
                                 "git_2.39.5-0+deb12u3.dsc", 2900},
                 bom::SourceFile{"http://deb.example/debian/pool/main/g/git/git_2.39.5.orig.tar.xz", sha256('4'),
                                 "git_2.39.5.orig.tar.xz", 7160000}};
  git.source = {"git", "1:2.39.5-0+deb12u3"};
  git.requested = true;
  git.requested_by = {"git"};
  git.built_using = {{"golang-1.19", "1.19.8-2"}};

  bom::Package perl = base;
  perl.version = "5.36.0-7+deb12u4";
  perl.source.version = perl.version;
  perl.location = bom::Location{
      "http://deb.example/perl-base.deb", sha256('5'), "perl-base_5.36.0-7+deb12u4_amd64.deb", {}, "", {}};
  perl.sources = {bom::Git{"https://git.example/perl", "debian/5.36.0-7+deb12u4"}};
  perl.replaces = "5.36.0-7+deb12u2";
  perl.requested = false;
  perl.requested_by = {"git", "perl", "perl-base"};

  bom::Bill bill;
  bill.product_name = "registry.example/team/product";
  bill.protocol = "v0.1.0";
  bill.base_image = {"registry.example/library/debian:bookworm@" + sha256('a'),
                     "debian",
                     "12",
                     "bookworm",
                     {base, broken},
                     sha256('b')};
  bill.changeset.files = {
      {"/etc/product.conf", sha256('6'), bom::Git{"https://git.example/product", "v1.2.0"}, 0644,
       bom::TarballOrigin{"product.tgz", sha256('7'), "./etc/product.conf"}},
      {"/usr/local/bin/product", sha256('8'), bom::Git{"https://git.example/product", std::string(40, '9')}, 0755,
       bom::StepOrigin{"build", "Dockerfile", sha256('c'), "", "/bin/product"}},
  };
  bill.changeset.packages = {git, perl};
  bom::Package gone;
  gone.name = "exim4";
  gone.version = "4.96-15";
  gone.architecture = "all";
  bill.changeset.removed = {{gone}, {"/etc/exim4"}, {"/etc/machine-id"}};
  bill.image = {sha256('d'), "linux/amd64", "2024-05-11T09:20:15Z"};
  bill.apt.repositories = {{"http://deb.example/debian",
                            "bookworm",
                            {"main"},
                            "bookworm",
                            "2024-05-11T09:20:15Z",
                            "",
                            sha256('e'),
                            {"B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8"},
                            {{"main/binary-amd64/Packages", 50060337, sha256('f')}}}};
  bill.apt.keys = {{"vendor",
                    "https://vendor.example/key.asc",
                    sha256('0'),
                    {"0123456789ABCDEF"},
                    {"Vendor \"X\" <x@vendor.example>"}}};
  bill.coverage = bom::Coverage{
      .paths = 100,
      .changed = 12,
      .verified = 80,
      .observed = true,
      .kinds = {{"package", 95, 9}, {"generated", 1, 1}, {"declared", 2, 2}, {"base", 2, 0}},
      .generated = {{"/etc/shells", {"dash"}}},
      .altered = {"/etc/motd"},
      .residue = {"/etc/hostname", "/srv"},
      .unexplained = {},
      .set_id = {"/usr/bin/su"},
  };
  bill.licenses = {{"LicenseRef-debian-public-domain", "Do what\nyou like: \"it\" is yours.\n"}};
  bill.changeset.packages[0].license = "GPL-2.0-only AND LicenseRef-debian-public-domain";
  return bill;
}

}  // namespace sample
