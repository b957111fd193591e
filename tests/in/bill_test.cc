#include <doctest/doctest.h>

#include "core/bom/cyclonedx_writer.h"
#include "core/bom/spdx_writer.h"
#include "core/bom/yaml_reader.h"
#include "core/bom/yaml_writer.h"
#include "core/remote/bill_artifact.h"
#include "tests/in/get.h"

// Where a bill of materials is found, what is written of it, and what is refused.

namespace {

using support::Get;
using support::ImageServer;
using support::LayerBuilder;
using Paths = std::vector<std::string>;

using namespace support::images;

std::string sample() {
  return base::read_file(std::filesystem::path(TEST_DATA).parent_path() / "bom/announcement.yml", 1 << 20);
}

void check_written(const Get& get, const std::string& yaml) {
  REQUIRE(get.error == "no error");
  auto bill = bom::read_yaml(yaml, "sample");
  bom::sort(bill);
  CHECK(get.file("bom.yml") == yaml);
  CHECK(get.file("bom.spdx.json") == bom::to_spdx(bill));
  CHECK(get.file("bom.cdx.json") == bom::to_cyclonedx(bill));
}

void check_none_written(const Get& get) {
  for (const char* name : {"bom.yml", "bom.spdx.json", "bom.cdx.json"}) CHECK_MESSAGE(!get.has(name), name);
}

/// An index of what refers to an image: one artifact that holds `yaml` and says that it is about `subject`.
oci::Document referrers(ImageServer& server, const oci::Descriptor& subject, const std::string& yaml) {
  oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest),
                         .config = server.blob("{}", oci::media_type::empty)};
  manifest.artifact_type = remote::bill_media_type;
  manifest.layers = {server.blob(yaml, remote::bill_media_type)};
  manifest.subject = subject;
  auto bill = oci::write(manifest);
  server.document(bill);
  auto referrer = bill.descriptor();
  referrer.artifact_type = remote::bill_media_type;
  return oci::write(oci::Index{.media_type = std::string(oci::media_type::index), .manifests = {referrer}});
}

void refer_by_api(ImageServer& server, const oci::Document& image, const std::string& yaml) {
  server.put("/v2/acme/app/referrers/" + image.digest.text(), oci::media_type::index,
             referrers(server, image.descriptor(), yaml).bytes);
}

oci::Document labelled(ImageServer& server, const std::string& label) {
  return two_layers(server, json::Ordered{{"Labels", {{"estaleiro.bom", label}}}});
}

/// An image and BuildKit's attestation manifest for it, with one layer for each statement; the index of both.
oci::Document attested(ImageServer& server, const oci::Document& image, const std::vector<std::string>& statements,
                       const std::string& predicate_type = "https://spdx.dev/Document") {
  oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest),
                         .config = server.blob("{}", oci::media_type::config)};
  for (const auto& statement : statements) {
    manifest.layers.push_back(server.blob(statement, oci::media_type::in_toto));
    manifest.layers.back().annotations["in-toto.io/predicate-type"] = predicate_type;
  }
  auto attestation = oci::write(manifest);
  server.document(attestation);
  return index_of(server, {{name::Platform::host().text(), image}, {"unknown/unknown", attestation}},
                  image.digest.text());
}

std::string statement(const base::Digest& subject, const std::string& predicate = R"({"spdxVersion": "SPDX-2.3"})",
                      const std::string& type = "https://spdx.dev/Document") {
  return R"({"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "a", "digest": {"sha256": ")" +
         std::string(subject.hex()) + R"("}}], "predicateType": ")" + type + R"(", "predicate": )" + predicate + "}";
}

}  // namespace

TEST_CASE("a bill that refers to the image is written in all three formats, as the step wishes") {
  ImageServer server;
  auto image = two_layers(server), bare = server.image({}, {});
  refer_by_api(server, image, sample());
  for (const char* mode : {"optional", "required", "only", "skip"}) {
    CAPTURE(std::string(mode));
    auto params = R"({"bom": ")" + std::string(mode) + "\"}";
    std::string_view wanted(mode);
    Get get(server, image.digest.text(), params);
    CHECK(get.error == "no error");
    wanted == "skip" ? check_none_written(get) : check_written(get, sample());
    CHECK(get.has("rootfs") == (wanted != "only"));
    CHECK(get.file("digest") == image.digest.text());
    Get none(server, bare.digest.text(), params);
    if (wanted == "optional" || wanted == "skip")
      CHECK(none.error == "no error");
    else
      CHECK(none.error == "image " + bare.digest.text() +
                              " has no bill of materials\n"
                              "  fix: set params.bom to optional, or fetch an image that was built with one");
  }
  CHECK(Get(server, image.digest.text(), R"({"bom": "only"})").top() ==
        Paths{"bom.cdx.json", "bom.spdx.json", "bom.yml", "digest", "repository", "tag"});
}

