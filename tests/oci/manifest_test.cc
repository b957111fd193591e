#include "core/oci/manifest.h"

#include <doctest/doctest.h>

#include "core/base/fd.h"
#include "core/oci/media_type.h"
#include "tests/support/error_text.h"

namespace {

using oci::Document;
namespace media_type = oci::media_type;

std::string data(const std::string& file) { return base::read_file(TEST_DATA "/" + file + ".json", 1 << 20); }
Document manifest_file(const std::string& name) {
  return Document::make(std::string(media_type::manifest), data("manifests/" + name));
}
Document index_file(const std::string& name) {
  return Document::make(std::string(media_type::index), data("indexes/" + name));
}

}  // namespace

TEST_CASE("a manifest is read, with or without its own media type") {
  for (const char* name : {"good", "good-without-media-type"}) {
    CAPTURE(name);
    auto manifest = oci::parse_manifest(manifest_file(name));
    CHECK(manifest.config.media_type == media_type::config);
    REQUIRE(manifest.layers.size() == 1);
    CHECK(manifest.layers[0].media_type == media_type::layer_gzip);
    CHECK(manifest.layers[0].size == 1);
    CHECK(manifest.effective_artifact_type() == media_type::config);
  }
}

TEST_CASE("each fault of a manifest is named with its place") {
  struct Row {
    const char *file, *error;
  };
  const std::string hex(64, 'a');
  for (const Row& row : std::initializer_list<Row>{
           {"not-json", "manifest is not JSON: error at line:column 1:21"},
           {"empty", "manifest is empty, not JSON"},
           {"html", "manifest is not JSON: error at line:column 1:1"},
           {"list", "manifest is a list, an object is wanted"},
           {"schema-version-1", "manifest.schemaVersion is 1, 2 is wanted"},
           {"schema-version-missing", "manifest.schemaVersion is missing"},
           {"other-media-type-inside",
            "manifest.mediaType is 'application/vnd.oci.image.index.v1+json' in what came as "
            "'application/vnd.oci.image.manifest.v1+json'"},
           {"index-as-well",
            "manifest.manifests does not belong there\n"
            "  fix: manifest and index at once is ambiguous, and so refused (CVE-2021-41190)"},
           {"schema-1-layers-as-well",
            "manifest.fsLayers does not belong there\n"
            "  fix: manifest and index at once is ambiguous, and so refused (CVE-2021-41190)"},
           {"config-missing", "manifest.config is missing"},
           {"layer-digest-short", "manifest.layers[1].digest is 'sha256:12', no digest"},
           {"layer-digest-path", "manifest.layers[0].digest is 'sha256:../../../../etc/passwd', no digest"},
           {"layer-size-negative", "manifest.layers[0].size is -1, from 0 to 1125899906842624 is allowed"},
           {"layer-size-huge", "manifest.layers[0].size is 4611686018427387904, from 0 to 1125899906842624 is allowed"},
           {"layer-size-string", "manifest.layers[0].size is a string, a whole number is wanted"},
           {"layer-size-missing", "manifest.layers[0].size is missing"},
           {"layer-media-type-blank", "manifest.layers[0].mediaType is 'a b', no media type"},
           {"layers-object", "manifest.layers is an object, a list of objects is wanted"},
           {"layer-string", "manifest.layers[0] is a string, an object is wanted"},
           {"annotation-list", "manifest.annotations.a is a list, a string is wanted"},
           {"inline-data-wrong", "manifest.config.data is not what size and digest say"},
           {"inline-data-not-base64", "manifest.config.data is not base64"},
           {"key-twice", "manifest has the key 'schemaVersion' twice"},
           {"too-deep", "manifest is nested deeper than 64 levels"}}) {
    CAPTURE(row.file);
    CHECK(support::error_text([&] { oci::parse_manifest(manifest_file(row.file)); }) == row.error);
  }
}

TEST_CASE("schema 1, artifacts of other types and endless manifests are refused by name") {
  CHECK(support::error_text([] {
          oci::parse_manifest(Document::make(std::string(media_type::docker_schema1_signed), "{}"));
        }) == "the image is in Docker's obsolete schema 1\n  fix: push it again with a current client");
  CHECK(support::error_text([] { oci::parse_manifest(Document::make("text/html", "{}")); }) ==
        "'text/html' is no image manifest");
  CHECK(support::error_text([] {
          oci::parse_manifest(Document::make(std::string(media_type::manifest), std::string(9 << 20, ' ')));
        }) == "manifest has 9.0 MiB, at most 8.0 MiB are read");
}

