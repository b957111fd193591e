// The transport against a server that breaks on purpose.
#include "core/http/curl.h"

#include <doctest/doctest.h>

#include <thread>

#include "core/base/temporary_directory.h"
#include "tests/support/error_text.h"
#include "tests/support/http_server.h"

namespace {

using http::Curl;
using http::CurlOptions;
using std::chrono::milliseconds;
using support::HttpRequest;
using support::HttpServer;
using support::Wire;

std::string text(std::span<const std::byte> data) { return {reinterpret_cast<const char*>(data.data()), data.size()}; }

/// A short-tempered transport, so that nobody waits for a minute.
CurlOptions impatient() {
  return {.connect_timeout = milliseconds(2000),
          .stall_timeout = milliseconds(300),
          .small_body_timeout = milliseconds(1000)};
}

http::Error failure(Curl& curl, const http::Request& request) {
  try {
    curl.send(request);
  } catch (const http::Error& error) {
    return error;
  }
  return {base::Kind::failed, http::Cause::status, "no error"};
}

}  // namespace

TEST_CASE("a response comes with status, headers and body; the connection is used again") {
  HttpServer server([](const HttpRequest& request, Wire& wire) {
    wire.reply(request.target == "/missing" ? 404 : 200, "hello", {"X-Thing: one", "x-thing: two"});
  });
  Curl curl;
  auto response = curl.send({.url = server.url("/a?b"), .headers = {{"X-Mine", "1"}, {"X-Empty", ""}}});
  CHECK(response.status == 200);
  CHECK(response.body == "hello");
  CHECK(response.content_length() == 5);
  CHECK(response.headers.all("X-THING") == std::vector<std::string>{"one", "two"});
  CHECK(curl.send({.url = server.url("/missing")}).status == 404);
  CHECK(curl.send({.method = "HEAD", .url = server.url("/missing")}).body.empty());
  auto request = server.requests()[0];
  CHECK(request.target == "/a?b");
  CHECK(request.header("x-mine") == "1");
  CHECK(request.headers.count("x-empty") == 1);
  CHECK(request.header("user-agent") == "estaleiro/" ESTALEIRO_VERSION);
}

TEST_CASE("one connection serves requests that follow each other") {
  HttpServer server([](const HttpRequest&, Wire& wire) { wire.reply(200, "x"); });
  Curl curl;
  for (int i = 0; i < 10; ++i) curl.send({.url = server.url()});
  CHECK(server.connections() == 1);
}

TEST_CASE("so many requests at once and no more") {
  HttpServer server([](const HttpRequest&, Wire& wire) {
    std::this_thread::sleep_for(milliseconds(20));
    wire.reply(200, "x");
  });
  Curl curl({.max_per_host = 3});
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) threads.emplace_back([&] { curl.send({.url = server.url()}); });
  for (auto& thread : threads) thread.join();
  CHECK(server.most_at_once() == 3);
  CHECK(server.connections() == 3);
}

