// Images that were built elsewhere, pushed to the real docker-registry.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>

#include "core/archive/byte_sink.h"
#include "core/archive/byte_source.h"
#include "core/archive/decompress.h"
#include "core/archive/gzip_writer.h"
#include "core/archive/tar_writer.h"
#include "core/base/text.h"
#include "core/oci/config.h"
#include "core/oci/layout.h"
#include "core/oci/media_type.h"
#include "out/out.h"
#include "out/push_image.h"
#include "tests/registry/access.h"
#include "tests/support/docker_registry.h"
#include "tests/support/error_text.h"

namespace {

namespace fs = std::filesystem;
using support::shared_registry;

oci::Descriptor descriptor_of(std::string_view type, std::string_view bytes) {
  return {std::string(type), base::sha256(bytes), bytes.size()};
}

/// The directory of a step, with images in it.
class Inputs {
 public:
  const fs::path& path() const { return directory_.path(); }

  /// Writes an image layout of one image; its manifest.
  oci::Document layout(const std::string& name, const std::string& content, const char* architecture = "amd64") {
    return layout(name, std::vector<std::string>{content}, {architecture});
  }
  /// One image for each architecture; the index, or the image if there is just one.
  oci::Document layout(const std::string& name, const std::vector<std::string>& contents,
                       const std::vector<const char*>& architectures) {
    oci::LayoutWriter writer(path() / name);
    oci::Index index{.media_type = std::string(oci::media_type::index)};
    std::optional<oci::Document> only;
    for (std::size_t i = 0; i < contents.size(); ++i) {
      auto layer = archive::gzip(contents[i]);
      auto config = oci::write(
          oci::ImageConfig{.os = "linux", .architecture = architectures[i], .diff_ids = {base::sha256(contents[i])}});
      writer.write_blob(base::sha256(layer), layer);
      writer.write_blob(base::sha256(config), config);
      only = oci::write(oci::Manifest{.media_type = std::string(oci::media_type::manifest),
                                      .config = descriptor_of(oci::media_type::config, config),
                                      .layers = {descriptor_of(oci::media_type::layer_gzip, layer)}});
      writer.write_blob(only->digest, only->bytes);
      index.manifests.push_back(only->descriptor());
      index.manifests.back().platform = name::Platform::make("linux", architectures[i]);
    }
    auto document = oci::write(index);
    writer.finish(document.bytes);
    return contents.size() == 1 ? *only : document;
  }

  /// Packs files into a tar, in the order of their names.
  void tar(const std::string& name, const std::vector<std::pair<std::string, std::string>>& files) {
    archive::FileSink sink(base::create_file(path() / name), name);
    archive::TarWriter writer(sink);
    for (const auto& [file, bytes] : files) writer.add(archive::file_entry(file), bytes);
    writer.finish();
  }
  /// A layout as one tar.
  void tar_of_layout(const std::string& name, const std::string& layout) {
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& entry : fs::recursive_directory_iterator(path() / layout))
      if (entry.is_regular_file())
        files.emplace_back("./" + entry.path().lexically_relative(path() / layout).string(),
                           base::read_file(entry.path(), 1 << 20));
    tar(name, files);
  }

 private:
  base::TemporaryDirectory directory_{"inputs"};
};

struct Result {
  std::string tag, digest, tags;
};

/// What the program replies.
Result put(const Inputs& inputs, const json::Ordered& source, const json::Ordered& params) {
  json::Ordered request{{"source", source}, {"params", params}};
  auto reply =
      json::parse(out::run({.request = request.dump(), .arguments = {inputs.path().string()}, .stop = {}}), "reply");
  Result out{reply.at("version").at("tag").get<std::string>(), reply.at("version").at("digest").get<std::string>(), ""};
  for (const auto& field : reply.at("metadata"))
    if (field.at("name") == "tags") out.tags = field.at("value").get<std::string>();
  return out;
}

