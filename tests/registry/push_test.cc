// Pushing: to the real registry in every manner of upload, and to one that fails on the way.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "core/base/text.h"
#include "tests/registry/access.h"
#include "tests/support/docker_registry.h"
#include "tests/support/error_text.h"
#include "tests/support/http_server.h"

namespace {

using registry::BlobOptions;
using registry::Delivery;
using support::Access;
using support::HttpRequest;
using support::HttpServer;
using support::layer_of;
using support::noise;
using support::Wire;

/// A registry for one blob at a time that keeps what it gets, and can be told to fail at a certain request.
struct FakeUploads {
  std::string stored;
  std::map<int, std::function<void(Wire&)>> faults;  // by number of the request
  std::atomic<int> count = 0;
  std::string chunk_min;
  HttpServer server{[this](const HttpRequest& request, Wire& wire) {
    auto fault = faults.find(count++);
    if (fault != faults.end()) return fault->second(wire);
    std::vector<std::string> location = {"Location: /v2/acme/app/blobs/uploads/1?state=x"};
    if (!chunk_min.empty()) location.push_back("OCI-Chunk-Min-Length: " + chunk_min);
    if (request.method == "HEAD") return wire.send("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n");
    if (request.method == "POST") {
      stored.clear();
      return wire.reply(202, "", location);
    }
    if (request.method == "PATCH") {
      stored += request.body;
      return wire.reply(202, "", location);
    }
    if (request.method == "GET")
      return wire.reply(204, "",
                        {"Location: /v2/acme/app/blobs/uploads/1?state=x",
                         "Range: 0-" + std::to_string(stored.empty() ? 0 : stored.size() - 1)});
    stored += request.body;
    wire.reply(201);
  }};
};

}  // namespace

TEST_CASE("a blob goes up in one request, in chunks, from a file, and is there afterwards") {
  auto& server = support::shared_registry();
  Access access(server.host(), {}, {}, {}, "own/blob");
  const std::string bytes = noise(5'000'000);
  base::TemporaryDirectory directory("blob");
  base::write_file(directory.path() / "blob", "front" + bytes);
  auto file = base::open_read(directory.path() / "blob");
  int number = 0;
  for (std::uint64_t chunk : {0ULL, 1'000'000ULL, 4'999'999ULL}) {
    CAPTURE(chunk);
    std::string content = bytes;
    content[0] = static_cast<char>(number++);
    http::BytesSource source(content);
    std::uint64_t sent = 0;
    BlobOptions options{.progress = [&](std::uint64_t count) { sent = count; }, .chunk_bytes = chunk};
    CHECK(access.pusher.blob(layer_of(content), source, options) == Delivery::uploaded);
    CHECK(sent == content.size());
    CHECK(access.puller.blob_bytes(layer_of(content), content.size()) == content);
    CHECK(access.pusher.blob(layer_of(content), source) == Delivery::present);
  }
  std::string other = bytes.substr(0, 1'000'000);
  http::FileSource part(file, "the blob", 5, other.size());
  CHECK(access.pusher.blob(layer_of(other), part) == Delivery::uploaded);
  CHECK(access.pusher.blob(layer_of(""), "") == Delivery::uploaded);
}

TEST_CASE("a blob of another repository is mounted instead of sent") {
  auto& server = support::shared_registry();
  Access access(server.host(), {}, {}, {}, "own/mount");
  const std::string bytes = noise(1000);
  access.pusher.blob(layer_of(bytes), bytes);
  auto registry = name::Registry::parse(server.host());
  registry::Pusher other({&access.client, name::Repository::make(registry, "other")});
  http::BytesSource source(bytes);
  CHECK(other.blob(layer_of(bytes), source, {.mount_from = access.endpoint.repository}) == Delivery::mounted);
  registry::Pusher third({&access.client, name::Repository::make(registry, "third")});
  CHECK(third.blob(layer_of(bytes), source, {.mount_from = name::Repository::make(registry, "empty")}) ==
        Delivery::uploaded);
}

TEST_CASE("where mounting is refused the blob is sent, however often that takes") {
  int posts = 0;
  std::string stored;
  HttpServer server([&](const HttpRequest& request, Wire& wire) {
    if (request.method == "HEAD") return wire.reply(404);
    if (request.target.find("mount=") != std::string::npos) return wire.reply(403);
    if (request.method == "POST" && ++posts == 1) return wire.reply(503);
    if (request.method == "POST") return wire.reply(202, "", {"Location: /upload"});
    stored = request.body;
    wire.reply(201);
  });
  Access access(server.host());
  http::BytesSource source("abc");
  const auto other = name::Repository::parse(server.host() + "/acme/base");
  CHECK(access.pusher.blob(layer_of("abc"), source, {.mount_from = other}) == Delivery::uploaded);
  CHECK(posts == 2);
  CHECK(stored == "abc");
}

