#include "out/cache.h"

#include <doctest/doctest.h>

#include "core/base/temporary_directory.h"
#include "tests/support/error_text.h"

namespace {

/// What is read and written, one a line: "< type name=value …" and "> …"; the inputs' directory is INPUTS.
struct Inputs {
  base::TemporaryDirectory directory{"cache-test"};
  resource::Source source;
  resource::PutParams params;

  Inputs() {
    source.repository = "registry.example/app";
    source.insecure = true;
  }
  std::string read() const {
    auto caches = out::read_caches(source, params, name::Repository::parse(source.repository), directory.path());
    std::string out;
    for (const auto* list : {&caches.imports, &caches.exports})
      for (const auto& entry : *list) {
        out += (list == &caches.imports ? "< " : "> ") + entry.type;
        for (const auto& [name, value] : entry.attributes) out += " " + name + "=" + value;
        out += "\n";
      }
    const std::string path = std::filesystem::canonical(directory.path()).string();
    for (auto at = out.find(path); at != std::string::npos; at = out.find(path)) out.replace(at, path.size(), "INPUTS");
    return out;
  }
};

}  // namespace

TEST_CASE("without any there is the engine's cache alone") { CHECK(Inputs().read().empty()); }

TEST_CASE("one cache is read and written, in the image's repository unless another is named") {
  Inputs inputs;
  inputs.source.buildkit.cache = {{"type", "registry"}, {"mode", "max"}};
  CHECK(inputs.read() ==
        "< registry ref=registry.example/app:buildcache registry.insecure=true\n"
        "> registry mode=max ref=registry.example/app:buildcache registry.insecure=true\n");
  inputs.params.cache = "type=registry,ref=other.example/cache";
  CHECK(inputs.read() == "< registry ref=other.example/cache\n> registry ref=other.example/cache\n");
  inputs.params.cache = json::Value::array();
  CHECK(inputs.read().empty());
}

TEST_CASE("caches to read and to write can differ, and be many") {
  Inputs inputs;
  inputs.params.cache_from = {"registry.example/a", {{"type", "s3"}, {"bucket", "b"}, {"region", "r"}, {"name", 5}}};
  inputs.params.cache_to = "type=gha,scope=main";
  CHECK(inputs.read() ==
        "< registry ref=registry.example/a registry.insecure=true\n< s3 bucket=b name=5 region=r\n> gha scope=main\n");
}

TEST_CASE("a cache in the image itself is read from the tag") {
  Inputs inputs;
  inputs.source.insecure = false;
  inputs.source.tag = "1.0";
  inputs.params.cache = {{"type", "inline"}};
  CHECK(inputs.read() == "< registry ref=registry.example/app:1.0\n> inline\n");
}

TEST_CASE("a directory is made below the inputs, and read once it is there") {
  Inputs inputs;
  inputs.params.cache = {{"type", "local"}, {"dest", "layers/"}, {"mode", "max"}};
  CHECK(inputs.read() == "< local src=INPUTS/layers\n> local dest=INPUTS/layers mode=max\n");
  inputs.params.cache = {};
  inputs.params.cache_from = {{"type", "local"}, {"src", "missing"}};
  CHECK(inputs.read().empty());
}

TEST_CASE("what is wrong with a cache is told by its path") {
  struct {
    json::Value from;
    const char* error;
  } const table[] = {
      {{"type=disk,x=y"},
       "params.cache_from[0] has the type 'disk', registry, local, inline, s3, gha, azblob are there"},
      {{{{"type", "local"}}}, "params.cache_from[0] has the type 'local', which needs 'src'"},
      {{{{"ref", "x"}}}, "params.cache_from[0].type is missing"},
      {{3}, "params.cache_from[0] is a number, an object is wanted"},
      {{{{"type", "local"}, {"src", "/etc"}}},
       "params.cache_from[0].src is '/etc', a path relative to the inputs is wanted"},
      {{{{"type", "local"}, {"src", ".."}}},
       "params.cache_from[0].src is '..', which leads out of the inputs\n  fix: keep it inside the inputs of the step, "
       "symlinks included"},
  };
  for (const auto& row : table) {
    Inputs inputs;
    inputs.params.cache_from = json::Value::array();
    for (const auto& each : row.from) inputs.params.cache_from.push_back(each);
    CAPTURE(inputs.params.cache_from.dump());
    CHECK(support::error_text([&] { inputs.read(); }) == row.error);
  }
  for (const char* dest : {"../x", "..", "link/x", "link", "/tmp/x"}) {
    CAPTURE(dest);
    Inputs inputs;
    std::filesystem::create_directory_symlink("/tmp", inputs.directory.path() / "link");
    inputs.params.cache_to = {{"type", "local"}, {"dest", dest}};
    CHECK(support::error_text([&] { inputs.read(); }).starts_with("params.cache_to.dest is '"));
  }
}
