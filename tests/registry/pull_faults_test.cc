// Pulling from registries that break, lie, or mean harm.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "tests/registry/access.h"
#include "tests/support/error_text.h"
#include "tests/support/http_server.h"

namespace {

using support::Access;
using support::HttpRequest;
using support::HttpServer;
using support::layer_of;
using support::noise;
using support::Wire;

const std::string manifest_type = "Content-Type: application/vnd.oci.image.manifest.v1+json";
const std::string manifest_bytes = R"({"schemaVersion":2})";

std::string digest_header(std::string_view bytes) { return "Docker-Content-Digest: " + base::sha256(bytes).text(); }

/// Sends `bytes` from where the request's Range begins.
void reply_range(const HttpRequest& request, Wire& wire, const std::string& bytes, std::size_t at_most) {
  std::size_t begin = 0;
  auto range = request.header("range");
  if (!range.empty()) begin = std::stoul(range.substr(6));
  std::string head = range.empty() ? "HTTP/1.1 200 OK\r\n"
                                   : "HTTP/1.1 206 Partial\r\nContent-Range: bytes " + std::to_string(begin) + "-" +
                                         std::to_string(bytes.size() - 1) + "/" + std::to_string(bytes.size()) + "\r\n";
  wire.send(head + "Content-Length: " + std::to_string(bytes.size() - begin) + "\r\n\r\n" +
            bytes.substr(begin, at_most));
  if (begin + at_most < bytes.size()) wire.reset();
}

std::string pulled(Access& access, const oci::Descriptor& descriptor) {
  std::string out;
  access.puller.blob(descriptor,
                     [&](auto data) { out.append(reinterpret_cast<const char*>(data.data()), data.size()); });
  return out;
}

}  // namespace

TEST_CASE("one HEAD is enough to resolve a tag") {
  HttpServer server([](const HttpRequest&, Wire& wire) {
    wire.reply(200, manifest_bytes, {manifest_type, digest_header(manifest_bytes)});
  });
  Access access(server.host());
  // The server sends a body to HEAD, which no client may read; the connection suffers, the answer does not.
  auto found = access.puller.resolve("1.0");
  REQUIRE(found);
  CHECK(found->digest == base::sha256(manifest_bytes));
  CHECK(found->size == manifest_bytes.size());
  CHECK(server.request_lines() == std::vector<std::string>{"HEAD /v2/acme/app/manifests/1.0"});
}

TEST_CASE("where HEAD leaves something open, GET decides") {
  struct Row {
    const char* name;
    std::vector<std::string> headers;
    int status;
  };
  for (const Row& row : std::initializer_list<Row>{{"no digest", {manifest_type}, 200},
                                                   {"no type", {digest_header(manifest_bytes)}, 200},
                                                   {"strange digest", {manifest_type, "Docker-Content-Digest: x"}, 200},
                                                   {"not allowed", {}, 405},
                                                   {"forbidden", {}, 403},
                                                   {"broken", {}, 500}}) {
    CAPTURE(row.name);
    HttpServer server([&](const HttpRequest& request, Wire& wire) {
      if (request.method == "HEAD") {
        std::string head = "HTTP/1.1 " + std::to_string(row.status) + " X\r\nContent-Length: 19\r\n";
        for (const auto& header : row.headers) head += header + "\r\n";
        return wire.send(head + "\r\n");
      }
      wire.reply(200, manifest_bytes, {manifest_type});
    });
    Access access(server.host());
    CHECK(access.puller.resolve("1.0")->digest == base::sha256(manifest_bytes));
    CHECK(server.request_lines().size() == 2);
  }
}

TEST_CASE("what is not there is no error") {
  HttpServer server([](const HttpRequest&, Wire& wire) { wire.reply(404, R"({"errors":[{"code":"NAME_UNKNOWN"}]})"); });
  Access access(server.host());
  CHECK(!access.puller.resolve("1.0"));
  CHECK(!access.puller.manifest("1.0"));
  CHECK(access.puller.tags().empty());
  CHECK(access.puller.referrers(base::sha256("x")).empty());
}