/// A repository of the shared registry.
struct Target {
  explicit Target(const std::string& path)
      : access(shared_registry().host()),
        text(shared_registry().host() + "/" + path),
        endpoint{&access.client, name::Repository::parse(text)},
        puller(endpoint) {}
  json::Ordered source(const json::Ordered& more = json::Ordered::object()) const {
    json::Ordered out{{"repository", text}};
    out.update(more);
    return out;
  }
  support::Access access;
  std::string text;
  registry::Endpoint endpoint;
  registry::Puller puller;
};

std::string error(const Inputs& inputs, const json::Ordered& source, const json::Ordered& params) {
  return support::error_text([&] { put(inputs, source, params); });
}

/// What the registry was asked since `log` was that long.
std::size_t requests_since(std::size_t log_size) {
  auto log = shared_registry().log().substr(log_size);
  std::size_t count = 0;
  for (std::size_t at = 0; (at = log.find("HTTP/1.1\" ", at)) != std::string::npos; ++at) ++count;
  return count;
}

TEST_CASE("a layout's image is pushed with the digest it has") {
  Inputs inputs;
  Target target("out/layout");
  auto image = inputs.layout("image/oci", "content");
  auto result = put(inputs, target.source({{"tag", "latest"}}),
                    {{"image", "image/oci"}, {"version", "1.2.3"}, {"bump_aliases", true}});
  CHECK(result.tag == "latest");
  CHECK(result.digest == image.digest.text());
  CHECK(result.tags == "1.2.3 1.2 1 latest");
  for (const char* tag : {"1.2.3", "1.2", "1", "latest"}) CHECK(target.puller.resolve(tag)->digest == image.digest);
  auto manifest = oci::parse_manifest(*target.puller.manifest("latest"));
  CHECK(target.puller.config(manifest).architecture == "amd64");
  CHECK(target.puller.blob_bytes(manifest.layers[0], 100) == archive::gzip("content"));

  SUBCASE("pushed again, it costs a handful of requests") {
    auto before = shared_registry().log().size();
    put(inputs, target.source({{"tag", "latest"}}), {{"image", "image/oci"}});
    CHECK(requests_since(before) == 2);  // the manifest is there, and so is the tag
  }
  SUBCASE("an older release leaves the aliases alone") {
    auto older = inputs.layout("older", "older");
    CHECK(put(inputs, target.source(), {{"image", "older"}, {"version", "1.2.2"}, {"bump_aliases", true}}).tags ==
          "1.2.2");
    CHECK(target.puller.resolve("1.2")->digest == image.digest);
    CHECK(target.puller.resolve("1.2.2")->digest == older.digest);
  }
}

TEST_CASE("an index is pushed whole, images first") {
  Inputs inputs;
  Target target("out/index");
  auto index = inputs.layout("oci", {"amd", "arm"}, {"amd64", "arm64"});
  auto result = put(inputs, target.source(), {{"image", "oci"}, {"version", "2.0"}});
  CHECK(result.digest == index.digest.text());
  auto pushed = oci::parse_index(*target.puller.manifest("2.0.0"));
  REQUIRE(pushed.manifests.size() == 2);
  for (const auto& child : pushed.manifests) CHECK(target.puller.document(child).bytes.size() == child.size);
}

TEST_CASE("an index of one image is pushed as the image, unless a get says that it was an index") {
  Inputs inputs;
  Target target("out/wrapped");
  auto image = inputs.layout("get/oci", "content");
  CHECK(put(inputs, target.source({{"tag", "a"}}), {{"image", "get/oci"}}).digest == image.digest.text());
  auto index = base::sha256(base::read_file(inputs.path() / "get/oci/index.json", 10000));
  base::write_file(inputs.path() / "get/digest", index.text());
  CHECK(put(inputs, target.source({{"tag", "b"}}), {{"image", "get/oci"}}).digest == index.text());
}

TEST_CASE("a tar of a layout is pushed from where it lies") {
  Inputs inputs;
  Target target("out/oci-tar");
  auto image = inputs.layout("oci", "content of the tar");
  inputs.tar_of_layout("image.tar", "oci");
  CHECK(put(inputs, target.source({{"tag", "latest"}}), {{"image", "*.tar"}}).digest == image.digest.text());
}