TEST_CASE("a registry without the referrers API has the fallback tag") {
  ImageServer server;
  auto image = two_layers(server);
  auto list = referrers(server, image.descriptor(), sample());
  server.put("/v2/acme/app/manifests/sha256-" + std::string(image.digest.hex()), list.media_type, list.bytes);
  check_written(Get(server, image.digest.text(), R"({"bom": "only"})"), sample());
}

TEST_CASE("of an index the bill may refer to the platform's manifest") {
  ImageServer server;
  auto image = two_layers(server);
  refer_by_api(server, image, sample());
  auto index = index_of(server, {{name::Platform::host().text(), image}, {"linux/s390x", server.image({}, {})}});
  check_written(Get(server, index.digest.text(), R"({"bom": "only"})"), sample());
  check_written(Get(server, index.digest.text(), R"({"format": "oci-layout"})"), sample());
  Get other(server, index.digest.text(), R"({"bom": "required", "platform": {"architecture": "s390x"}})");
  CHECK(other.error.find("has no bill of materials") != std::string::npos);
}

TEST_CASE("with skip_download the bill comes only to who requires it") {
  ImageServer server;
  auto image = two_layers(server);
  refer_by_api(server, image, sample());
  check_none_written(Get(server, image.digest.text(), R"({"skip_download": true})"));
  Get required(server, image.digest.text(), R"({"skip_download": true, "bom": "required"})");
  check_written(required, sample());
  CHECK(!required.has("rootfs"));
}

TEST_CASE("the original kept its bill in a label") {
  ImageServer server;
  auto image = labelled(server, base::to_base64(sample()));
  for (const char* params : {"{}", R"({"bom": "only"})", R"({"format": "oci-layout"})"})
    check_written(Get(server, image.digest.text(), params), sample());
  Get broken(server, labelled(server, "not base64!").digest.text(), R"({"bom": "only"})");
  CHECK(broken.error.find("base64") != std::string::npos);
}

TEST_CASE("the original kept its bill in the image too, as /bom/merged.yml") {
  struct Row {
    const char* what;
    std::vector<std::string> layers;  // above one with the bill
    bool there;
  };
  const Row rows[] = {
      {"nothing above", {}, true},
      {"other files above", {LayerBuilder().file("bom/other.yml").file("x").tar()}, true},
      {"hidden", {LayerBuilder().whiteout("bom/merged.yml").tar()}, false},
      {"its directory hidden", {LayerBuilder().whiteout("bom").tar()}, false},
      {"its directory emptied", {LayerBuilder().opaque("bom").tar()}, false},
      {"everything emptied", {LayerBuilder().opaque("").tar()}, false},
      {"hidden, and below a layer without it", {LayerBuilder().whiteout("bom").tar(), two_files()}, false},
      {"its directory replaced by a file", {LayerBuilder().file("bom").tar()}, false},
      {"replaced by a directory", {LayerBuilder().directory("bom/merged.yml").tar()}, false},
      {"replaced by a link", {LayerBuilder().symlink("bom/merged.yml", "/etc/motd").tar()}, false},
      {"replaced by a fifo",
       {LayerBuilder().add({.name = "bom/merged.yml", .type = archive::EntryType::fifo}).tar()},
       false},
      {"brought and hidden by one layer",
       {LayerBuilder().file("./bom/merged.yml", sample()).whiteout("bom").opaque("bom").tar()},
       true},
      {"the last of two counts",
       {LayerBuilder().file("bom/merged.yml", "old").file("/bom/merged.yml", sample()).tar()},
       true},
  };
  ImageServer server;
  for (const auto& row : rows) {
    CAPTURE(std::string(row.what));
    std::vector<std::string> tars{LayerBuilder().file("bom/merged.yml", sample()).tar()}, stored;
    tars.insert(tars.end(), row.layers.begin(), row.layers.end());
    for (const auto& tar : tars) stored.push_back(archive::gzip(tar));
    auto image = server.image(stored, tars);
    for (const char* params : {"{}", R"({"bom": "only"})", R"({"bom": "required", "format": "oci"})"}) {
      CAPTURE(std::string(params));
      Get get(server, image.digest.text(), params);
      if (row.there)
        check_written(get, sample());
      else
        check_none_written(get);
    }
    // Reading every layer for a bill that nobody insists on would cost more than it is worth.
    check_none_written(Get(server, image.digest.text(), R"({"format": "oci"})"));
  }
}

TEST_CASE("layers are read for a bill from the top, and no further than to the one that tells") {
  ImageServer server;
  std::vector<std::string> tars{two_files(), LayerBuilder().file("bom/merged.yml", sample()).tar(),
                                LayerBuilder().file("x").tar()};
  std::vector<std::string> stored;
  for (const auto& tar : tars) stored.push_back(archive::gzip(tar));
  auto image = server.image(stored, tars);
  check_written(Get(server, image.digest.text(), R"({"bom": "only"})"), sample());
  auto layers = oci::parse_manifest(image).layers;
  CHECK(server.asked(layers[2].digest.text()) == 1);
  CHECK(server.asked(layers[1].digest.text()) == 1);
  CHECK(server.asked(layers[0].digest.text()) == 0);
  server.put("/v2/acme/app/blobs/" + layers[1].digest.text(), "", std::string(layers[1].size, 'x'));
  Get broken(server, image.digest.text(), R"({"bom": "only"})");
  CHECK(broken.error != "no error");
  CHECK(broken.top().empty());
}