TEST_CASE("a body goes up with its length, or in chunks when that is unknown") {
  struct Unsized : http::BytesSource {
    using http::BytesSource::BytesSource;
    std::optional<std::uint64_t> size() const override { return std::nullopt; }
  };
  HttpServer server([](const HttpRequest&, Wire& wire) { wire.reply(201); });
  Curl curl;
  std::string content(300'000, 'x');
  http::BytesSource sized(content);
  Unsized unsized(content);
  http::BytesSource empty("");
  curl.send({.method = "PUT", .url = server.url(), .body = &sized});
  curl.send({.method = "PATCH", .url = server.url(), .body = &unsized});
  curl.send({.method = "PUT", .url = server.url(), .body = &empty});
  curl.send({.method = "POST", .url = server.url()});
  auto requests = server.requests();
  CHECK(requests[0].header("content-length") == "300000");
  CHECK(requests[0].body == content);
  CHECK(requests[1].header("transfer-encoding") == "chunked");
  CHECK(requests[1].body == content);
  CHECK(requests[2].header("content-length") == "0");
  CHECK(requests[3].method == "POST");
  CHECK(requests[3].header("content-length") == "0");
  CHECK(requests[3].headers.count("content-type") == 0);
}

TEST_CASE("a sink gets the body of success only, after on_start") {
  HttpServer server(
      [](const HttpRequest& request, Wire& wire) { wire.reply(request.target == "/good" ? 200 : 503, "body"); });
  Curl curl;
  std::string got;
  int started = 0;
  http::Request request{.url = server.url("/good"),
                        .sink = [&](auto data) { got += text(data); },
                        .on_start = [&](const http::Response& response) { started += response.status; }};
  CHECK(curl.send(request).body.empty());
  CHECK(got == "body");
  request.url = server.url("/bad");
  CHECK(curl.send(request).body == "body");
  CHECK(got == "body");
  CHECK(started == 200);
}

TEST_CASE("what a sink, a source or on_start throws comes out as it is") {
  struct Broken : http::BytesSource {
    using http::BytesSource::BytesSource;
    std::size_t read(std::span<std::byte>) override { throw base::Error(base::Kind::corrupt, "disk gone"); }
  };
  HttpServer server([](const HttpRequest&, Wire& wire) { wire.reply(200, "body"); });
  Curl curl;
  auto full = [](auto) { throw base::Error(base::Kind::failed, "disk full"); };
  CHECK(support::error_text([&] { curl.send({.url = server.url(), .sink = full}); }) == "disk full");
  auto refuse = [](const http::Response&) { throw base::Error(base::Kind::corrupt, "wrong length"); };
  CHECK(support::error_text([&] { curl.send({.url = server.url(), .on_start = refuse}); }) == "wrong length");
  Broken source("x");
  CHECK(support::error_text([&] { curl.send({.method = "PUT", .url = server.url(), .body = &source}); }) ==
        "disk gone");
}

TEST_CASE("each way to break is told apart, and whether it may pass") {
  struct Row {
    const char* name;
    std::function<void(Wire&)> answer;
    http::Cause cause;
    bool temporary;
    const char* text;
  };
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
  for (const Row& row : std::initializer_list<Row>{
           {"closed at once", [](Wire& wire) { wire.close(); }, http::Cause::broken, true,
            "the connection was closed without an answer"},
           {"reset at once", [](Wire& wire) { wire.reset(); }, http::Cause::broken, true, "the connection broke"},
           {"closed in the body",
            [&](Wire& wire) {
              wire.send(head + "half");
              wire.close();
            },
            http::Cause::broken, true, "the answer ended early"},
           {"a chunk missing",
            [](Wire& wire) {
              wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
              wire.close();
            },
            http::Cause::broken, true, "the answer ended early"},
           {"not HTTP",
            [](Wire& wire) {
              wire.send("220 smtp ready\r\n");
              wire.close();
            },
            http::Cause::not_http, false, nullptr},
           {"silence after the head",
            [&](Wire& wire) { wire.send(head), std::this_thread::sleep_for(milliseconds(1500)); }, http::Cause::timeout,
            true, "the other side has been silent for too long"},
           {"one byte at a time",
            [](Wire& wire) {
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
              for (int i = 0; i < 30 && wire.open(); ++i) {
                wire.send("x");
                std::this_thread::sleep_for(milliseconds(60));
              }
              wire.close();
            },
            http::Cause::timeout, true, "the other side has been silent for too long"},
       }) {
    CAPTURE(row.name);
    HttpServer server([&](const HttpRequest&, Wire& wire) { row.answer(wire); });
    Curl curl(impatient());
    auto error = failure(curl, {.url = server.url("/x?secret=1")});
    CHECK(error.kind() == base::Kind::unavailable);
    CHECK(error.cause() == row.cause);
    CHECK(error.temporary() == row.temporary);
    std::string wanted = row.text ? row.text : "'" + server.host() + "' does not answer in HTTP";
    CHECK(error.text() == "GET " + server.url("/x") + "?…: " + wanted);
  }
}

TEST_CASE("nobody listening, and a name nobody knows, are told apart, each time they are tried") {
  Curl curl(impatient());
  int port = HttpServer([](const HttpRequest&, Wire&) {}).port();
  for (const char* time : {"first", "second"}) {
    CAPTURE(time);
    auto refused = failure(curl, {.url = "http://127.0.0.1:" + std::to_string(port) + "/"});
    CHECK(refused.cause() == http::Cause::connect);
    CHECK(refused.text() == "GET http://127.0.0.1:" + std::to_string(port) +
                                "/: cannot connect to '127.0.0.1:" + std::to_string(port) + "': Connection refused");
    auto unknown = failure(curl, {.url = "http://no-such-host.invalid/"});
    CHECK(unknown.cause() == http::Cause::resolve);
    CHECK(unknown.text() == "GET http://no-such-host.invalid/: no address is known for host 'no-such-host.invalid'");
  }
}

TEST_CASE("a drip is fine for a transfer with a sink, as long as it goes on") {
  HttpServer server([](const HttpRequest&, Wire& wire) {
    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n");
    for (int i = 0; i < 20; ++i) {
      wire.send("x");
      std::this_thread::sleep_for(milliseconds(60));
    }
  });
  Curl curl(impatient());
  std::size_t got = 0;
  curl.send({.url = server.url(), .sink = [&](auto data) { got += data.size(); }});
  CHECK(got == 20);
}

TEST_CASE("a slow sink does not count as a stall") {
  HttpServer server([](const HttpRequest&, Wire& wire) { wire.reply(200, std::string(200'000, 'x')); });
  Curl curl(impatient());
  std::size_t got = 0;
  int calls = 0;
  curl.send({.url = server.url(), .sink = [&](auto data) {
               if (++calls <= 3) std::this_thread::sleep_for(milliseconds(400));
               got += data.size();
             }});
  CHECK(got == 200'000);
}

TEST_CASE("bodies are bounded: too much of success is an error, of an error it is cut off") {
  HttpServer server([](const HttpRequest& request, Wire& wire) {
    wire.send("HTTP/1.1 " + request.target.substr(1) + " X\r\nTransfer-Encoding: chunked\r\n\r\n");
    std::string chunk = "10000\r\n" + std::string(65536, 'x') + "\r\n";
    while (wire.open()) wire.send(chunk);  // for ever
  });
  Curl curl;
  auto error = failure(curl, {.url = server.url("/200"), .max_body_bytes = 100'000});
  CHECK(error.kind() == base::Kind::corrupt);
  CHECK(error.text() == "GET " + server.url("/200") + " answers with more than 97.7 KiB");
  auto response = curl.send({.url = server.url("/500"), .max_body_bytes = 100'000});
  CHECK(response.status == 500);
  CHECK(response.body.size() == 100'000);
}

TEST_CASE("headers are bounded") {
  HttpServer server([](const HttpRequest&, Wire& wire) {
    wire.send("HTTP/1.1 200 OK\r\n");
    while (wire.open()) wire.send("X-A: " + std::string(1000, 'x') + "\r\n");
  });
  Curl curl;
  auto error = failure(curl, {.url = server.url()});
  CHECK(error.cause() == http::Cause::protocol);
}

TEST_CASE("a transfer stops soon after it is told to, wherever it is") {
  HttpServer server([](const HttpRequest& request, Wire& wire) {
    if (request.target == "/body") wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx");
    std::this_thread::sleep_for(milliseconds(700));
  });
  Curl curl;
  for (const char* path : {"/silent", "/body"}) {
    CAPTURE(path);
    std::stop_source stop;
    std::chrono::steady_clock::time_point asked;
    std::jthread later([&] {
      std::this_thread::sleep_for(milliseconds(50));
      asked = std::chrono::steady_clock::now();
      stop.request_stop();
    });
    try {
      curl.send({.url = server.url(path)}, stop.get_token());
      FAIL("it was not stopped");
    } catch (const base::Error& error) {
      CHECK(error.kind() == base::Kind::cancelled);
      CHECK(std::chrono::steady_clock::now() - asked < milliseconds(200));
    }
  }
}

TEST_CASE("a header with a line break never leaves") {
  HttpServer server([](const HttpRequest&, Wire& wire) { wire.reply(200); });
  Curl curl;
  CHECK(support::error_text([&] {
          curl.send({.url = server.url(), .headers = {{"X", "a\r\nY: b"}}});
        }) == "header 'X' holds a line break");
  CHECK(server.requests().empty());
}

TEST_CASE("a proxy is used by the variables' rules") {
  HttpServer proxy([](const HttpRequest&, Wire& wire) { wire.reply(200, "from the proxy"); });
  Curl curl({.proxy = http::Proxy("http://" + proxy.host(), "", "direct.invalid")});
  CHECK(curl.send({.url = "http://registry.invalid/v2/"}).body == "from the proxy");
  CHECK(proxy.request_lines() == std::vector<std::string>{"GET http://registry.invalid/v2/"});
  CHECK(failure(curl, {.url = "http://direct.invalid/"}).cause() == http::Cause::resolve);
}

TEST_CASE("https through a proxy is a tunnel") {
  HttpServer proxy([](const HttpRequest&, Wire& wire) { wire.reply(403, "no"); });
  Curl curl({.proxy = http::Proxy("", "http://ann:secret@" + proxy.host(), "")});
  auto error = failure(curl, {.url = "https://registry.invalid/v2/"});
  CHECK(proxy.request_lines() == std::vector<std::string>{"CONNECT registry.invalid:443"});
  CHECK(error.text().find("/v2/: the proxy answers 403\n") != std::string::npos);
  CHECK(!error.temporary());
  CHECK(error.text().find("through proxy 'http://" + proxy.host() + "'") != std::string::npos);
  CHECK(error.text().find("secret") == std::string::npos);
}

TEST_CASE("certificates that are no PEM texts are refused when the transport is made") {
  CHECK(support::error_text([] { Curl curl({.ca_certs = {"MIIB"}}); }) ==
        "ca_certs[0] holds no certificate\n"
        "  fix: give the PEM text, from '-----BEGIN CERTIFICATE-----' to '-----END CERTIFICATE-----'");
  CHECK(support::error_text([] {
          Curl curl({.client_certificates = {{"h", "x", "y"}}});
        }) == "the client certificate for 'h' is no PEM text");
}
