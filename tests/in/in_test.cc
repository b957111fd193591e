#include <doctest/doctest.h>
#include <zstd.h>

#include <filesystem>

#include "core/archive/tar_members.h"
#include "tests/in/get.h"
#include "tests/support/error_text.h"
#include "tests/support/layer_builder.h"
#include "tests/support/tree.h"

namespace {

namespace fs = std::filesystem;
using support::Get;
using support::ImageServer;
using support::LayerBuilder;
using support::some_digest;
using Paths = std::vector<std::string>;

using namespace support::images;

}  // namespace

TEST_CASE("rootfs: the layers unpacked, and what Concourse needs to run containers of it") {
  ImageServer server;
  auto image = two_layers(server, json::Ordered::parse(R"({"Env": ["PATH=/bin", "A=b=c"], "User": "app:1000",
      "Entrypoint": ["/init", "-x"], "Cmd": ["run"], "Labels": {"b": "2", "a": "1"}})"));
  Get get(server, image.digest.text());
  REQUIRE(get.error == "no error");
  CHECK(get.top() == Paths{"digest", "labels.json", "metadata.json", "repository", "rootfs", "tag"});
  CHECK(support::paths(get.path() / "rootfs") == Paths{"etc", "etc/motd", "link"});
  CHECK(get.file("rootfs/etc/motd") == "hello\n");
  CHECK(get.file("metadata.json") ==
        R"({"env":["PATH=/bin","A=b=c"],"user":"app:1000","entrypoint":["/init","-x"],"cmd":["run"]})"
        "\n");
  CHECK(get.file("labels.json") == R"({"a":"1","b":"2"})"
                                   "\n");
  CHECK(get.file("repository") == server.repository());
  CHECK(get.file("tag") == "1.0");
  CHECK(get.file("digest") == image.digest.text());
  CHECK(get.reply == R"({"version":{"tag":"1.0","digest":")" + image.digest.text() +
                         R"("},"metadata":[{"name":"repository","value":")" + server.repository() +
                         R"("},{"name":"tag","value":"1.0"}]})"
                         "\n");
}

TEST_CASE("an image that sets nothing gets null for what is not there") {
  ImageServer server;
  auto image = server.image({}, {});
  Get get(server, image.digest.text());
  REQUIRE(get.error == "no error");
  CHECK(get.file("metadata.json") == R"({"env":[],"user":"","entrypoint":null,"cmd":null})"
                                     "\n");
  CHECK(get.file("labels.json") == "{}\n");
  CHECK(fs::is_empty(get.path() / "rootfs"));
}

TEST_CASE("zstd and plain layers are unpacked, whatever their media type claims") {
  ImageServer server;
  std::string tar = two_files(), upper = whiteout(), packed(ZSTD_compressBound(tar.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), tar.data(), tar.size(), 3));
  Get get(server, server.image({packed, upper}, {tar, upper}).digest.text());
  CHECK(get.error == "no error");
  CHECK(support::paths(get.path() / "rootfs") == Paths{"etc", "etc/motd", "link"});
}

TEST_CASE("oci: a tar that docker loads, with the layers as they are stored, each once") {
  ImageServer server;
  std::string tar = two_files(), gz = archive::gzip(tar), plain = whiteout();
  auto image = server.image({gz, plain, gz}, {tar, plain, tar});
  Get get(server, image.digest.text(), R"({"format": "oci"})");
  REQUIRE(get.error == "no error");
  CHECK(get.top() == Paths{"digest", "image.tar", "labels.json", "repository", "tag"});
  auto hex = [](const std::string& bytes) { return std::string(base::sha256(bytes).hex()); };
  auto config = oci::parse_manifest(image).config.digest.text();
  auto archive = get.path() / "image.tar";
  CHECK(archive::member_names(archive) == Paths{config, hex(gz) + ".tar.gz", hex(plain) + ".tar", "manifest.json"});
  CHECK(archive::find_member(archive, hex(gz) + ".tar.gz").digest == base::sha256(gz));
  CHECK(archive::find_member(archive, config).digest.text() == config);
  archive::StringSink manifest;
  archive::extract_member(archive, archive::find_member(archive, "manifest.json"), manifest);
  CHECK(manifest.text() == R"([{"Config":")" + config + R"(","RepoTags":[")" + server.repository() +
                               R"(:1.0"],"Layers":[")" + hex(gz) + R"(.tar.gz",")" + hex(plain) + R"(.tar",")" +
                               hex(gz) + R"(.tar.gz"]}])");
}

