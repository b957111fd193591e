// What a check asks for, how often, and what it does when a registry behaves badly.
#include <doctest/doctest.h>

#include <algorithm>
#include <mutex>
#include <thread>

#include "check/modes.h"
#include "tests/check/fixture.h"
#include "tests/support/http_server.h"

namespace {

using support::FakeClock;
using support::HttpRequest;
using support::HttpServer;
using support::Wire;

std::string digest_of(const std::string& letter) { return base::sha256(letter).text(); }

/// A registry that knows nothing but tags, pages of 1,000.
class TagServer {
 public:
  explicit TagServer(std::map<std::string, std::string> letters)
      : letters_(std::move(letters)),
        server_([this](const HttpRequest& request, Wire& wire) { answer(request, wire); }) {}

  std::string repository() const { return server_.host() + "/acme/app"; }
  std::string host() const { return server_.host(); }
  /// How many requests there were since this was asked last.
  std::size_t requests() {
    auto all = server_.request_lines().size();
    return all - std::exchange(asked_, all);
  }
  int most_at_once() const { return server_.most_at_once(); }
  void set(const std::string& tag, const std::string& letter) {
    std::lock_guard lock(mutex_);
    letters_[tag] = letter;
  }
  void await_company() { await_company_ = true; }
  /// Told of each request before it is answered.
  std::function<void(const HttpRequest&)> on_request = [](const HttpRequest&) {};

 private:
  void answer(const HttpRequest& request, Wire& wire) {
    on_request(request);
    // Until it was seen that two versions are asked for at once, the first waits for the second.
    if (await_company_ && request.method == "HEAD" && !request.path().ends_with("/latest"))
      for (int tries = 0; tries < 2000 && server_.most_at_once() < 2; ++tries)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::lock_guard lock(mutex_);
    if (request.path().ends_with("/tags/list")) return list(request, wire);
    auto reference = request.path().substr(request.path().rfind('/') + 1);
    auto found = letters_.find(reference);
    if (found == letters_.end()) return wire.reply(404);
    // A HEAD: the length is that of the manifest, which does not come.
    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\nContent-Type: " + std::string(oci::media_type::manifest) +
              "\r\nDocker-Content-Digest: " + digest_of(found->second) + "\r\n\r\n");
  }
  void list(const HttpRequest& request, Wire& wire) {
    auto last = request.target.find("last=");
    auto begin = last == std::string::npos ? letters_.begin() : letters_.upper_bound(request.target.substr(last + 5));
    json::Ordered tags = json::Ordered::array();
    std::string at;
    for (; begin != letters_.end() && tags.size() < 1000; ++begin) tags.push_back(at = begin->first);
    std::vector<std::string> headers{"Content-Type: application/json"};
    if (begin != letters_.end())
      headers.push_back("Link: </v2/acme/app/tags/list?n=1000&last=" + at + ">; rel=\"next\"");
    wire.reply(200, json::Ordered{{"name", "acme/app"}, {"tags", tags}}.dump(), headers);
  }

  std::mutex mutex_;
  std::map<std::string, std::string> letters_;
  std::size_t asked_ = 0;
  std::atomic<bool> await_company_ = false;
  HttpServer server_;
};

std::map<std::string, std::string> two_thousand_tags() {
  std::map<std::string, std::string> out{{"latest", "1.19.99"}};
  for (int minor = 0; minor < 20; ++minor)
    for (int patch = minor == 0; patch < 100; ++patch) {
      auto tag = "1." + std::to_string(minor) + "." + std::to_string(patch);
      out[tag] = tag;
    }
  return out;
}