TEST_CASE("another digest than the one asked for is refused, from HEAD and from GET") {
  HttpServer server([](const HttpRequest& request, Wire& wire) {
    auto digest = digest_header(request.method == "HEAD" ? "other" : manifest_bytes);
    wire.reply(200, manifest_bytes, {manifest_type, digest});
    wire.close();
  });
  Access access(server.host());
  const auto wanted = base::sha256("wanted").text();
  CHECK(support::error_text([&] { access.puller.resolve(wanted); }) ==
        "manifest " + wanted + " was asked for, the registry gives '" + base::sha256("other").text() + "'");
  CHECK(support::error_text([&] { access.puller.manifest(wanted); }) ==
        "manifest " + wanted + " was asked for, the registry gives '" + base::sha256(manifest_bytes).text() + "'");
}

TEST_CASE("a manifest must be what the registry's own header says") {
  HttpServer server([](const HttpRequest&, Wire& wire) {
    wire.reply(200, manifest_bytes, {manifest_type, digest_header("other")});
  });
  Access access(server.host());
  CHECK(support::error_text([&] { access.puller.manifest("1.0"); }) ==
        "manifest '1.0' has digest " + base::sha256(manifest_bytes).text() + ", the registry says " +
            base::sha256("other").text());
}

TEST_CASE("a page instead of a manifest or a list says so") {
  HttpServer server([](const HttpRequest&, Wire& wire) {
    wire.reply(200, "<html>Please sign in</html>", {"Content-Type: text/html; charset=utf-8"});
  });
  Access access(server.host());
  CHECK(support::error_text([&] { access.puller.manifest("1.0"); }) ==
        "GET " + server.url("/v2/acme/app/manifests/1.0") +
            " gives no manifest but 'text/html': manifest is not JSON: error at line:column 1:1\n"
            "  fix: check that the host is a registry, and what a proxy in between does");
  CHECK(support::error_text([&] { access.puller.tags(); }) ==
        "GET " + server.url("/v2/acme/app/tags/list?n=1000").substr(0, server.url("/v2/acme/app/tags/list").size()) +
            "?… gives no tag list but 'text/html': tag list is not JSON: error at line:column 1:1\n"
            "  fix: check that the host is a registry, and what a proxy in between does");
}

TEST_CASE("an endless manifest is cut off") {
  HttpServer server([](const HttpRequest&, Wire& wire) {
    wire.send("HTTP/1.1 200 OK\r\n" + manifest_type + "\r\nTransfer-Encoding: chunked\r\n\r\n");
    std::string chunk = "100000\r\n" + std::string(1 << 20, ' ') + "\r\n";
    while (wire.open()) wire.send(chunk);
  });
  Access access(server.host());
  CHECK(support::error_text([&] { access.puller.manifest("1.0"); }) ==
        "GET " + server.url("/v2/acme/app/manifests/1.0") + " answers with more than 8.0 MiB");
}

TEST_CASE("a manifest that says it has 1 GiB is not read") {
  std::atomic<std::size_t> sent = 0;
  HttpServer server([&](const HttpRequest&, Wire& wire) {
    wire.send("HTTP/1.1 200 OK\r\n" + manifest_type + "\r\nContent-Length: 1073741824\r\n\r\n");
    const std::string piece(1 << 20, ' ');
    for (; wire.open() && sent < (std::size_t{1} << 30); sent += piece.size()) wire.send(piece);
  });
  Access access(server.host());
  CHECK(support::error_text([&] { access.puller.manifest("1.0"); }) ==
        "GET " + server.url("/v2/acme/app/manifests/1.0") + " answers with more than 8.0 MiB");
  CHECK(sent < std::size_t{64} << 20);
  // A descriptor that says so is enough to refuse it.
  auto child = layer_of("x");
  child.size = std::uint64_t{1} << 30;
  auto asked = server.requests().size();
  CHECK(support::error_text([&] { access.puller.document(child); }) ==
        "manifest " + child.digest.text() + " has 1.0 GiB, at most 8.0 MiB are read");
  CHECK(server.requests().size() == asked);
}

