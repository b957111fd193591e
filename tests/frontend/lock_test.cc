#include "core/frontend/lock.h"

#include <doctest/doctest.h>

#include <set>

#include "core/base/error.h"
#include "core/hcl/source.h"
#include "tests/bom/sample.h"

namespace {

recipe::Recipe load(const std::string& base, const std::string& packages) {
  return ::recipe::load(hcl::File::make("estaleiro.hcl", "image \"x\" {\n  base_image = \"" + base + "\"\n  apt {\n" +
                                                             packages + "  }\n}\n"),
                        {});
}

template <class Body>
std::string error_of(Body body) {
  try {
    body();
  } catch (const base::Error& error) {
    return error.message();
  }
  return "no error";
}

std::string plan_error(const std::string& packages) {
  auto recipe = load("registry.example/library/debian:bookworm", packages);
  return error_of([&] { frontend::locked_plan(recipe, sample::full_bill()); });
}

}  // namespace

TEST_CASE("the base is the lock's, at its digest") {
  auto lock = sample::full_bill();
  CHECK(frontend::locked_base(load("registry.example/library/debian:bookworm", ""), lock) ==
        lock.base_image.canonical_name);
  CHECK(error_of([&] { frontend::locked_base(load("debian:trixie", ""), lock); }) ==
        "estaleiro.hcl:2:16: base image 'docker.io/library/debian:trixie' is not the lock's, '" +
            lock.base_image.canonical_name + "'");
}

TEST_CASE("a plan comes out of the lock without asking anybody") {
  auto recipe = load("registry.example/library/debian:bookworm", "    package \"git\" {}\n");
  auto plan = frontend::locked_plan(recipe, sample::full_bill());
  REQUIRE(plan.packages.size() == 2);
  CHECK(plan.packages[0].binary.name == "git");
  CHECK(plan.packages[0].binary.version == "1:2.39.5-0+deb12u3");
  CHECK(plan.packages[0].download.hash.text() == sample::sha256('1'));
}

TEST_CASE("lock and recipe must ask for the same") {
  CHECK(plan_error("    package \"git\" {}\n    package \"jq\" {}\n") ==
        "estaleiro.hcl:5:13: the lock has no package 'jq'");
  CHECK(plan_error("    package \"git\" {\n      version = \"1:2.40\"\n    }\n") ==
        "estaleiro.hcl:5:17: the lock has package 'git' at '1:2.39.5-0+deb12u3', not at '1:2.40'");
  CHECK(plan_error("") == "estaleiro.hcl:1:1: the lock has package 'git', the recipe does not ask for it");
  // perl-base came as a dependency and is in the base too.
  CHECK(plan_error("    package \"git\" {}\n    package \"perl-base\" {}\n") == "no error");
}

TEST_CASE("a lock that does not say which .deb a package is pins nothing") {
  auto recipe = load("registry.example/library/debian:bookworm", "    package \"git\" {}\n");
  auto lock = sample::full_bill();
  lock.changeset.packages[0].location.reset();
  CHECK(error_of([&] { frontend::locked_plan(recipe, lock); }) ==
        "the lock does not say by SHA256 which .deb package 'git' 1:2.39.5-0+deb12u3 is");
  lock.changeset.packages[0].location =
      bom::Location{.uri = "http://deb.example/git.deb", .digest = "md5:" + std::string(32, '0')};
  CHECK(error_of([&] { frontend::locked_plan(recipe, lock); }) ==
        "the lock does not say by SHA256 which .deb package 'git' 1:2.39.5-0+deb12u3 is");
}