TEST_CASE("oci: without a tag in the version the image is called latest") {
  ImageServer server;
  Get get(server, server.image({}, {}).digest.text(), R"({"format": "oci"})", "{}", "");
  REQUIRE(get.error == "no error");
  archive::StringSink manifest;
  auto archive = get.path() / "image.tar";
  archive::extract_member(archive, archive::find_member(archive, "manifest.json"), manifest);
  CHECK(manifest.text().find(server.repository() + ":latest") != std::string::npos);
  CHECK(get.file("tag").empty());
}

TEST_CASE("oci-layout: an index is stored whole and byte for byte, attestations too") {
  ImageServer server;
  auto amd64 = two_layers(server), arm64 = server.image({}, {}, json::Ordered::parse(R"({"User": "arm"})"));
  std::string statement = R"({"_type": "https://in-toto.io/Statement/v1"})";
  oci::Manifest attestation{.media_type = std::string(oci::media_type::manifest),
                            .config = server.blob("{}", oci::media_type::config)};
  attestation.layers = {server.blob(statement, oci::media_type::in_toto)};
  auto attested = oci::write(attestation);
  server.document(attested);
  auto index = index_of(server, {{"linux/amd64", amd64}, {"linux/arm64", arm64}, {"unknown/unknown", attested}});
  Get get(server, index.digest.text(), R"({"format": "oci-layout"})", R"({"platform": {"architecture": "riscv64"}})");
  REQUIRE(get.error == "no error");
  CHECK(get.top() == Paths{"digest", "oci", "repository", "tag"});
  CHECK(base::sha256(get.file("oci/index.json")) == index.digest);
  CHECK(!fs::exists(get.path() / "oci/single-image-digest"));
  std::size_t blobs = 0;
  for (const auto& entry : fs::directory_iterator(get.path() / "oci/blobs/sha256")) {
    CHECK(base::sha256(base::read_file(entry.path(), 1 << 20)).hex() == entry.path().filename().string());
    blobs++;
  }
  CHECK(blobs == 3 + 3 + 2 + 1);  // manifests, configs, layers, statement
}

TEST_CASE("oci-layout: a single image is marked as such") {
  ImageServer server;
  auto image = two_layers(server);
  Get get(server, image.digest.text(), R"({"format": "oci-layout"})");
  REQUIRE(get.error == "no error");
  CHECK(get.file("oci/single-image-digest") == image.digest.text());
  auto index = json::parse(get.file("oci/index.json"), "index");
  REQUIRE(index["manifests"].size() == 1);
  CHECK(index["manifests"][0]["digest"] == image.digest.text());
  CHECK(fs::exists(get.path() / "oci/blobs/sha256" / image.digest.hex()));
}

TEST_CASE("oci-layout: a platform in the step stores that image alone, one in the source does not") {
  ImageServer server;
  auto amd64 = two_layers(server), arm64 = server.image({}, {}, json::Ordered::parse(R"({"User": "arm"})"));
  auto index = index_of(server, {{"linux/amd64", amd64}, {"linux/arm64", arm64}});
  std::string arm = R"({"platform": {"architecture": "arm64"}})";
  Get whole(server, index.digest.text(), R"({"format": "oci-layout"})", arm);
  REQUIRE(whole.error == "no error");
  CHECK(base::sha256(whole.file("oci/index.json")) == index.digest);
  Get one(server, index.digest.text(), R"({"format": "oci-layout", "platform": {"architecture": "arm64"}})");
  REQUIRE(one.error == "no error");
  CHECK(one.file("oci/single-image-digest") == arm64.digest.text());
  CHECK(one.file("digest") == index.digest.text());
  CHECK(one.has("oci/blobs/sha256/" + std::string(arm64.digest.hex())));
  CHECK(!one.has("oci/blobs/sha256/" + std::string(amd64.digest.hex())));
  Get none(server, index.digest.text(), R"({"format": "oci-layout", "platform": {"architecture": "s390x"}})");
  CHECK(none.error.find("linux/s390x") != std::string::npos);
  CHECK(none.top().empty());
}

