// What refers to an image: by the API where there is one, by the fallback tag where not.
#include "core/registry/referrers.h"

#include <doctest/doctest.h>

#include <atomic>

#include <thread>

#include "core/json/decode.h"
#include "tests/registry/access.h"
#include "tests/support/docker_registry.h"
#include "tests/support/error_text.h"
#include "tests/support/http_server.h"

namespace {

using support::Access;
using support::HttpRequest;
using support::HttpServer;
using support::Wire;

/// An artifact that refers to `subject`.
oci::Document artifact(const oci::Descriptor& subject, const std::string& type, const std::string& note) {
  return oci::write(oci::Manifest{.media_type = std::string(oci::media_type::manifest),
                                  .artifact_type = type,
                                  .config = oci::empty_descriptor(),
                                  .layers = {oci::empty_descriptor()},
                                  .subject = subject,
                                  .annotations = {{"note", note}}});
}

const oci::Descriptor subject{
    .media_type = std::string(oci::media_type::manifest), .digest = base::sha256("the image"), .size = 9};

std::string index_of(const std::vector<oci::Descriptor>& list) {
  return oci::write(oci::Index{.media_type = std::string(oci::media_type::index), .manifests = list}).bytes;
}

const std::string index_type = "Content-Type: application/vnd.oci.image.index.v1+json";

}  // namespace

TEST_CASE("a registry without the API keeps referrers under the fallback tag") {
  auto& server = support::shared_registry();
  Access access(server.host(), {}, {}, {}, "own/referrers");
  access.pusher.blob(oci::empty_descriptor(), oci::empty_content);
  CHECK(access.puller.referrers(subject.digest).empty());
  auto bom = artifact(subject, "application/vnd.bom", "one"),
       signature = artifact(subject, "application/vnd.sig", "two");
  for (const auto& document : {bom, signature, bom}) access.pusher.manifest(document);

  auto all = access.puller.referrers(subject.digest);
  REQUIRE(all.size() == 2);
  CHECK(all[0].digest == bom.digest);
  CHECK(all[0].size == bom.bytes.size());
  CHECK(all[0].artifact_type == "application/vnd.bom");
  CHECK(all[0].annotations.at("note") == "one");
  CHECK(access.puller.referrers(subject.digest, "application/vnd.sig").size() == 1);
  auto tags = access.puller.tags();
  REQUIRE(tags.size() == 1);
  CHECK(tags[0] == registry::fallback_tag(subject.digest));
  CHECK(name::is_fallback_tag(tags[0]));
}

TEST_CASE("an entry of the fallback tag that has its config's type is taken for what its manifest says") {
  auto& server = support::shared_registry();
  Access access(server.host(), {}, {}, {}, "own/unclear");
  access.pusher.blob(oci::empty_descriptor(), oci::empty_content);
  auto signature = artifact(subject, "application/vnd.sig", "one"),
       bom = artifact(subject, "application/vnd.bom", "two");
  std::vector<oci::Descriptor> entries;
  for (const auto& document : {signature, bom}) {
    access.pusher.manifest(document);
    entries.push_back(document.descriptor());
    entries.back().artifact_type = std::string(oci::media_type::empty);
  }
  access.pusher.manifest(oci::Document::make(std::string(oci::media_type::index), index_of(entries)),
                         name::Tag::parse(registry::fallback_tag(subject.digest)));
  auto found = access.puller.referrers(subject.digest, "application/vnd.sig");
  REQUIRE(found.size() == 1);
  CHECK(found[0].digest == signature.digest);
}

TEST_CASE("writers at the same time lose nobody's entry") {
  auto& server = support::shared_registry();
  Access access(server.host(), {}, {.clock = &http::system_clock()}, {}, "own/writers");
  access.pusher.blob(oci::empty_descriptor(), oci::empty_content);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] { access.pusher.manifest(artifact(subject, "application/vnd.x", std::to_string(i))); });
  for (auto& thread : threads) thread.join();
  // A writer that read back before another overwrote it cannot know: what is promised is that most survive, and that a
  // second push repairs the rest.
  for (int i = 0; i < 4; ++i) access.pusher.manifest(artifact(subject, "application/vnd.x", std::to_string(i)));
  CHECK(access.puller.referrers(subject.digest).size() == 4);
}