namespace {

/// A recipe that takes /bin/jq out of `package`, with `more` in its block.
recipe::Recipe taking(const std::string& package, const std::string& more = "") {
  return ::recipe::load(hcl::File::make("estaleiro.hcl",
                                        "image \"x\" {\n  base_image = \"scratch\"\n  file \"/bin/jq\" {\n"
                                        "    from_package \"" +
                                            package + "\" {\n      image = \"debian\"\n" +
                                            "      path = \"/usr/bin/jq\"\n" + more + "    }\n  }\n}\n"),
                        {});
}

bom::Bill lock_with_jq() {
  bom::Bill lock;
  lock.base_image.canonical_name = "scratch";
  bom::Package package{.name = "jq", .version = "1.6-2.1", .architecture = "amd64"};
  package.state = bom::files_only;
  package.location = bom::Location{.uri = "http://deb.example/jq.deb", .digest = sample::sha256('7'), .name = "jq.deb"};
  lock.changeset.packages = {package};
  bom::File file{.path = "/bin/jq", .digest = sample::sha256('8')};
  file.origin = bom::PackageOrigin{"jq", "1.6-2.1", "amd64", "/usr/bin/jq"};
  lock.changeset.files = {file};
  return lock;
}

std::string blocks_error(const recipe::Recipe& recipe, const bom::Bill& lock) {
  return error_of([&] { frontend::locked_package_blocks(recipe, lock); });
}

}  // namespace

TEST_CASE("a file out of a package comes out of the lock's package") {
  auto recipe = taking("jq");
  auto lock = lock_with_jq();
  auto blocks = frontend::locked_package_blocks(recipe, lock);
  REQUIRE(blocks.size() == 1);
  CHECK(blocks.begin()->second == &lock.changeset.packages[0]);
  CHECK(blocks_error(taking("jq", "      version = \"1.6-2.1\"\n"), lock) == "no error");
}

TEST_CASE("a file out of another package, version or nothing of the lock points into the recipe") {
  auto lock = lock_with_jq();
  CHECK(blocks_error(taking("jql"), lock) ==
        "estaleiro.hcl:4:18: the lock has file '/bin/jq' out of package 'jq', not out of 'jql'");
  CHECK(blocks_error(taking("jq", "      version = \"1.7\"\n"), lock) ==
        "estaleiro.hcl:7:17: the lock has package 'jq' at '1.6-2.1', not at '1.7'");
  lock.changeset.packages[0].version = "2";
  CHECK(blocks_error(taking("jq"), lock) == "estaleiro.hcl:4:18: the lock has no package 'jq' at '1.6-2.1'");
  lock.changeset.files.clear();
  CHECK(blocks_error(taking("jq"), lock) == "estaleiro.hcl:3:8: the lock has no file '/bin/jq' out of a package");
}

TEST_CASE("a file of the same ref must have the same bytes, one of another ref need not") {
  auto lock = sample::full_bill();
  auto files = lock.changeset.files;
  CHECK_NOTHROW(frontend::check_locked_files(lock, files));
  files[0].digest = sample::sha256('9');
  CHECK_THROWS_AS(frontend::check_locked_files(lock, files), base::Error);
  files[0].source->ref = "v1.3.0";
  CHECK_NOTHROW(frontend::check_locked_files(lock, files));
}

TEST_CASE("a .deb may lie below the other archives, in the snapshots of the time, and under its SHA1") {
  auto lock = sample::full_bill();
  auto& location = *lock.changeset.packages[0].location;
  auto extra = deb::parse_repository("deb https://mirror.example/debian bookworm main");
  location.uri = "http://gone.example/debian/pool/main/g/git/git.deb";
  CHECK(frontend::other_places(lock, location, {extra}) ==
        std::vector<std::string>{
            "http://deb.example/debian/pool/main/g/git/git.deb",
            "https://mirror.example/debian/pool/main/g/git/git.deb",
            std::string(frontend::snapshots) + "archive/debian/20240511T092015Z/pool/main/g/git/git.deb",
            std::string(frontend::snapshots) + "file/" + std::string(40, '2'),
        });
  lock.base_image.os = "ubuntu";
  CHECK(frontend::other_places(lock, location, {}).size() == 1);
  location.uri = "http://deb.example/git.deb";
  CHECK(frontend::other_places(lock, location, {extra}).empty());
}