TEST_CASE("BuildKit's SPDX attestation is written byte for byte") {
  ImageServer server;
  auto image = two_layers(server);
  std::string spdx = "{ \"spdxVersion\":\"SPDX-2.3\",\n\"n\": 1.50 }";
  for (const char* params : {"{}", R"({"bom": "only"})", R"({"bom": "required", "format": "oci-layout"})"}) {
    Get get(server, attested(server, image, {statement(image.digest, spdx)}).digest.text(), params);
    REQUIRE(get.error == "no error");
    CHECK(get.file("bom.spdx.json") == spdx);
    CHECK(!get.has("bom.yml"));
  }
  // Provenance is no bill; nor is what was attested of another image.
  auto provenance =
      attested(server, image, {statement(image.digest, "{}", "https://slsa.dev/provenance/v1")}, "https://slsa.dev/x");
  check_none_written(Get(server, provenance.digest.text()));
  auto other = two_layers(server, json::Ordered{{"User", "other"}});
  auto index = index_of(server, {{name::Platform::host().text(), other}});
  check_none_written(Get(server, index.digest.text()));
}

TEST_CASE("an attestation that contradicts its place is refused, whoever asked") {
  ImageServer server;
  auto image = two_layers(server);
  auto other = base::sha256("other");
  struct Row {
    std::string statement, error;
  };
  const Row rows[] = {
      {statement(other), "the statement does not speak of " + image.digest.text()},
      {statement(image.digest, "{}", "https://spdx.dev/Other"),
       "the statement's predicate is '\"https://spdx.dev/Other\"', 'https://spdx.dev/Document' is wanted"},
      {statement(image.digest, "[]"), "the statement has no predicate"},
      {R"({"predicateType": "https://spdx.dev/Document"})", "the statement does not speak of " + image.digest.text()},
  };
  for (const auto& row : rows) {
    Get get(server, attested(server, image, {row.statement}).digest.text());
    CHECK(get.error == row.error + "\n  while reading the attestation " + base::sha256(row.statement).text());
  }
  auto nonsense = attested(server, image, {"nonsense"});
  check_none_written(Get(server, nonsense.digest.text()));
  CHECK(Get(server, nonsense.digest.text(), R"({"bom": "required"})").error ==
        "the statement is not a JSON object\n  while reading the attestation " + base::sha256("nonsense").text());
}

TEST_CASE("a bill that speaks of another image is refused, whoever asked") {
  ImageServer server;
  auto image = two_layers(server);
  auto bill = bom::read_yaml(sample(), "sample");
  for (bool index : {false, true}) {
    auto document = index ? index_of(server, {{name::Platform::host().text(), image}}) : image;
    for (const auto& speaks_of : {document.digest, image.digest}) {
      bill.image.digest = speaks_of.text();
      refer_by_api(server, document, bom::to_yaml(bill));
      check_written(Get(server, document.digest.text(), R"({"bom": "only"})"), bom::to_yaml(bill));
    }
    bill.image.digest = support::some_digest;
    refer_by_api(server, document, bom::to_yaml(bill));
    Get get(server, document.digest.text());
    CHECK(get.error == "the bill of materials speaks of image '" + support::some_digest + "', it was delivered with " +
                           image.digest.text() + "\n  while reading the referrer " +
                           base::sha256(bom::to_yaml(bill)).text());
  }
  auto list = referrers(server, server.image({}, {}).descriptor(), sample());
  server.put("/v2/acme/app/referrers/" + image.digest.text(), oci::media_type::index, list.bytes);
  CHECK(Get(server, image.digest.text()).error.find("not of " + image.digest.text()) != std::string::npos);
}

TEST_CASE("a bill that cannot be read fails only who requires it") {
  ImageServer server;
  auto image = two_layers(server);
  for (const char* yaml : {"nonsense", "protocol: v9.0.0\nproduct_name: x\n", ""}) {
    CAPTURE(std::string(yaml));
    refer_by_api(server, image, yaml);
    Get optional(server, image.digest.text());
    CHECK(optional.error == "no error");
    check_none_written(optional);
    CHECK(optional.has("digest"));
    Get required(server, image.digest.text(), R"({"bom": "required"})");
    CHECK(required.error.find("while reading the referrer " + base::sha256(yaml).text()) != std::string::npos);
    CHECK(!required.has("digest"));
  }
}

TEST_CASE("an artifact has no image to look for a bill in") {
  ImageServer server;
  oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest),
                         .config = server.blob("{}", oci::media_type::empty)};
  manifest.artifact_type = "application/vnd.acme";
  manifest.layers = {server.blob("data", "application/octet-stream")};
  auto artifact = oci::write(manifest);
  server.document(artifact);
  Get get(server, artifact.digest.text(), R"({"format": "oci-layout"})");
  CHECK(get.error == "no error");
  check_none_written(get);
}