TEST_CASE("a manifest whose answer is reset at any byte, headers included, is asked for again") {
  const std::string bytes = R"({"schemaVersion":2})";
  const std::string answer = "HTTP/1.1 200 OK\r\n" + manifest_type +
                             "\r\nContent-Length: " + std::to_string(bytes.size()) + "\r\n\r\n" + bytes;
  for (std::size_t cut = 0; cut < answer.size(); ++cut) {
    CAPTURE(cut);
    std::atomic<int> count = 0;
    HttpServer server([&](const HttpRequest&, Wire& wire) {
      if (count++ > 0) return wire.send(answer);
      wire.send(std::string_view(answer).substr(0, cut));
      wire.reset();
    });
    Access access(server.host());
    CHECK(access.puller.manifest("1.0")->bytes == bytes);
    CHECK(count == 2);
  }
}

TEST_CASE("what may pass is tried again: statuses, resets, silence; Retry-After is obeyed") {
  std::atomic<int> count = 0;
  HttpServer server([&](const HttpRequest&, Wire& wire) {
    switch (count++) {
      case 0:
        return wire.reply(429, "slow down", {"Retry-After: 17"});
      case 1:
        return wire.reply(503);
      case 2:
        return wire.reset();
      case 3:
        return wire.close();
      case 4:
        return wire.reply(504);
    }
    wire.reply(200, manifest_bytes, {manifest_type});
  });
  Access access(server.host());
  CHECK(access.puller.manifest("1.0"));
  // The reset of a connection that was in use before is libcurl's to deal with: at once, on a new one.
  CHECK(access.clock.delays() == std::vector<int>{17000, 750, 1500, 3000});
  REQUIRE(access.log.size() == 4);
  CHECK(access.log[0] ==
        "GET " + server.url("/v2/acme/app/manifests/1.0") + ": 429, 'slow down'; trying again in 17.0 s");
}

TEST_CASE("what stays broken is reported with the number of tries") {
  HttpServer server([](const HttpRequest&, Wire& wire) { wire.reply(503, "overloaded"); });
  Access access(server.host());
  CHECK(support::error_text([&] { access.puller.tags(); }) ==
        "GET " + server.url("/v2/acme/app/tags/list") + "?…: 503, 'overloaded'\n  after 6 tries");
}

TEST_CASE("HEAD is tried again for 429, and not turned into GET") {
  std::atomic<int> count = 0;
  HttpServer server([&](const HttpRequest&, Wire& wire) {
    if (count++ == 0) return wire.send("HTTP/1.1 429 X\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n");
    wire.send("HTTP/1.1 200 X\r\nContent-Length: 19\r\n" + manifest_type + "\r\n" + digest_header(manifest_bytes) +
              "\r\n\r\n");
  });
  Access access(server.host());
  CHECK(access.puller.resolve("1.0"));
  CHECK(server.request_lines() ==
        std::vector<std::string>{"HEAD /v2/acme/app/manifests/1.0", "HEAD /v2/acme/app/manifests/1.0"});
  CHECK(access.clock.delays() == std::vector<int>{3000});
}

TEST_CASE("a blob goes on where it was reset, at every byte") {
  const std::string bytes = noise(200);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    CAPTURE(cut);
    std::atomic<int> count = 0;
    HttpServer server([&](const HttpRequest& request, Wire& wire) {
      reply_range(request, wire, bytes, count++ == 0 ? cut : bytes.size());
    });
    Access access(server.host());
    CHECK(pulled(access, layer_of(bytes)) == bytes);
    auto requests = server.requests();
    REQUIRE(requests.size() == 2);
    // A reset may overtake bytes that are still on their way.
    if (!requests[1].header("range").empty()) CHECK(std::stoul(requests[1].header("range").substr(6)) <= cut);
  }
}

