#include "core/archive/unpacker.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>

#include "core/base/temporary_directory.h"
#include "tests/support/error_text.h"
#include "tests/support/layer_builder.h"
#include "tests/support/tree.h"

namespace {

namespace fs = std::filesystem;
using archive::LayerInput;
using support::LayerBuilder;
using Paths = std::vector<std::string>;

/// A layer whose bytes are `stored`, with all that a manifest and a config say of it.
LayerInput layer(const std::string& stored, const std::string& tar) {
  LayerInput out;
  out.digest = base::sha256(stored);
  out.name = "sha256:" + std::string(out.digest->hex().substr(0, 6));
  out.size = stored.size();
  out.diff_id = base::sha256(tar);
  out.open = [stored] {
    struct Owning : archive::ByteSource {
      explicit Owning(std::string text) : data(std::move(text)), source(data) {}
      std::size_t read(std::span<std::byte> buffer) override { return source.read(buffer); }
      std::string data;
      archive::MemorySource source;
    };
    return std::make_unique<Owning>(stored);
  };
  return out;
}

LayerInput layer(LayerBuilder& builder) {
  std::string tar = builder.tar();
  return layer(archive::gzip(tar), tar);
}

struct Destination {
  base::TemporaryDirectory above{"unpack"};
  fs::path path = above.path() / "rootfs";

  std::string error(std::vector<LayerInput> layers, const archive::UnpackOptions& options = {}) {
    return support::error_text([&] { archive::unpack(layers, path, options); });
  }
  bool is_empty() const { return fs::is_empty(above.path()); }
};

}  // namespace

TEST_CASE("layers are applied from base to top, whatever their compression") {
  Destination to;
  std::string plain = LayerBuilder().file("b", "2").whiteout("gone").tar();
  std::vector<LayerInput> layers{layer(LayerBuilder().file("a", "1").file("b", "1").file("gone")), layer(plain, plain),
                                 layer(LayerBuilder().file("c", "3"))};
  auto result = archive::unpack(layers, to.path);
  CHECK(support::paths(to.path) == Paths{"a", "b", "c"});
  CHECK(base::read_file(to.path / "b", 10) == "2");
  CHECK(result.entries == 6);
  CHECK(result.bytes == 4);
  REQUIRE(result.diff_ids.size() == 3);
  CHECK(result.diff_ids[1] == base::sha256(plain));
  CHECK(support::paths(to.above.path()).size() == 4);  // no ".partial"
}

TEST_CASE("an image without layers gives an empty directory") {
  Destination to;
  archive::unpack({}, to.path);
  CHECK(fs::is_directory(to.path));
  CHECK(fs::is_empty(to.path));
  CHECK(support::describe(to.path).starts_with("directory 0755"));
}

TEST_CASE("each wrong digest is found, and nothing is left") {
  Destination to;
  std::string tar = LayerBuilder().file("a", "1").tar(), stored = archive::gzip(tar);
  auto other = base::sha256("other");

  auto wrong = layer(stored, tar);
  wrong.digest = other;
  CHECK(to.error({wrong}) == "layer '" + wrong.name + "' has digest " + base::sha256(stored).text() + " instead of " +
                                 other.text() + "\n  while applying layer '" + wrong.name + "'");
  CHECK(to.is_empty());

  wrong = layer(stored, tar);
  wrong.size = 17;
  CHECK(to.error({wrong}) == "layer '" + wrong.name + "' has " + std::to_string(stored.size()) +
                                 " bytes instead of 17\n  while applying layer '" + wrong.name + "'");
  CHECK(to.is_empty());

  wrong = layer(stored, tar);
  wrong.diff_id = other;
  CHECK(to.error({layer(LayerBuilder().file("z")), wrong}) ==
        "layer '" + wrong.name + "' has diff ID " + base::sha256(tar).text() + " instead of " + other.text());
  CHECK(to.is_empty());
}

TEST_CASE("the diff ID covers what stands after the end of the archive") {
  Destination to;
  std::string tar = LayerBuilder().file("a").tar();
  std::string longer = tar + std::string(5000, 'x');
  std::vector<LayerInput> layers{layer(archive::gzip(longer), longer)};
  archive::unpack(layers, to.path);
  CHECK(support::paths(to.path) == Paths{"a"});
  Destination again;
  CHECK(again.error({layer(archive::gzip(longer), tar)}).find("has diff ID") != std::string::npos);
}