TEST_CASE("the platform is the step's, else the source's, else this machine's") {
  ImageServer server;
  auto image = [&](const char* user) {
    return server.image({}, {}, json::Ordered::parse(R"({"User": ")" + std::string(user) + "\"}"));
  };
  auto index = index_of(server, {{"linux/arm64", image("arm64")},
                                 {"linux/arm/v6", image("v6")},
                                 {"linux/arm/v7", image("v7")},
                                 {name::Platform::host().text(), image("host")}});
  auto user = [&](const std::string& params, const std::string& source) {
    Get get(server, index.digest.text(), params, source);
    REQUIRE(get.error == "no error");
    return json::parse(get.file("metadata.json"), "metadata")["user"];
  };
  CHECK(user("{}", "{}") == "host");
  CHECK(user("{}", R"({"platform": {"architecture": "arm64"}})") == "arm64");
  CHECK(user(R"({"platform": {"architecture": "arm/v6", "os": "linux"}})",
             R"({"platform": {"architecture": "arm64"}})") == "v6");
  CHECK(user("{}", R"({"platform": {"architecture": "arm64/v8"}})") == "arm64");
  Get missing(server, index.digest.text(), "{}", R"({"platform": {"architecture": "s390x"}})");
  CHECK(missing.error.find("linux/s390x") != std::string::npos);
  CHECK(missing.top().empty());
}

TEST_CASE("skip_download writes the version's files and fetches the manifest only") {
  ImageServer server;
  auto image = two_layers(server, json::Ordered::parse(R"({"Labels": {"a": "1"}})"));
  Get get(server, image.digest.text(), R"({"skip_download": true})");
  REQUIRE(get.error == "no error");
  CHECK(get.top() == Paths{"digest", "repository", "tag"});
  CHECK(server.server().requests().size() == 1);
  Get labelled(server, image.digest.text(), R"({"skip_download": true})", R"({"label_regex": "a"})");
  CHECK(labelled.metadata().size() == 3);
  CHECK(labelled.top() == Paths{"digest", "repository", "tag"});
  Get gone(server, some_digest, R"({"skip_download": true})");
  CHECK(gone.error ==
        "HOST/acme/app has no image " + some_digest +
            "\n  fix: the registry may have removed it: check the resource again, or pin another version");
  CHECK(gone.top().empty());
}

TEST_CASE("labels and annotations that match become metadata, each kind by key") {
  ImageServer server;
  auto image = two_layers(server, json::Ordered::parse(R"({"Labels": {"org.b": "2", "org.a": "1", "com.c": "3"}})"),
                          {{"org.y", "5"}, {"org.x", "4"}, {"z", "6"}});
  struct Row {
    const char* source;
    const char* expected;
  };
  const Row rows[] = {
      {"{}", "[]"},
      {R"({"label_regex": "^org\\."})", R"(["org.a=1","org.b=2"])"},
      {R"({"annotation_regex": "org"})", R"(["org.x=4","org.y=5"])"},
      {R"({"label_regex": ".", "annotation_regex": "x$"})", R"(["com.c=3","org.a=1","org.b=2","org.x=4"])"},
      {R"({"label_regex": "nothing", "annotation_regex": "^$"})", "[]"},
  };
  for (const auto& row : rows) {
    CAPTURE(std::string(row.source));
    Get get(server, image.digest.text(), R"({"skip_download": true})", row.source);
    REQUIRE(get.error == "no error");
    json::Ordered seen = json::Ordered::array();
    for (std::size_t i = 2; i < get.metadata().size(); i++)
      seen.push_back(get.metadata()[i]["name"].get<std::string>() + "=" +
                     get.metadata()[i]["value"].get<std::string>());
    CHECK(seen == json::Ordered::parse(row.expected));
  }
}

TEST_CASE("what is wrong with the request is said before anything is fetched") {
  ImageServer server;
  Get regex(server, some_digest, "{}", R"({"label_regex": "("})");
  CHECK(regex.error == "source.label_regex: '(' is no regular expression: missing ): (");
  Get digest(server, "sha256:12");
  CHECK(digest.error == "'sha256:12' is not a digest\n  fix: a digest is 'sha256:' and 64 lower-case hex digits");
  CHECK(server.server().requests().empty());
  CHECK(support::error_text([] {
          in::run({"{}", {}, {}});
        }) == "the destination is missing\n  fix: run as Concourse does: in DIRECTORY < request.json");
}

TEST_CASE("an artifact is no image, but can be stored as a layout") {
  ImageServer server;
  oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest),
                         .config = server.blob("{}", oci::media_type::empty)};
  manifest.artifact_type = "application/vnd.acme";
  manifest.layers = {server.blob("data", "application/octet-stream")};
  auto artifact = oci::write(manifest);
  server.document(artifact);
  Get get(server, artifact.digest.text());
  CHECK(get.error == artifact.digest.text() +
                         " is an artifact of type 'application/vnd.acme', not an image\n"
                         "  fix: fetch it with format: oci-layout");
  Get layout(server, artifact.digest.text(), R"({"format": "oci-layout"})");
  CHECK(layout.error == "no error");
}