TEST_CASE("content that is not what its descriptor says is refused, by us or by the registry") {
  auto& server = support::shared_registry();
  Access access(server.host(), {}, {}, {}, "own/wrong-content");
  http::BytesSource source("abc");
  auto descriptor = layer_of("xyz");
  auto error = support::error_text([&] { access.pusher.blob(descriptor, source); });
  CHECK(error.find("400, DIGEST_INVALID: provided digest did not match uploaded content") != std::string::npos);
  descriptor.size = 4;
  CHECK(support::error_text([&] { access.pusher.blob(descriptor, source); }) ==
        "blob " + descriptor.digest.text() + " has 3 bytes, its descriptor says 4");
}

TEST_CASE("one HEAD, one POST, one PUT") {
  FakeUploads fake;
  Access access(fake.server.host());
  access.pusher.blob(layer_of("abc"), "abc");
  CHECK(fake.server.request_lines() ==
        std::vector<std::string>{
            "HEAD /v2/acme/app/blobs/" + base::sha256("abc").text(), "POST /v2/acme/app/blobs/uploads/",
            "PUT /v2/acme/app/blobs/uploads/1?state=x&digest=" + base::url_encode(base::sha256("abc").text())});
  CHECK(fake.stored == "abc");
}

TEST_CASE("an upload that breaks is made again from the start, unless it arrived after all") {
  const std::string bytes = noise(300'000);
  for (auto fault : std::vector<std::function<void(Wire&)>>{
           [](Wire& wire) { wire.reset(); }, [](Wire& wire) { wire.close(); }, [](Wire& wire) { wire.reply(503); },
           [](Wire& wire) { wire.reply(404, R"({"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]})"); },
           [](Wire& wire) { wire.reply(416); }}) {
    FakeUploads fake;
    fake.faults[2] = fault;  // the PUT
    Access access(fake.server.host());
    http::BytesSource source(bytes);
    CHECK(access.pusher.blob(layer_of(bytes), source) == Delivery::uploaded);
    CHECK(fake.stored == bytes);
    CHECK(access.clock.delays().size() <= 1);
  }
  FakeUploads fake;
  fake.faults[2] = [](Wire& wire) { wire.reply(504); };
  fake.faults[3] = [](Wire& wire) { wire.send("HTTP/1.1 200 X\r\nContent-Length: 3\r\n\r\n"); };
  Access access(fake.server.host());
  CHECK(access.pusher.blob(layer_of("abc"), "abc") == Delivery::uploaded);
  CHECK(fake.server.requests().size() == 4);
}

TEST_CASE("an upload that is reset at any byte is made again") {
  const std::string bytes = noise(300);
  for (std::size_t cut = 0; cut < bytes.size(); cut += 7) {
    CAPTURE(cut);
    std::atomic<bool> broken = false;
    std::string stored;
    HttpServer server(
        [&](const HttpRequest& request, Wire& wire) {
          if (request.method == "HEAD") return wire.send("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n");
          if (request.method == "POST") return wire.reply(202, "", {"Location: /v2/acme/app/blobs/uploads/1"});
          stored = request.body;
          wire.reply(201);
        },
        [&](const HttpRequest& head) -> std::optional<std::size_t> {
          if (head.method != "PUT" || broken.exchange(true)) return std::nullopt;
          return cut;
        });
    Access access(server.host());
    http::BytesSource source(bytes);
    CHECK(access.pusher.blob(layer_of(bytes), source) == Delivery::uploaded);
    CHECK(stored == bytes);
  }
}

TEST_CASE("a chunk that breaks is sent again from where the registry got to") {
  const std::string bytes = noise(1000);
  FakeUploads fake;
  fake.faults[3] = [&](Wire& wire) {  // the second chunk, of which 50 bytes arrived
    fake.stored += bytes.substr(300, 50);
    wire.reply(500);
  };
  Access access(fake.server.host());
  http::BytesSource source(bytes);
  access.pusher.blob(layer_of(bytes), source, {.chunk_bytes = 300});
  CHECK(fake.stored == bytes);
  std::vector<std::string> ranges;
  for (const auto& request : fake.server.requests())
    if (request.method == "PATCH") ranges.push_back(request.header("content-range"));
  CHECK(ranges == std::vector<std::string>{"0-299", "300-599", "350-649", "650-949", "950-999"});
}

TEST_CASE("chunks are as long as the registry wants them") {
  FakeUploads fake;
  fake.chunk_min = "400";
  Access access(fake.server.host());
  const std::string bytes = noise(1000);
  http::BytesSource source(bytes);
  access.pusher.blob(layer_of(bytes), source, {.chunk_bytes = 100});
  CHECK(fake.stored == bytes);
  CHECK(fake.server.requests()[2].header("content-range") == "0-399");
}