TEST_CASE("what is written is read back the same, and always the same bytes") {
  oci::Manifest manifest{
      .media_type = std::string(media_type::manifest),
      .artifact_type = "application/vnd.example",
      .config = oci::empty_descriptor(),
      .layers = {{.media_type = "text/plain",
                  .digest = base::sha256("x"),
                  .size = 1,
                  .annotations = {{"b", "2"}, {"a", "1"}},
                  .urls = {"https://example.org/x"}}},
      .subject =
          oci::Descriptor{.media_type = std::string(media_type::manifest), .digest = base::sha256("y"), .size = 1},
      .annotations = {{"k", "v"}}};
  auto document = oci::write(manifest);
  CHECK(document.bytes ==
        R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
        R"("artifactType":"application/vnd.example",)"
        R"("config":{"mediaType":"application/vnd.oci.empty.v1+json",)"
        R"("digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2,"data":"e30="},)"
        R"("layers":[{"mediaType":"text/plain",)"
        R"("digest":"sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881","size":1,)"
        R"("urls":["https://example.org/x"],"annotations":{"a":"1","b":"2"}}],)"
        R"("subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
        R"("digest":"sha256:a1fce4363854ff888cff4b8e7875d600c2682390412a8cf79b37d0b11148b0fa","size":1},)"
        R"("annotations":{"k":"v"}})");
  auto back = oci::parse_manifest(document);
  CHECK(back.layers == manifest.layers);
  CHECK(back.config == manifest.config);
  CHECK(back.subject == manifest.subject);
  CHECK(back.effective_artifact_type() == "application/vnd.example");
}

TEST_CASE("a platform finds its child of an index") {
  auto index = oci::parse_index(index_file("good"));
  struct Row {
    const char* wanted;
    int child;  // -1: none
  };
  for (const Row& row : std::initializer_list<Row>{{"linux/amd64", 0},
                                                   {"linux/arm/v6", 1},
                                                   {"linux/arm/v7", 2},
                                                   {"linux/arm", 1},
                                                   {"linux/arm64", 3},
                                                   {"linux/arm64/v8", 3},
                                                   {"linux/arm/v5", -1},
                                                   {"windows/amd64", -1},
                                                   {"unknown/unknown", -1}}) {
    CAPTURE(row.wanted);
    const auto* found = oci::find_platform(index, name::Platform::parse(row.wanted));
    CHECK(found == (row.child < 0 ? nullptr : &index.manifests[static_cast<std::size_t>(row.child)]));
  }
  CHECK(index.manifests[4].is_attestation());
  CHECK(support::error_text([&] { oci::select_platform(index, name::Platform::parse("linux/s390x")); }) ==
        "the image has nothing for platform 'linux/s390x'\n"
        "  fix: it has: linux/amd64, linux/arm/v6, linux/arm/v7, linux/arm64");
}

TEST_CASE("a child without platform is taken for linux/amd64, one with a strange platform for nothing") {
  auto index = oci::parse_index(index_file("without-platforms"));
  CHECK(oci::find_platform(index, name::Platform::parse("linux/amd64")) == &index.manifests[0]);
  CHECK(oci::find_platform(index, name::Platform::parse("linux/arm64")) == nullptr);
  auto strange = oci::parse_index(index_file("strange-platform"));
  CHECK(oci::find_platform(strange, name::Platform::parse("linux/amd64")) == &strange.manifests[1]);
}

TEST_CASE("each fault of an index is named with its place") {
  CHECK(support::error_text([] {
          oci::parse_index(index_file("layers-as-well"));
        }).starts_with("index.layers does not belong there"));
  CHECK(support::error_text([] { oci::parse_index(index_file("platform-string")); }) ==
        "index.manifests[0].platform is a string, an object is wanted");
  CHECK(support::error_text([] { oci::parse_index(manifest_file("good")); }) ==
        "'application/vnd.oci.image.manifest.v1+json' is no image index");
}

TEST_CASE("an index is written and read back the same") {
  oci::Index index{.media_type = std::string(media_type::index),
                   .manifests = {{.media_type = std::string(media_type::manifest),
                                  .digest = base::sha256("x"),
                                  .size = 1,
                                  .platform = name::Platform::parse("linux/arm/v7")}}};
  auto document = oci::write(index);
  CHECK(document.bytes.ends_with(R"("platform":{"architecture":"arm","os":"linux","variant":"v7"}}]})"));
  CHECK(oci::parse_index(document).manifests[0].platform == index.manifests[0].platform);
}

TEST_CASE("media types are told apart") {
  CHECK(media_type::is_layer("application/vnd.oci.image.layer.v1.tar+zstd"));
  CHECK(media_type::is_layer("application/vnd.docker.image.rootfs.diff.tar.zstd"));
  CHECK(media_type::is_layer("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"));
  CHECK(!media_type::is_distributable("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"));
  CHECK(!media_type::is_layer("application/vnd.in-toto+json"));
  CHECK(media_type::is_index(media_type::docker_list));
  CHECK(!media_type::is_manifest(media_type::docker_list));
}