TEST_CASE("a repository of 2,000 tags costs under five requests the second time") {
  support::OwnCache cache;
  TagServer server(two_thousand_tags());
  server.await_company();
  const json::Ordered source{{"repository", server.repository()}};
  auto first = support::check(source);
  CHECK(support::tags_of(first).size() == 1999);
  CHECK(server.requests() == 1999 + 1 + 2);  // "latest", and two pages of tags
  // Several at once, and not all of them.
  CHECK(server.most_at_once() > 1);
  CHECK(server.most_at_once() <= 16);

  SUBCASE("in the same container, whatever is known") {
    CHECK(support::check(source) == first);
    CHECK(server.requests() == 4);
  }
  SUBCASE("in a fresh container, by what Concourse knows") {
    support::OwnCache fresh;
    json::Ordered known{{"tag", "1.19.99"}, {"digest", digest_of("1.19.99")}};
    CHECK(support::check(source, known) == support::reply_of({{"1.19.99", digest_of("1.19.99")}}));
    CHECK(server.requests() == 4);
  }
  SUBCASE("and a new version one more") {
    server.set("1.20.0", "new");
    server.set("latest", "new");
    json::Ordered known{{"tag", "1.19.99"}, {"digest", digest_of("1.19.99")}};
    CHECK(support::check(source, known) ==
          support::reply_of({{"1.19.99", digest_of("1.19.99")}, {"1.20.0", digest_of("new")}}));
    CHECK(server.requests() == 6);  // a page more as well
  }
  SUBCASE("a newest version that has moved makes everything doubtful") {
    server.set("1.19.99", "moved");
    server.set("1.0.0", "moved too");
    auto again = support::check(source);
    CHECK(again.find(digest_of("moved")) != std::string::npos);
    CHECK(again.find(digest_of("moved too")) != std::string::npos);
  }
}

TEST_CASE("a page of tags that has not changed is not sent again") {
  support::OwnCache cache;
  std::mutex mutex;
  std::string tags = R"(["1.0.0"])", mark = "\"first\"";
  std::vector<std::string> lists;  // what was answered
  HttpServer server([&](const HttpRequest& request, Wire& wire) {
    std::lock_guard lock(mutex);
    if (!request.path().ends_with("/tags/list"))
      return wire.send(
          "HTTP/1.1 200 OK\r\nContent-Length: 500\r\nContent-Type: " + std::string(oci::media_type::manifest) +
          "\r\nDocker-Content-Digest: " + digest_of(request.target) + "\r\n\r\n");
    bool known = request.header("if-none-match") == mark;
    lists.push_back(known ? "not changed" : "sent");
    if (known) return wire.send("HTTP/1.1 304 Not Modified\r\nETag: " + mark + "\r\n\r\n");
    wire.reply(200, R"({"name":"acme/app","tags":)" + tags + "}", {"Content-Type: application/json", "ETag: " + mark});
  });
  const json::Ordered source{{"repository", server.host() + "/acme/app"}};
  auto first = support::check(source);
  // "latest" has a digest of its own here.
  CHECK(support::tags_of(first) == std::vector<std::string>{"1.0.0", "latest"});
  CHECK(support::check(source) == first);
  {
    std::lock_guard lock(mutex);
    tags = R"(["1.0.0", "1.1.0"])", mark = "W/\"second\"";
  }
  CHECK(support::tags_of(support::check(source)) == std::vector<std::string>{"1.0.0", "1.1.0", "latest"});
  CHECK(support::tags_of(support::check(source)).size() == 3);
  CHECK(lists == std::vector<std::string>{"sent", "not changed", "sent", "not changed"});
}

TEST_CASE("a push that moves latest first is not mistaken for news") {
  support::OwnCache cache;
  TagServer server({{"1.0.0", "a"}, {"latest", "b"}});
  support::Access access(server.host());
  check::Memory memory({});
  check::Lookup lookup(access.puller, memory, std::nullopt, [](std::string_view) {}, {});
  resource::Source source;
  const resource::Version known{"1.0.0", digest_of("a")};
  struct PushingClock : FakeClock {
    void sleep(std::chrono::milliseconds delay, std::stop_token stop) override {
      FakeClock::sleep(delay, stop);
      meanwhile();
    }
    std::function<void()> meanwhile = [] {};
  } clock;

  SUBCASE("the version's tag comes a moment later") {
    clock.meanwhile = [&] { server.set("1.1.0", "b"); };
    CHECK(check::semver_versions(lookup, source, known, clock) == check::Versions{known, {"1.1.0", digest_of("b")}});
  }
  SUBCASE("none comes: latest is meant as it is") {
    CHECK(check::semver_versions(lookup, source, known, clock) == check::Versions{known, {"latest", digest_of("b")}});
  }
}