TEST_CASE("a token that ends between POST and PUT does not end the upload") {
  std::atomic<int> issued = 0;
  std::string stored;
  HttpServer server([&](const HttpRequest& request, Wire& wire) {
    if (request.path() == "/token") return wire.reply(200, R"({"token":"t)" + std::to_string(++issued) + "\"}");
    std::string wanted = request.method == "PUT" ? "Bearer t2" : "Bearer t1";
    if (request.header("authorization") != wanted)
      return wire.reply(401, "", {"WWW-Authenticate: Bearer realm=\"http://" + request.header("host") + "/token\""});
    if (request.method == "HEAD") return wire.send("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n");
    if (request.method == "POST") return wire.reply(202, "", {"Location: /v2/acme/app/blobs/uploads/1"});
    stored = request.body;
    wire.reply(201);
  });
  Access access(server.host());
  CHECK(access.pusher.blob(layer_of("abc"), "abc") == Delivery::uploaded);
  CHECK(stored == "abc");
}

TEST_CASE("where an upload may be sent, and where not") {
  struct Row {
    std::string location, error;
  };
  HttpServer elsewhere([](const HttpRequest&, Wire& wire) { wire.reply(201); });
  for (const Row& row : std::initializer_list<Row>{
           {"", "does not say where to send the upload (no Location)"},
           {"Location: ftp://x/", "sends the upload nowhere: URL 'ftp://x/' is neither http nor https"},
           {"Location: " + elsewhere.url("/u"), ""}}) {
    CAPTURE(row.location);
    HttpServer server([&](const HttpRequest& request, Wire& wire) {
      if (request.header("authorization").empty()) return wire.reply(401, "", {"WWW-Authenticate: Basic realm=\"x\""});
      if (request.method == "HEAD") return wire.send("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n");
      wire.reply(202, "", row.location.empty() ? std::vector<std::string>{} : std::vector<std::string>{row.location});
    });
    Access access(server.host(), {.username = "ann", .password = "secret-word"});
    auto error = support::error_text([&] { access.pusher.blob(layer_of("abc"), "abc"); });
    CHECK(error == (row.error.empty() ? "no error" : "registry '" + server.host() + "' " + row.error));
  }
  CHECK(elsewhere.requests().size() == 1);
  CHECK(elsewhere.requests()[0].header("authorization").empty());
}

TEST_CASE("a manifest goes under its digest or a tag; a registry that stores another is found out") {
  auto& server = support::shared_registry();
  Access access(server.host(), {}, {}, {}, "own/manifest");
  access.pusher.blob(oci::empty_descriptor(), oci::empty_content);
  auto document = oci::write(oci::Manifest{.media_type = std::string(oci::media_type::manifest),
                                           .artifact_type = "application/vnd.example",
                                           .config = oci::empty_descriptor(),
                                           .layers = {oci::empty_descriptor()}});
  access.pusher.manifest(document);
  CHECK(access.puller.tags().empty());
  CHECK(access.pusher.resolve(document.digest.text())->size == document.bytes.size());
  access.pusher.manifest(document, name::Tag::parse("1.0"));
  CHECK(access.puller.tags() == std::vector<std::string>{"1.0"});

  HttpServer liar([](const HttpRequest&, Wire& wire) {
    wire.reply(201, "", {"Docker-Content-Digest: " + base::sha256("other").text()});
  });
  Access lied(liar.host());
  CHECK(support::error_text([&] { lied.pusher.manifest(document); }) ==
        "manifest " + document.digest.text() + " was sent, the registry stored " + base::sha256("other").text());
}

TEST_CASE("a manifest whose blobs are missing is refused in the registry's words") {
  auto& server = support::shared_registry();
  Access access(server.host(), {}, {}, {}, "own/missing-blobs");
  auto document =
      oci::write(oci::Manifest{.media_type = std::string(oci::media_type::manifest), .config = layer_of("missing")});
  auto error = support::error_text([&] { access.pusher.manifest(document, name::Tag::parse("1.0")); });
  CHECK(error == "PUT http://" + server.host() +
                     "/v2/own/missing-blobs/manifests/1.0: 400, MANIFEST_BLOB_UNKNOWN: blob unknown to registry");
}

TEST_CASE("what is removed is gone; what was not there is no error; who cannot says so") {
  auto& server = support::shared_registry();
  Access access(server.host(), {}, {}, {}, "own/removed");
  access.pusher.blob(oci::empty_descriptor(), oci::empty_content);
  auto document = oci::write(
      oci::Manifest{.media_type = std::string(oci::media_type::manifest), .config = oci::empty_descriptor()});
  access.pusher.manifest(document, name::Tag::parse("1.0"));
  CHECK(access.pusher.remove(document.digest.text()));
  CHECK(!access.puller.resolve("1.0"));
  CHECK(!access.pusher.remove(document.digest.text()));
  CHECK(support::error_text([&] {
          access.pusher.remove("1.0");
        }).starts_with("registry '" + server.host() + "' does not delete tags (status 40"));
}
