// What an engine exports, taken straight into the real docker-registry.
#include "out/upload_store.h"

#include <doctest/doctest.h>

#include "core/oci/media_type.h"
#include "tests/registry/access.h"
#include "tests/support/docker_registry.h"
#include "tests/support/error_text.h"

namespace {

struct Target {
  explicit Target(const std::string& path)
      : access(support::shared_registry().host()),
        endpoint{&access.client, name::Repository::parse(support::shared_registry().host() + "/" + path)},
        puller(endpoint),
        pusher(endpoint) {}
  support::Access access;
  registry::Endpoint endpoint;
  registry::Puller puller;
  registry::Pusher pusher;
};

buildkit::NewBlob told(const std::string& kind, std::string_view bytes) {
  const std::string digest = base::sha256(bytes).text();
  return {kind + "-" + digest, digest, bytes.size()};
}

/// As the engine writes: in pieces, then the end. False if it is there already.
bool send(out::UploadStore& store, const std::string& kind, const std::string& bytes) {
  auto writer = store.create(told(kind, bytes));
  if (!writer) return false;
  for (std::size_t at = 0; at < bytes.size(); at += 100'000) writer->write(std::string_view(bytes).substr(at, 100'000));
  writer->commit(base::sha256(bytes).text());
  return true;
}

oci::Descriptor descriptor_of(std::string_view type, std::string_view bytes) {
  return {std::string(type), base::sha256(bytes), bytes.size()};
}

TEST_CASE("blobs go straight up, manifests last, and the second time nothing is sent") {
  Target target("out/client-push");
  const std::string layer(3'000'000, 'x'), config = "{}";
  auto image = oci::write(oci::Manifest{.media_type = std::string(oci::media_type::manifest),
                                        .config = descriptor_of(oci::media_type::config, config),
                                        .layers = {descriptor_of(oci::media_type::layer, layer)}});
  oci::Index list{.media_type = std::string(oci::media_type::index)};
  list.manifests = {image.descriptor()};
  auto index = oci::write(list);

  out::UploadStore store(target.pusher, std::nullopt, {});
  CHECK(send(store, "layer", layer));
  CHECK(send(store, "config", config));
  CHECK(send(store, "manifest", image.bytes));
  CHECK(send(store, "index", index.bytes));
  CHECK(target.puller.blob_bytes(descriptor_of("", layer), 1 << 22) == layer);
  CHECK(!target.puller.manifest(index.digest.text()));
  store.finish(index.digest);
  CHECK(target.puller.manifest(index.digest.text())->bytes == index.bytes);
  CHECK(target.puller.manifest(image.digest.text())->bytes == image.bytes);
  CHECK(store.sent_blobs() == 2);
  CHECK(store.sent_bytes() == layer.size() + config.size());

  out::UploadStore again(target.pusher, std::nullopt, {});
  CHECK(!send(again, "layer", layer));
  CHECK(!send(again, "config", config));
  CHECK(send(again, "index", index.bytes));
  again.finish(index.digest);  // the registry has it, so what it lists is not asked for
  CHECK(again.sent_blobs() == 0);
  CHECK(again.known_blobs() == 2);
}

TEST_CASE("a blob that the base's repository has is mounted") {
  Target base("out/client-push-base"), target("out/client-push-onto-base");
  const std::string layer = "of the base";
  base.pusher.blob(descriptor_of("", layer), layer);
  out::UploadStore store(target.pusher, base.endpoint.repository, {});
  CHECK(!send(store, "layer", layer));
  CHECK(target.pusher.has_blob(base::sha256(layer)));
}

TEST_CASE("what an engine breaks off, or sends otherwise than it told, is not stored") {
  Target target("out/client-push-broken");
  out::UploadStore store(target.pusher, std::nullopt, {});
  const std::string layer(2'000'000, 'y');
  {
    auto writer = store.create(told("layer", layer));
    REQUIRE(writer);
    writer->write(std::string_view(layer).substr(0, 1'500'000));
  }
  CHECK(!target.pusher.has_blob(base::sha256(layer)));
  {
    auto writer = store.create(told("layer", layer));
    writer->write("y");
    CHECK(support::error_text([&] { writer->commit(""); }) ==
          "the engine sent 1 of the 2000000 bytes of blob " + base::sha256(layer).text());
  }
  {
    auto writer = store.create(told("layer", "right"));
    writer->write("wrong");
    CHECK(support::error_text([&] { writer->commit(""); }).find("DIGEST_INVALID") != std::string::npos);
  }
  CHECK(support::error_text([&] {
          store.create({"layer-x", "", 5});
        }) == "the engine exports 'layer-x' without saying which digest and size it has");
  CHECK(support::error_text([&] { store.finish(base::sha256("none")); }) ==
        "the engine exported no manifest " + base::sha256("none").text());
}

TEST_CASE("a put that is stopped does not wait for the engine's next piece") {
  Target target("out/client-push-stopped");
  std::stop_source stop;
  out::UploadStore store(target.pusher, std::nullopt, stop.get_token());
  const std::string layer(2'000'000, 'z');
  auto writer = store.create(told("layer", layer));
  REQUIRE(writer);
  writer->write("z");
  stop.request_stop();
  CHECK_THROWS_AS(
      [&] {
        for (int i = 0; i < 30; i++) writer->write(std::string_view(layer).substr(0, 60'000));
      }(),
      base::Error);
}

}  // namespace