/// What `docker save` writes, by hand.
std::vector<std::pair<std::string, std::string>> saved(const std::vector<std::pair<std::string, std::string>>& layers,
                                                       const std::vector<base::Digest>& diff_ids) {
  std::vector<std::pair<std::string, std::string>> files;
  json::Ordered names = json::Ordered::array();
  for (const auto& [name, bytes] : layers) {
    files.emplace_back(name, bytes);
    names.push_back(name);
  }
  files.emplace_back("config.json",
                     oci::write(oci::ImageConfig{.os = "linux", .architecture = "amd64", .diff_ids = diff_ids}));
  json::Ordered entry{{"Config", "config.json"}, {"RepoTags", {"x:y"}}, {"Layers", names}};
  files.emplace_back("manifest.json", json::Ordered::array({entry}).dump());
  return files;
}

std::string unpacked(const std::string& bytes) {
  archive::MemorySource source{std::string_view(bytes)};
  auto plain = archive::decompressed(source);
  return archive::read_all(*plain, 1 << 20, "layer");
}

TEST_CASE("what docker saved is pushed: plain layers compressed, others as they are") {
  Inputs inputs;
  Target target("out/docker-tar");
  const std::string plain = support::noise(300'000), packed = archive::gzip("second layer");
  inputs.tar("image.tar", saved({{"a/layer.tar", plain}, {"b.tar.gz", packed}},
                                {base::sha256(plain), base::sha256("second layer")}));
  auto first = put(inputs, target.source({{"tag", "latest"}}), {{"image", "image.tar"}});
  auto manifest = oci::parse_manifest(*target.puller.manifest("latest"));
  REQUIRE(manifest.layers.size() == 2);
  CHECK(manifest.layers[0].media_type == oci::media_type::layer_gzip);
  CHECK(unpacked(target.puller.blob_bytes(manifest.layers[0], 1 << 20)) == plain);
  CHECK(target.puller.blob_bytes(manifest.layers[1], 1000) == packed);
  CHECK(target.puller.config(manifest).diff_ids[0] == base::sha256(plain));
  // The same tar is the same image.
  CHECK(put(inputs, target.source({{"tag", "again"}}), {{"image", "image.tar"}}).digest == first.digest);
}

TEST_CASE("a broken tar is refused, and nothing is tagged") {
  Inputs inputs;
  Target target("out/broken-tar");
  const auto source = target.source({{"tag", "latest"}});
  const auto wrong = base::sha256("something else");
  struct Row {
    std::vector<std::pair<std::string, std::string>> files;
    std::string message;
  };
  const std::string list = R"({"Config":"c","Layers":[]})";
  for (const Row& row : std::vector<Row>{
           {{{"readme", "x"}}, "the tar is no image: it has neither 'oci-layout' nor 'manifest.json'"},
           {{{"manifest.json", "[]"}}, "the tar holds 0 images, one is wanted"},
           {{{"manifest.json", "[" + list + "," + list + "]"}}, "the tar holds 2 images, one is wanted"},
           {{{"manifest.json", "[" + list + "]"}}, "the tar lacks 'c'"},
           {saved({{"l", "x"}}, {}), "the tar lists 1 layers, the image's config 0"},
           {saved({}, {wrong}), "the tar lists 0 layers, the image's config 1"},
           {saved({{"l", "x"}}, {wrong}),
            "layer 'l' has digest " + base::sha256("x").text() + ", the config says " + wrong.text()},
           {saved({{"l", "BZh91AY&SY"}}, {wrong}), "layer 'l' is compressed with bzip2, which no image may be"}}) {
    CAPTURE(row.message);
    inputs.tar("broken.tar", row.files);
    CHECK(error(inputs, source, {{"image", "broken.tar"}}) == row.message + "\n  while reading the image 'broken.tar'");
  }
  base::write_file(inputs.path() / "broken.tar", archive::gzip("x"));
  CHECK(error(inputs, source, {{"image", "broken.tar"}}).find("is compressed (gzip)") != std::string::npos);
  CHECK_FALSE(target.puller.resolve("latest"));
}

TEST_CASE("the pattern must match one file inside the step's directory") {
  Inputs inputs;
  Target target("out/glob");
  inputs.layout("one", "1");
  inputs.layout("two", "2");
  const auto source = target.source({{"tag", "latest"}});
  CHECK(error(inputs, source, {{"image", "none*"}}) == "params.image 'none*' matches no file");
  CHECK(error(inputs, source, {{"image", "*"}}) ==
        "params.image '*' matches 2 files: 'one', 'two'\n  fix: one image is pushed: make the pattern narrower");
  CHECK(error(inputs, source, {{"image", "/etc/passwd"}}) ==
        "params.image is '/etc/passwd', an absolute path\n"
        "  fix: name it from the step's directory: 'INPUT/image.tar'");
  CHECK(error(inputs, source, {{"image", "../*"}}) != "no error");
  CHECK(put(inputs, source, {{"image", "on?"}}).tags == "latest");
}

TEST_CASE("blobs of a repository that a get names are taken from there") {
  Inputs inputs;
  Target from("out/from"), to("out/to");
  inputs.layout("get/oci", "content to be mounted");
  put(inputs, from.source({{"tag", "x"}}), {{"image", "get/oci"}});
  base::write_file(inputs.path() / "get/repository", from.text);
  auto before = shared_registry().log().size();
  put(inputs, to.source({{"tag", "x"}}), {{"image", "get/oci"}});
  auto log = shared_registry().log().substr(before);
  CHECK(log.find("mount=") != std::string::npos);
  CHECK(log.find("\"PUT /v2/out/to/blobs/uploads/") == std::string::npos);
}

TEST_CASE("a layout with a damaged blob is refused by the registry, and nothing is tagged") {
  Inputs inputs;
  Target target("out/damaged");
  auto image = inputs.layout("oci", "content");
  auto layer = oci::parse_manifest(image).layers[0];
  std::string bytes(layer.size, 'x');
  base::write_file(inputs.path() / "oci/blobs/sha256" / std::string(layer.digest.hex()), bytes);
  auto text = error(inputs, target.source({{"tag", "latest"}}), {{"image", "oci"}});
  CHECK(text.find("DIGEST_INVALID") != std::string::npos);
  CHECK_FALSE(target.puller.resolve("latest"));
}

TEST_CASE("the source's policy holds for what was built elsewhere, before anything is pushed") {
  Inputs inputs;
  Target target("out/policy");
  inputs.layout("oci", {"amd", "arm"}, {"amd64", "arm64"});
  auto said = [&](const json::Ordered& policy) {
    return error(inputs, target.source({{"tag", "latest"}, {"policy", policy}}), {{"image", "oci"}});
  };
  CHECK(said({{"max_size", "10B"}}).find("is not allowed by source.policy: at most 10 B") != std::string::npos);
  CHECK(said({{"require_non_root", true}}) == "user 'root' is not allowed by source.policy");
  CHECK(said({{"allowed_bases", {"docker.io/library/*"}}}) ==
        "source.policy.allowed_bases cannot be held for params.image: nothing says what is in that image\n"
        "  fix: build it from a recipe, or put it through a resource without that row");
  CHECK(said({{"max_sise", "1B"}}).find("max_sise") != std::string::npos);
  CHECK_FALSE(target.puller.resolve("latest"));
  CHECK(said({{"max_size", "1MiB"}, {"require_non_root", false}, {"require_commits", false}}) == "no error");
}

TEST_CASE("an image of many layers in few manifests is no image of many manifests") {
  Inputs inputs;
  oci::LayoutWriter writer(inputs.path() / "oci");
  oci::Index index{.media_type = std::string(oci::media_type::index)};
  for (int image = 0; image < 3; ++image) {
    oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest), .config = oci::empty_descriptor()};
    for (int layer = 0; layer < 400; ++layer)
      manifest.layers.push_back(
          descriptor_of(oci::media_type::layer, std::to_string(image) + "-" + std::to_string(layer)));
    auto document = oci::write(manifest);
    writer.write_blob(document.digest, document.bytes);
    index.manifests.push_back(document.descriptor());
  }
  writer.finish(oci::write(index).bytes);
  CHECK(out::image_bytes(out::Prebuilt(inputs.path() / "oci", {})) > 1200);
}

}  // namespace