namespace {

/// An engine that can fetch nothing but from the addresses it is told of.
class Engine : public frontend::Gateway {
 public:
  std::set<std::string> reachable;

  const std::set<std::string>& capabilities() const override { return none_; }
  std::string session_id() const override { return ""; }
  frontend::ResolvedImage resolve_image(const std::string&, const name::Platform&, ResolveMode) override {
    throw base::Error(base::Kind::failed, "not asked for");
  }
  frontend::SolveResult solve(const frontend::SolveRequest& request) override {
    for (const auto& uri : reachable)
      for (const auto& op : request.definition.ops)
        if (op.find(uri) != std::string::npos) return {};
    throw base::Error(base::Kind::failed, "404 Not Found");
  }
  std::optional<std::string> read_file(const frontend::Ref&, const std::string&, std::uint64_t) override { return {}; }
  bool read_pieces(const frontend::Ref&, const std::string&, const std::function<void(std::string_view)>&) override {
    return false;
  }
  std::optional<std::vector<frontend::FileInfo>> read_directory(const frontend::Ref&, const std::string&) override {
    return {};
  }
  std::optional<frontend::FileInfo> stat(const frontend::Ref&, const std::string&) override { return {}; }
  void warn(const std::string&, const std::string&, const std::string&) override {}

 private:
  std::set<std::string> none_;
};

frontend::LockedInputs find(Engine& engine, const frontend::KeptInput& kept = {}) {
  static const auto recipe = load("registry.example/library/debian:bookworm", "    package \"git\" {}\n");
  static const auto lock = sample::full_bill();
  frontend::BaseImage base;
  return frontend::find_inputs(engine, recipe, lock, {}, base, {}, kept, frontend::Places(recipe));
}

const std::string git_uri = "http://deb.example/debian/pool/main/g/git/git_2.39.5-0%2bdeb12u3_amd64.deb";
const std::string perl_uri = "http://deb.example/perl-base.deb";

}  // namespace

TEST_CASE("each package comes from where the lock says") {
  Engine engine;
  engine.reachable = {git_uri, perl_uri};
  auto inputs = find(engine);
  CHECK(inputs.debs.size() == 2);
  CHECK(inputs.file_names.at(sample::sha256('1')) == "git_amd64.deb");
}

TEST_CASE("one that is gone comes from the snapshots of the time") {
  Engine engine;
  engine.reachable = {std::string(frontend::snapshots) + "file/" + std::string(40, '2'), perl_uri};
  CHECK(find(engine).debs.size() == 2);
}

TEST_CASE("one that is gone from everywhere comes out of the kept inputs, asked for by its digest") {
  Engine engine;
  engine.reachable = {perl_uri};
  std::string asked;
  auto inputs = find(engine, [&](const base::Digest& digest) {
    asked = digest.text();
    return std::string("kept.deb");
  });
  CHECK(asked == sample::sha256('1'));
  CHECK(inputs.file_names.at(sample::sha256('1')) == "kept.deb");
}

TEST_CASE("what is nowhere is named, all of it, with what was tried") {
  Engine engine;
  try {
    find(engine, [](const base::Digest&) { return std::string(); });
    FAIL("found");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::Kind::not_found);
    CHECK(error.message() == "packages of the lock are nowhere to be had");
    REQUIRE(error.notes().size() == 2);
    CHECK(error.notes()[0] == "'git' 1:2.39.5-0+deb12u3 (" + sample::sha256('1') + "), tried " + git_uri + ", " +
                                  std::string(frontend::snapshots) +
                                  "archive/debian/20240511T092015Z/pool/main/g/git/"
                                  "git_2.39.5-0%2bdeb12u3_amd64.deb, " +
                                  std::string(frontend::snapshots) + "file/" + std::string(40, '2'));
    CHECK(error.notes()[1] == "'perl-base' 5.36.0-7+deb12u4 (" + sample::sha256('5') + "), tried " + perl_uri);
  }
}