TEST_CASE("nothing that looks finished is left when a layer is not what it should be") {
  for (const char* format : {"rootfs", "oci", "oci-layout"}) {
    CAPTURE(std::string(format));
    auto params = R"({"format": ")" + std::string(format) + "\"}";
    {
      ImageServer server;
      auto image = two_layers(server);
      auto layer = oci::parse_manifest(image).layers[1];
      std::string other = archive::gzip(two_files()).substr(0, layer.size);
      other.resize(layer.size, 'x');
      server.put("/v2/acme/app/blobs/" + layer.digest.text(), "application/octet-stream", other);
      Get get(server, image.digest.text(), params);
      CHECK(get.error.find(layer.digest.text()) != std::string::npos);
      // Unpacking looks at the bytes while they come, and may find them broken before their digest is known.
      if (std::string(format) != "rootfs") CHECK(get.error.find(base::sha256(other).text()) != std::string::npos);
      CHECK(!fs::exists(get.path() / "rootfs"));
      CHECK(!fs::exists(get.path() / "image.tar"));
      CHECK(!fs::exists(get.path() / "oci/index.json"));
      CHECK(!fs::exists(get.path() / "digest"));
    }
    {
      ImageServer server;
      auto image = two_layers(server);
      server.remove("/v2/acme/app/blobs/" + oci::parse_manifest(image).layers[0].digest.text());
      Get get(server, image.digest.text(), params);
      CHECK(get.error.find(oci::parse_manifest(image).layers[0].digest.text()) != std::string::npos);
      for (const auto& name : get.top()) CHECK(name == "oci");
    }
  }
}

TEST_CASE("a layer whose contents are not what the config says is refused") {
  ImageServer server;
  auto image = server.image({archive::gzip(two_files())}, {whiteout()});
  Get get(server, image.digest.text());
  auto layer = oci::parse_manifest(image).layers[0].digest.text();
  CHECK(get.error == "layer '" + layer + "' has diff ID " + base::sha256(two_files()).text() + " instead of " +
                         base::sha256(whiteout()).text());
  CHECK(get.top().empty());
  auto uneven = server.image({archive::gzip(two_files())}, {});
  Get two(server, uneven.digest.text());
  CHECK(two.error == "manifest " + uneven.digest.text() + " has 1 layers and its config speaks of 0");
}

TEST_CASE("a hostile layer is named, with its entry, and leaves nothing") {
  ImageServer server;
  std::string tar = LayerBuilder().file("fine").file("../../etc/passwd", "x").tar();
  auto image = server.image({archive::gzip(two_files()), archive::gzip(tar)}, {two_files(), tar});
  auto layer = oci::parse_manifest(image).layers[1].digest.text();
  Get get(server, image.digest.text());
  CHECK(get.error ==
        "name has a '..' component\n"
        "  while applying tar entry '../../etc/passwd' at byte 512\n"
        "  while applying layer '" +
            layer + "'");
  CHECK(get.top().empty());
}

TEST_CASE("layers are downloaded side by side, but not all at once") {
  ImageServer server;
  std::vector<std::string> tars, stored;
  for (int i = 0; i < 20; i++) {
    tars.push_back(LayerBuilder().file("f" + std::to_string(i), std::string(100000, static_cast<char>('a' + i))).tar());
    stored.push_back(tars.back());
  }
  Get get(server, server.image(stored, tars).digest.text());
  CHECK(get.error == "no error");
  CHECK(support::paths(get.path() / "rootfs").size() == 20);
  CHECK(server.server().most_at_once() <= 4);
}

TEST_CASE("a registry that is busy or breaks down for a moment is asked again, for everything") {
  for (int status : {429, 500, 502, 503, 504}) {
    CAPTURE(status);
    ImageServer server;
    auto image = two_layers(server);
    server.be_busy_first(status);
    Get get(server, image.digest.text());
    CHECK(get.error == "no error");
    CHECK(support::paths(get.path() / "rootfs") == Paths{"etc", "etc/motd", "link"});
    for (const auto& layer : oci::parse_manifest(image).layers) CHECK(server.asked(layer.digest.text()) == 2);
  }
}

TEST_CASE("a stopped step ends soon and leaves nothing") {
  std::stop_source stop;
  stop.request_stop();
  ImageServer server;
  auto image = two_layers(server);
  Get get(server, image.digest.text(), "{}", "{}", "1.0", stop.get_token());
  CHECK(get.error != "no error");
  CHECK(get.top().empty());
}