TEST_CASE("what others wrote into the fallback tag stays as it was") {
  std::string stored =
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","their field":[1,2],"manifests":[]})";
  HttpServer server([&](const HttpRequest& request, Wire& wire) {
    if (request.method == "PUT" && request.target.find("sha256-") != std::string::npos) {
      CHECK(request.header("if-match") == "\"tag\"");
      stored = request.body;
    }
    if (request.method == "PUT") return wire.reply(201);
    wire.reply(200, stored, {index_type, "ETag: \"tag\""});
  });
  Access access(server.host());
  access.pusher.manifest(artifact(subject, "application/vnd.x", "a"));
  CHECK(stored.starts_with(
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","their field":[1,2],"manifests":[{)"));
}

TEST_CASE("a registry that keeps referrers itself is left to do so") {
  HttpServer server([](const HttpRequest& request, Wire& wire) {
    if (request.method == "PUT") return wire.reply(201, "", {"OCI-Subject: " + subject.digest.text()});
    wire.reply(500);
  });
  Access access(server.host());
  access.pusher.manifest(artifact(subject, "application/vnd.x", "a"));
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a fallback tag that holds an image is not overwritten") {
  HttpServer server([](const HttpRequest& request, Wire& wire) {
    if (request.method == "PUT") return wire.reply(201);
    wire.reply(200, R"({"schemaVersion":2})", {"Content-Type: application/vnd.oci.image.manifest.v1+json"});
  });
  Access access(server.host());
  CHECK(support::error_text([&] { access.pusher.manifest(artifact(subject, "application/vnd.x", "a")); }) ==
        "tag '" + registry::fallback_tag(subject.digest) + "' of '" + server.host() +
            "/acme/app' should hold the list of referrers and holds 'application/vnd.oci.image.manifest.v1+json'\n"
            "  fix: delete that tag, or find out who put it there");
}

TEST_CASE("the API is read page by page, and filtered whatever it says it filtered") {
  oci::Descriptor one = subject, two = subject;
  one.artifact_type = "a/one";
  two.artifact_type = "a/two";
  HttpServer server([&](const HttpRequest& request, Wire& wire) {
    if (request.target.find("page=2") == std::string::npos)
      return wire.reply(
          200, index_of({one}),
          {index_type, "Link: <" + request.path() + "?page=2>; rel=\"next\"", "OCI-Filters-Applied: artifactType"});
    wire.reply(200, index_of({two}), {index_type});
  });
  Access access(server.host());
  CHECK(access.puller.referrers(subject.digest).size() == 2);
  auto filtered = access.puller.referrers(subject.digest, "a/two");
  REQUIRE(filtered.size() == 1);
  CHECK(filtered[0].artifact_type == "a/two");
  CHECK(server.request_lines()[2] == "GET /v2/acme/app/referrers/" + subject.digest.text() + "?artifactType=a%2Ftwo");
}

TEST_CASE("pages without end come to an end") {
  std::atomic<int> page = 0;
  HttpServer server([&](const HttpRequest& request, Wire& wire) {
    const std::string link = "Link: <" + request.path() + "?last=" + std::to_string(++page) + ">; rel=\"next\"";
    if (request.path().ends_with("/tags/list")) return wire.reply(200, R"({"tags":[]})", {link});
    wire.reply(200, index_of({}), {index_type, link});
  });
  Access access(server.host());
  CHECK(support::error_text([&] { access.puller.referrers(subject.digest); }) ==
        "the list of referrers of " + subject.digest.text() + " does not end after 1000 pages");
  CHECK(support::error_text([&] { access.puller.tags(); }) ==
        "the tag list of '" + server.host() + "/acme/app' does not end after 4000 pages");
}

TEST_CASE("whatever else than an index answers means there is no API") {
  struct Row {
    int status;
    const char *type, *body;
  };
  for (const Row& row : std::initializer_list<Row>{{404, "text/plain", "404 page not found"},
                                                   {400, "application/json", "{}"},
                                                   {405, "text/plain", ""},
                                                   {406, "text/plain", ""},
                                                   {200, "text/html", "<html>"},
                                                   {200, "application/json", "{}"}}) {
    CAPTURE(row.status);
    HttpServer server([&](const HttpRequest& request, Wire& wire) {
      if (request.target.find("/referrers/") != std::string::npos)
        return wire.reply(row.status, row.body, {std::string("Content-Type: ") + row.type});
      wire.reply(200, index_of({subject}), {index_type});
    });
    Access access(server.host());
    CHECK(access.puller.referrers(subject.digest).size() == 1);
  }
}
