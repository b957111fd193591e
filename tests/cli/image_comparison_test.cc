#include "cli/image_comparison.h"

#include <doctest/doctest.h>

#include <map>

#include "core/oci/config.h"
#include "core/oci/media_type.h"
#include "tests/support/error_text.h"
#include "tests/support/layer_builder.h"

namespace {

using Strings = std::vector<std::string>;

/// An image of these layers, stored as they are given.
cli::ImageParts image(const Strings& stored, const Strings& plain, oci::ImageConfig config = {}) {
  std::map<base::Digest, std::string> blobs;
  config.os = "linux";
  config.architecture = "amd64";
  std::vector<oci::Descriptor> layers;
  for (const auto& layer : plain) config.diff_ids.push_back(base::sha256(layer));
  for (const auto& layer : stored) {
    layers.push_back({std::string(oci::media_type::layer_gzip), base::sha256(layer), layer.size()});
    blobs.emplace(base::sha256(layer), layer);
  }
  const auto bytes = oci::write(config);
  const oci::Descriptor config_blob{std::string(oci::media_type::config), base::sha256(bytes), bytes.size()};
  const oci::Manifest manifest{
      .media_type = std::string(oci::media_type::manifest), .config = config_blob, .layers = layers};
  struct Held : archive::ByteSource {
    explicit Held(std::string text) : bytes(std::move(text)), source(std::string_view(bytes)) {}
    std::size_t read(std::span<std::byte> buffer) override { return source.read(buffer); }
    std::string bytes;
    archive::MemorySource source;
  };
  return {oci::write(manifest), bytes,
          [blobs](const oci::Descriptor& layer) { return std::make_unique<Held>(blobs.at(layer.digest)); }};
}
cli::ImageParts image(const std::string& tar, oci::ImageConfig config = {}) {
  return image(Strings{archive::gzip(tar)}, Strings{tar}, std::move(config));
}

Strings findings(const cli::ImageParts& first, const cli::ImageParts& second, const cli::PathOwners& owners = {}) {
  return cli::compare_images(first, second, owners).findings;
}

std::string motd(const std::string& text = "hello\n") {
  return support::LayerBuilder().directory("etc").file("etc/motd", text).tar();
}

}  // namespace

TEST_CASE("the same image is the same, and nothing of it is read") {
  auto first = image(motd()), second = image(motd());
  first.open = second.open = {};
  const auto comparison = cli::compare_images(first, second, {});
  CHECK(comparison.same_digest);
  CHECK(comparison.same_content);
  CHECK(comparison.findings.empty());
}

TEST_CASE("a layer that is compressed in another way has the same content") {
  const auto comparison = cli::compare_images(image(motd()), image(Strings{motd()}, Strings{motd()}), {});
  CHECK(!comparison.same_digest);
  CHECK(comparison.same_content);
  CHECK(comparison.findings == Strings{"layer 1 of 1: the same content, compressed in another way"});
}

TEST_CASE("each path that differs is named with what differs and who brought it") {
  support::LayerBuilder first;
  first.file("etc/a", "1").file("etc/b").file("etc/c", "same").symlink("etc/l", "a").file("gone");
  auto mode = archive::file_entry("etc/b");
  mode.mode = 0600;
  mode.mtime.seconds = 7;
  support::LayerBuilder second;
  second.file("etc/a", "2").add(mode).file("etc/c", "same").symlink("etc/l", "b").file("new");
  CHECK(findings(image(first.tar()), image(second.tar()), {{"/etc/a", "generated, ca-certificates"}}) ==
        Strings{"layer 1 of 1: 5 paths differ", "  /etc/a: content (generated, ca-certificates)",
                "  /etc/b: mode '0644', then '0600'; time '0.0', then '7.0'", "  /etc/l: link 'a', then 'b'",
                "  /gone: only in the first", "  /new: only in the second"});
}

TEST_CASE("layers that differ in their order alone are said to") {
  support::LayerBuilder other;
  other.file("etc/motd", "hello\n").directory("etc");
  CHECK(findings(image(motd()), image(other.tar())) ==
        Strings{"layer 1 of 1: the same paths, in another order or another form of tar"});
}

TEST_CASE("configs and the number of layers are compared too") {
  oci::ImageConfig config;
  config.created = "2024-05-11T00:00:00Z";
  CHECK(findings(image(motd(), config), image(motd())) ==
        Strings{"config: created is '\"2024-05-11T00:00:00Z\"', then 'nothing'"});
  CHECK(findings(image(motd()), image(Strings{archive::gzip(motd()), archive::gzip(motd("x"))},
                                      Strings{motd(), motd("x")})) == Strings{"there are 1 layers, then 2"});
}

TEST_CASE("of many paths the first are named and the rest counted") {
  support::LayerBuilder first, second;
  for (int i = 0; i < 250; i++) {
    first.file("f" + std::to_string(i), "1");
    second.file("f" + std::to_string(i), "2");
  }
  const auto lines = findings(image(first.tar()), image(second.tar()));
  REQUIRE(lines.size() == 202);
  CHECK(lines.front() == "layer 1 of 1: 250 paths differ");
  CHECK(lines.back() == "  and 50 more");
}

TEST_CASE("names out of a layer do not reach the terminal as they are, and a broken layer is an error") {
  support::LayerBuilder odd;
  odd.file("\x1b[31m", "1");
  CHECK(findings(image(motd()), image(odd.tar())).back() == "  /\\x1b[31m: only in the second");
  auto broken = image(Strings{"\x1f\x8b no gzip"}, Strings{motd("x")});
  CHECK(support::error_text([&] { findings(image(motd()), broken); }).find("while comparing layer 1 of 1") !=
        std::string::npos);
}
