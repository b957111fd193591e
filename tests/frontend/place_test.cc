#include "core/frontend/place.h"

#include <doctest/doctest.h>

#include "core/frontend/frontend.h"
#include "tests/frontend/fake_gateway.h"

namespace {

constexpr char with_files[] = R"(image "x" {
  base_image = "busybox"
  file "/etc/motd" {
    from_tarball "motd.tar.gz" {
      path = "motd"
    }
  }
  file "/etc/issue" {
    from_context {
      path = "issue"
      vcs "git" {
        repository = "https://git.example/issue"
        ref        = "8f6f0fb5d4c9aa2b0d2f1f3bb0b9d9b3a1c7e5d2"
      }
    }
  }
  file "/etc/other" {
    from_context {
      path = "other"
      vcs "git" {
        repository = "https://git.example/issue"
        ref        = "8f6f0fb5d4c9aa2b0d2f1f3bb0b9d9b3a1c7e5d2"
      }
    }
  }
}
tarball "motd.tar.gz" {
  source_file "motd" {
    vcs "git" {
      repository = "https://git.example/motd"
      ref        = "8f6f0fb5d4c9aa2b0d2f1f3bb0b9d9b3a1c7e5d2"
    }
  }
}
)";

constexpr char with_packages[] = R"(image "x" {
  base_image {
    name = "debian"
  }
  apt {
    package "jq" {}
    package "git" {}
  }
}
)";

/// The lines of the recipe that each vertex of a build names: "2", "2-3", "8 17".
std::map<std::string, std::string> lines_by_vertex(FakeGateway& gateway) {
  std::map<std::string, std::string> out;
  for (const auto& request : gateway.solved)
    for (const auto& vertex : llb::view_graph(request.definition).vertices) {
      std::string lines;
      for (const auto& place : vertex.places) {
        CHECK(place.file->name == "estaleiro.hcl");
        CHECK(place.file->text == gateway.files.at("estaleiro.hcl"));
        lines += (lines.empty() ? "" : " ") + std::to_string(place.first_line);
        if (place.last_line != place.first_line) lines += "-" + std::to_string(place.last_line);
      }
      out[vertex.name] = lines;
    }
  return out;
}

using Lines = std::map<std::string, std::string>;

}  // namespace

TEST_CASE("each vertex of a build names the blocks of the recipe that ask for it") {
  FakeGateway gateway;
  gateway.files = {{"estaleiro.hcl", with_files}};
  frontend::run(gateway, {});
  CHECK(lines_by_vertex(gateway) == Lines{{"[base] docker.io/library/busybox:latest", "2"},
                                          {"[context] issue", "9"},
                                          {"[context] motd.tar.gz", "27"},
                                          {"[context] other", "18"},
                                          {"[files] 1 file from tarball motd.tar.gz", "3"},
                                          {"[files] 2 files from the build context", "8 17"},
                                          {"[tarball] unpack motd.tar.gz", "27"},
                                          // Nothing in a recipe asks for these two.
                                          {"[internal] load the ignore file of context", ""},
                                          {"[internal] load the recipe estaleiro.hcl", ""}});
}

TEST_CASE("what apt resolves and installs has the place of its block, what was asked of an archive too") {
  FakeGateway gateway;
  gateway.files = {{"estaleiro.hcl", with_packages},
                   {"var/lib/dpkg/status", ""},
                   {"usr/bin/dpkg", ""},
                   {"etc/apt/sources.list", "deb http://deb.example/debian bookworm main\n"}};
  CHECK_THROWS_AS(frontend::run(gateway, {}), base::Error);  // nothing runs here, so apt has no answer
  CHECK(lines_by_vertex(gateway) == Lines{{"[apt] ask http://deb.example/debian/dists/bookworm/InRelease", "5"},
                                          {"[apt] configuration", "5"},
                                          {"[apt] resolve 2 packages", "5"},
                                          {"[base] docker.io/library/debian:latest", "3"},
                                          {"[internal] load the ignore file of context", ""},
                                          {"[internal] load the recipe estaleiro.hcl", ""}});
}