TEST_CASE("a damaged layer is named, with where it was read and where it was applied") {
  Destination to;
  std::string tar = LayerBuilder().file("a", "1").tar(), stored = archive::gzip(tar).substr(0, 40);
  auto damaged = layer(stored, tar);
  CHECK(to.error({layer(LayerBuilder().file("z")), damaged}) ==
        "gzip data ends early at byte 40\n"
        "  while reading layer '" +
            damaged.name +
            "'\n"
            "  while reading the tar header at byte 0\n"
            "  while applying layer '" +
            damaged.name + "'");
  CHECK(to.is_empty());
}

TEST_CASE("a source that fails half-way fails the image, and nothing is left") {
  Destination to;
  struct Breaking : archive::ByteSource {
    std::size_t read(std::span<std::byte>) override {
      throw base::Error(base::Kind::unavailable, "the line went dead");
    }
  };
  LayerInput broken;
  broken.name = "b";
  broken.open = [] { return std::make_unique<Breaking>(); };
  CHECK(to.error({layer(LayerBuilder().file("z")), broken}).starts_with("the line went dead\n"));
  CHECK(to.is_empty());
  broken.open = []() -> std::unique_ptr<archive::ByteSource> {
    throw base::Error(base::Kind::not_found, "no such blob");
  };
  CHECK(to.error({broken}).starts_with("no such blob\n"));
  CHECK(to.is_empty());
}

TEST_CASE("a failure does not wait for layers that do not come") {
  Destination to;
  struct Blocking : archive::ByteSource {
    explicit Blocking(std::atomic<bool>& flag) : released(flag) {}
    std::size_t read(std::span<std::byte>) override {
      released.wait(false);
      return 0;
    }
    std::atomic<bool>& released;
  };
  std::atomic<bool> released = false;
  LayerInput blocked;
  blocked.name = "b";
  blocked.open = [&] { return std::make_unique<Blocking>(released); };
  archive::UnpackOptions options;
  options.on_failure = [&] {
    released = true;
    released.notify_all();
  };
  CHECK(to.error({layer(LayerBuilder().file("../x")), blocked}, options).starts_with("name has a '..' component"));
  CHECK(to.is_empty());
}

TEST_CASE("a bomb is refused and nothing is left") {
  Destination to;
  std::string tar = LayerBuilder().file("zeros", std::string(8 << 20, '\0')).tar();
  archive::UnpackOptions options;
  options.expansion.free_bytes = 1 << 20;
  options.expansion.max_ratio = 100;
  auto text = to.error({layer(archive::gzip(tar), tar)}, options);
  CHECK(text.find("gzip data expands more than 100 times") == 0);
  CHECK(to.is_empty());
}

TEST_CASE("a destination that exists is not touched") {
  Destination to;
  fs::create_directory(to.path);
  base::write_file(to.path / "mine", "x");
  CHECK(to.error({}) == "'" + to.path.string() + "' exists already");
  CHECK(support::paths(to.above.path()) == Paths{"rootfs", "rootfs/mine"});
}

TEST_CASE("what a killed process left behind is replaced") {
  Destination to;
  fs::create_directories(to.path.string() + ".partial/old");
  std::vector<LayerInput> layers{layer(LayerBuilder().file("a"))};
  archive::unpack(layers, to.path);
  CHECK(support::paths(to.above.path()) == Paths{"rootfs", "rootfs/a"});
}

TEST_CASE("stopping ends it soon and leaves nothing") {
  Destination to;
  std::stop_source stop;
  archive::UnpackOptions options;
  options.stop = stop.get_token();
  options.progress = [&](const archive::UnpackProgress&) { stop.request_stop(); };
  LayerBuilder big;
  for (int i = 0; i < 100; i++) big.file("f" + std::to_string(i), std::string(1 << 20, static_cast<char>(i)));
  CHECK(to.error({layer(big)}, options).starts_with("unpacking was stopped"));
  CHECK(to.is_empty());
}

TEST_CASE("progress counts each layer and all together") {
  Destination to;
  std::vector<archive::UnpackProgress> seen;
  archive::UnpackOptions options;
  options.progress = [&](const archive::UnpackProgress& now) { seen.push_back(now); };
  std::string one = LayerBuilder().file("a", std::string(1 << 20, 'a')).tar(), two = LayerBuilder().file("b").tar();
  std::vector<LayerInput> layers{layer(one, one), layer(archive::gzip(two), two)};
  archive::unpack(layers, to.path, options);
  REQUIRE(seen.size() >= 6);
  CHECK(seen.front().layer == 0);
  CHECK(seen.back().layer == 1);
  CHECK(seen.back().layer_bytes == two.size());
  CHECK(seen.back().total_bytes == one.size() + two.size());
}