TEST_CASE("a blob of many breaks comes whole, as long as each try gets somewhere") {
  const std::string bytes = noise(1'000'000);
  HttpServer server([&](const HttpRequest& request, Wire& wire) {
    std::size_t begin = request.header("range").empty() ? 0 : std::stoul(request.header("range").substr(6));
    std::string range = "Content-Range: bytes " + std::to_string(begin) + "-999999/1000000\r\n";
    wire.send("HTTP/1.1 " + std::string(begin ? "206" : "200") + " X\r\n" + (begin ? range : "") +
              "Content-Length: " + std::to_string(bytes.size() - begin) + "\r\n\r\n" + bytes.substr(begin, 60'000));
    wire.close();
  });
  Access access(server.host());
  CHECK(pulled(access, layer_of(bytes)) == bytes);
  CHECK(server.requests().size() == 17);
}

TEST_CASE("a registry that ignores Range is read from the front, what came already is skipped") {
  const std::string bytes = noise(100'000);
  std::atomic<int> count = 0;
  HttpServer server([&](const HttpRequest&, Wire& wire) {
    wire.send("HTTP/1.1 200 X\r\nContent-Length: 100000\r\n\r\n" + bytes.substr(0, count++ == 0 ? 50'000 : 100'000));
    if (count == 1) wire.close();
  });
  Access access(server.host());
  CHECK(pulled(access, layer_of(bytes)) == bytes);
}

TEST_CASE("a blob that ends early without a length goes on, too") {
  const std::string bytes = noise(1000);
  HttpServer server([&](const HttpRequest& request, Wire& wire) {
    if (!request.header("range").empty()) return reply_range(request, wire, bytes, 1000);
    wire.send("HTTP/1.1 200 X\r\nConnection: close\r\n\r\n" + bytes.substr(0, 400));
    wire.close();
  });
  Access access(server.host());
  CHECK(pulled(access, layer_of(bytes)) == bytes);
}

TEST_CASE("a blob that is not what its descriptor says is refused") {
  const std::string bytes = noise(1000);
  auto descriptor = layer_of(bytes);
  const std::string name = "blob " + descriptor.digest.text();
  struct Row {
    std::string response, error;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"HTTP/1.1 200 X\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x'),
            name + " has digest " + base::sha256(std::string(1000, 'x')).text() +
                "\n  fix: push the image again: what the registry keeps is damaged"},
           {"HTTP/1.1 200 X\r\nContent-Length: 999\r\n\r\n" + bytes.substr(0, 999),
            name + ": the registry announces 999 bytes, its descriptor says 1000"},
           {"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n" + bytes + "x",
            name + " is longer than the 1000 bytes its descriptor says"},
           {"HTTP/1.1 206 X\r\nContent-Range: bytes 5-999/1000\r\nContent-Length: 995\r\n\r\n" + bytes.substr(5),
            name + ": the registry sends range 'bytes 5-999/1000', 'bytes 0-' was asked for"}}) {
    CAPTURE(row.error);
    HttpServer server([&](const HttpRequest&, Wire& wire) {
      wire.send(row.response);
      wire.close();
    });
    Access access(server.host());
    CHECK(support::error_text([&] { pulled(access, descriptor); }) == row.error);
    CHECK(server.requests().size() == 1);  // more tries would not make it better
  }
}

TEST_CASE("an empty blob is a blob") {
  HttpServer server([](const HttpRequest&, Wire& wire) { wire.reply(200); });
  Access access(server.host());
  CHECK(pulled(access, layer_of("")).empty());
}

TEST_CASE("content that the descriptor carries is not asked for") {
  HttpServer server([](const HttpRequest&, Wire& wire) { wire.reply(404); });
  Access access(server.host());
  CHECK(access.puller.blob_bytes(oci::empty_descriptor(), 100) == "{}");
  CHECK(server.requests().empty());
}

TEST_CASE("storage that a blob is redirected to does not see the credentials") {
  const std::string bytes = noise(1000);
  HttpServer storage([&](const HttpRequest&, Wire& wire) { wire.reply(200, bytes); });
  HttpServer server([&](const HttpRequest& request, Wire& wire) {
    if (request.header("authorization").empty()) return wire.reply(401, "", {"WWW-Authenticate: Basic realm=\"x\""});
    wire.reply(307, "", {"Location: " + storage.url("/key?signature=abc")});
  });
  Access access(server.host(), {.username = "ann", .password = "secret-word"});
  CHECK(pulled(access, layer_of(bytes)) == bytes);
  REQUIRE(storage.requests().size() == 1);
  CHECK(storage.requests()[0].header("authorization").empty());
  CHECK(server.requests()[1].header("authorization") == "Basic " + base::to_base64("ann:secret-word"));
}

TEST_CASE("storage that a blob is redirected to asks for the registry's login in vain") {
  HttpServer thief([](const HttpRequest&, Wire& wire) { wire.reply(200, R"({"token":"t"})"); });
  HttpServer storage([&](const HttpRequest&, Wire& wire) {
    wire.reply(401, "", {"WWW-Authenticate: Bearer realm=\"" + thief.url("/token") + "\""});
  });
  HttpServer server([&](const HttpRequest&, Wire& wire) { wire.reply(307, "", {"Location: " + storage.url("/key")}); });
  Access access(server.host(), {.username = "ann", .password = "secret-word"});
  CHECK(support::error_text([&] { pulled(access, layer_of("x")); }).find("401") != std::string::npos);
  CHECK(thief.requests().empty());
}

TEST_CASE("redirects in a circle end") {
  HttpServer server(
      [](const HttpRequest& request, Wire& wire) { wire.reply(302, "", {"Location: " + request.target + "x"}); });
  Access access(server.host());
  auto error = support::error_text([&] { pulled(access, layer_of("x")); });
  CHECK(error.ends_with("is number 11 in a row"));
  CHECK(server.requests().size() == 11);
}

TEST_CASE("what the sink throws ends the transfer, and is not tried again") {
  HttpServer server([](const HttpRequest&, Wire& wire) { wire.reply(200, "x"); });
  Access access(server.host());
  auto full = [](auto) { throw base::Error(base::Kind::failed, "disk full"); };
  CHECK(support::error_text([&] { access.puller.blob(layer_of("x"), full); }) == "disk full");
  CHECK(server.requests().size() == 1);
}

TEST_CASE("tags come page by page, from the same registry only, and not in circles") {
  HttpServer server([](const HttpRequest& request, Wire& wire) {
    if (request.target == "/v2/acme/app/tags/list?n=1000")
      return wire.reply(200, R"({"tags":["a","b","not a tag","../x"]})",
                        {"Link: </v2/acme/app/tags/list?n=1000&last=b>; rel=\"next\""});
    wire.reply(200, R"({"tags":["c"]})");
  });
  Access access(server.host());
  CHECK(access.puller.tags() == std::vector<std::string>{"a", "b", "c"});

  HttpServer astray([](const HttpRequest&, Wire& wire) {
    wire.reply(200, R"({"tags":null})", {"Link: <https://169.254.169.254/v2/>; rel=\"next\""});
  });
  Access other(astray.host());
  CHECK(support::error_text([&] { other.puller.tags(); }) ==
        "registry '" + astray.host() +
            "' continues its list at 'https://169.254.169.254/v2/', "
            "on another host");
  HttpServer circle([](const HttpRequest& request, Wire& wire) {
    wire.reply(200, R"({"tags":["a"]})", {"Link: <" + request.target + ">; rel=\"next\""});
  });
  Access round(circle.host());
  CHECK(support::error_text([&] { round.puller.tags(); }) ==
        "the tag list of '" + circle.host() + "/acme/app' leads back to a page that was read already");
}

TEST_CASE("a warning of the registry is shown once") {
  HttpServer server([](const HttpRequest&, Wire& wire) {
    wire.reply(200, R"({"tags":[]})",
               {"Warning: 299 - \"this registry is going\x1b away\"", "Warning: 110 - \"stale\""});
  });
  Access access(server.host());
  access.puller.tags();
  access.puller.tags();
  CHECK(access.log ==
        std::vector<std::string>{"registry " + server.host() + " warns: 'this registry is going\\x1b away'"});
}

TEST_CASE("a stop ends a retry's wait and a transfer") {
  HttpServer server([](const HttpRequest&, Wire& wire) { wire.reply(503, "", {"Retry-After: 60"}); });
  Access access(server.host(), {}, {.clock = &http::system_clock()});
  std::stop_source stop;
  std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop.request_stop();
  });
  CHECK_THROWS_AS(access.puller.tags(stop.get_token()), base::Error);
}
