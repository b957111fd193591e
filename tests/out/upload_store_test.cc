// What an engine exports, taken straight into the real docker-registry.
#include "out/upload_store.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "core/oci/media_type.h"
#include "tests/registry/access.h"
#include "tests/support/docker_registry.h"
#include "tests/support/error_text.h"
#include "tests/support/http_server.h"

namespace {

using namespace std::chrono_literals;

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
  return {.reference = kind + "-" + digest, .digest = digest, .size = bytes.size()};
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
  CHECK(support::error_text([&] { store.create({.reference = "layer-x", .digest = "", .size = 5}); }) ==
        "the engine exports 'layer-x' without saying which digest and size it has");
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

/// A registry that has no blob, and leaves what is done with one that is sent to `put`. It is sent on a connection of
/// its own: on one that was used before, curl itself would try again.
support::HttpServer::Handler registry_with(support::HttpServer::Handler put) {
  return [put = std::move(put)](const support::HttpRequest& request, support::Wire& wire) {
    if (request.method == "HEAD") return wire.send("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n");
    if (request.method == "PUT") return put(request, wire);
    wire.reply(202, "", {"Location: /v2/acme/app/blobs/uploads/1", "Connection: close"});
    wire.close();
  };
}

TEST_CASE("a session that ends waits for no registry that stalls, and the next one sends the blob anew") {
  std::atomic<bool> stalled = false, over = false;
  std::string stored;
  support::HttpServer server(registry_with([&](const support::HttpRequest& request, support::Wire& wire) {
    if (!stalled.exchange(true)) {
      for (int i = 0; i < 1000 && !over; i++) std::this_thread::sleep_for(10ms);
      return wire.close();
    }
    stored = request.body;
    wire.reply(201);
  }));
  support::Access access(server.host());
  out::UploadStore store(access.pusher, std::nullopt, {});
  const std::string layer = "content";
  std::stop_source session;
  auto blob = told("layer", layer);
  blob.stop = session.get_token();
  auto writer = store.create(blob);
  REQUIRE(writer);
  writer->write(layer);
  std::jthread ending([&] {
    while (!stalled) std::this_thread::sleep_for(10ms);
    session.request_stop();
  });
  const auto start = std::chrono::steady_clock::now();
  CHECK_THROWS_AS(writer->commit(""), base::Error);
  CHECK(std::chrono::steady_clock::now() - start < 2s);
  CHECK(send(store, "layer", layer));
  CHECK(stored == layer);
  over = true;
}

TEST_CASE("of a blob that another put brings meanwhile the engine may send the rest") {
  std::atomic<bool> there = false;
  const auto without = registry_with([](const support::HttpRequest&, support::Wire& wire) { wire.reply(500); });
  support::HttpServer server(
      [&](const support::HttpRequest& request, support::Wire& wire) {
        if (!there) return without(request, wire);
        wire.send("HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n");
      },
      [&](const support::HttpRequest& head) -> std::optional<std::size_t> {
        if (head.method != "PUT") return std::nullopt;
        there = true;
        return 100'000;
      });
  support::Access access(server.host());
  out::UploadStore store(access.pusher, std::nullopt, {});
  const std::string layer(20'000'000, 'w');
  CHECK(send(store, "layer", layer));
  CHECK(server.requests().back().method == "HEAD");
}

}  // namespace