TEST_CASE("a push in the right order is never seen half-way") {
  support::OwnCache cache;
  TagServer server({{"1.0.0", "a"}, {"latest", "a"}});
  // Between the first request and the list, somebody pushes a version and moves latest.
  std::once_flag once;
  server.on_request = [&](const HttpRequest& request) {
    if (request.path().ends_with("/tags/list"))
      std::call_once(once, [&] {
        server.set("1.1.0", "b");
        server.set("latest", "b");
      });
  };
  CHECK(support::check({{"repository", server.repository()}}) ==
        support::reply_of({{"1.0.0", digest_of("a")}, {"1.1.0", digest_of("b")}}));
}

TEST_CASE("a check goes on after what passes") {
  support::OwnCache cache;
  const std::string bytes = R"({"schemaVersion":2})";
  for (int status : {429, 500, 502, 503, 504}) {
    CAPTURE(status);
    std::atomic<int> left = 2;
    HttpServer server([&](const HttpRequest& request, Wire& wire) {
      if (left-- > 0) return wire.reply(status, "", {"Retry-After: 0"});
      wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes.size()) + "\r\nContent-Type: " +
                std::string(oci::media_type::manifest) + "\r\nDocker-Content-Digest: " + base::sha256(bytes).text() +
                "\r\n\r\n" + (request.method == "HEAD" ? "" : bytes));
    });
    support::Access access(server.host());
    CHECK(access.puller.resolve("latest")->digest == base::sha256(bytes));
  }
}

TEST_CASE("a registry that leaves the digest out, or empty, is asked for the manifest") {
  support::OwnCache cache;
  const std::string bytes = R"({"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json",)"
                            R"("digest":"sha256:)" +
                            std::string(64, '1') + R"(","size":2},"layers":[]})";
  for (const char* header : {"X-Nothing: here", "Docker-Content-Digest: ", "Docker-Content-Digest: sha256:12"}) {
    CAPTURE(header);
    HttpServer server([&](const HttpRequest& request, Wire& wire) {
      std::vector<std::string> headers{"Content-Type: " + std::string(oci::media_type::manifest), header};
      if (request.method == "HEAD")
        return wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes.size()) + "\r\n" + headers[0] +
                         "\r\n" + headers[1] + "\r\n\r\n");
      wire.reply(200, bytes, headers);
    });
    CHECK(support::check({{"repository", server.host() + "/acme/app"}, {"tag", "latest"}}) ==
          support::reply_of({{"latest", base::sha256(bytes).text()}}));
  }
}

TEST_CASE("a mirror is asked first, and left alone when it fails") {
  support::OwnCache cache;
  TagServer origin({{"1.0.0", "a"}, {"1.2.1", "b"}, {"2.0.0", "c"}}),
      mirror({{"1.0.0", "a"}, {"1.2.1", "b"}, {"2.0.0", "c"}});
  TagServer empty({});
  HttpServer broken([](const HttpRequest&, Wire& wire) { wire.reply(500, "no"); });
  auto versions = [&](const std::string& origin_host, const std::string& mirror_host) {
    support::Access from(origin_host), instead(mirror_host);
    registry::Puller puller(from.endpoint, instead.endpoint);
    check::Memory memory({});
    check::Lookup lookup(puller, memory, std::nullopt, [](std::string_view) {}, {});
    FakeClock clock;
    auto found = check::semver_versions(lookup, {}, std::nullopt, clock);
    std::vector<std::string> tags;
    for (const auto& version : found) tags.push_back(version.tag);
    return tags;
  };
  const std::vector<std::string> all{"1.0.0", "1.2.1", "2.0.0"};
  CHECK(versions(broken.host(), mirror.host()) == all);
  CHECK(versions(origin.host(), broken.host()) == all);
  CHECK(versions(origin.host(), empty.host()) == all);
  origin.requests();
  CHECK(versions(origin.host(), mirror.host()) == all);
  CHECK(origin.requests() == 1);  // "latest", which the mirror lacks
}

}  // namespace
