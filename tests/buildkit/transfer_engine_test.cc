#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "core/buildkit/build.h"
#include "core/buildkit/build_message.h"
#include "core/buildkit/layout_store.h"
#include "tests/buildkit/engine.h"
#include "tests/support/error_text.h"
#include "tests/support/process.h"
#include "tests/support/tree.h"

namespace fs = std::filesystem;

namespace {

/// Files, links, modes and times of the kinds that contexts have.
void make_context(const fs::path& root) {
  fs::create_directories(root / "src/deep");
  for (int i = 0; i < 200; i++) base::write_file(root / "src" / ("file" + std::to_string(i)), base::random_hex(100));
  base::write_file(root / "src/deep/script", "#!/bin/sh\n");
  ::chmod((root / "src/deep/script").c_str(), 0755);
  base::write_file(root / "src/big", std::string(3 << 20, 'x'));
  base::write_file(root / "empty", "");
  base::write_file(root / "\xc3\xa9t\xc3\xa9", "summer\n");
  ::link((root / "src/big").c_str(), (root / "src/same").c_str());
  fs::create_symlink("src/deep/script", root / "run");
  fs::create_symlink("/nowhere", root / "dangling");
  timespec times[2] = {{1000, 0}, {1234567890, 0}};
  ::utimensat(AT_FDCWD, (root / "src/deep").c_str(), times, 0);
}

llb::Output context(frontend::Gateway& gateway, const std::string& hint) {
  llb::LocalOptions options;
  options.session = gateway.session_id();
  options.shared_key_hint = hint;
  llb::Metadata metadata;
  metadata.name = "load the context";
  return llb::local("context", options, metadata);
}

buildkit::BuildResponse load(const buildkit::Connection& connection, buildkit::BuildRequest request,
                             const std::string& hint) {
  StatusLog log;
  return buildkit::build(connection, request,
                         [&](frontend::Gateway& gateway) { return result_of(gateway, context(gateway, hint), true); },
                         log, {});
}

}  // namespace

TEST_CASE("a context is sent whole once, and after that only what has changed") {
  for (const std::string& address : test_engines()) {
    CAPTURE(address);
    base::TemporaryDirectory root("context");
    make_context(root.path());
    buildkit::Connection connection(buildkit::Endpoint::parse(address));
    buildkit::BuildRequest request;
    request.directories = {{.name = "context", .root = root.path()}};
    request.shared_key = base::random_hex(8);

    auto first = load(connection, request, "context").session;
    CHECK(first.entries_listed == 209);
    CHECK(first.files_sent == 204);
    auto second = load(connection, request, "context").session;
    CHECK(second.entries_listed == 209);
    CHECK(second.files_sent == 0);
    base::write_file(root.path() / "src/file7", "changed");
    auto third = load(connection, request, "context").session;
    CHECK(third.files_sent == 1);
    CHECK(third.bytes_sent == 7);
  }
}

TEST_CASE("a context comes back from the local exporter as it went in") {
  for (const std::string& address : test_engines()) {
    CAPTURE(address);
    base::TemporaryDirectory root("context"), out("out");
    make_context(root.path());
    buildkit::Connection connection(buildkit::Endpoint::parse(address));
    buildkit::BuildRequest request;
    request.directories = {{.name = "context", .root = root.path()}};
    request.exports = {{.type = "local", .attributes = {}, .target = {.directory = out.path() / "new/tree"}}};
    load(connection, request, base::random_hex(4));
    auto sent = support::tree(root.path()), received = support::tree(out.path() / "new/tree");
    sent.erase(".");
    received.erase(".");
    CHECK(sent == received);
    // Once more, over what is there.
    load(connection, request, base::random_hex(4));
    auto again = support::tree(out.path() / "new/tree");
    again.erase(".");
    CHECK(sent == again);
  }
}

TEST_CASE("an image comes as an OCI archive that skopeo reads") {
  for (const std::string& address : test_engines()) {
    CAPTURE(address);
    base::TemporaryDirectory root("context"), out("out");
    make_context(root.path());
    buildkit::Connection connection(buildkit::Endpoint::parse(address));
    buildkit::BuildRequest request;
    request.directories = {{.name = "context", .root = root.path()}};
    base::Fd archive = base::create_file(out.path() / "image.tar"), tree = base::create_file(out.path() / "tree.tar");
    request.exports = {{.type = "oci", .attributes = {}, .target = {.fd = archive.get()}},
                       {.type = "tar", .attributes = {}, .target = {.fd = tree.get()}}};
    auto response = load(connection, request, base::random_hex(4));
    std::string inspected = support::run({"skopeo", "inspect", "oci-archive:" + (out.path() / "image.tar").string()});
    CHECK(inspected.find(response.image_digest().value().text()) != std::string::npos);
    CHECK(support::run({"tar", "-xOf", (out.path() / "tree.tar").string(), "src/file3"}) ==
          base::read_file(root.path() / "src/file3", 1000));
  }
}

TEST_CASE("a file that cannot be written to is the error of the build") {
  base::TemporaryDirectory root("context");
  make_context(root.path());
  for (const std::string& address : test_engines()) {
    CAPTURE(address);
    buildkit::Connection connection(buildkit::Endpoint::parse(address));
    buildkit::BuildRequest request;
    request.directories = {{.name = "context", .root = root.path()}};
    base::Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    request.exports = {{.type = "tar", .attributes = {}, .target = {.fd = full.get()}}};
    CHECK(support::error_text([&] { load(connection, request, base::random_hex(4)); }) ==
          "cannot write the export: No space left on device\n  while receiving what the build exports\n"
          "  fix: free some space on that file system, or use another one");
  }
}

TEST_CASE("a directory that the graph names and nobody offers is an error") {
  for (const std::string& address : test_engines()) {
    CAPTURE(address);
    buildkit::Connection connection(buildkit::Endpoint::parse(address));
    std::string text = support::error_text([&] { load(connection, {}, base::random_hex(4)); });
    CHECK(text.find("no local sources enabled") != std::string::npos);
    base::TemporaryDirectory other("other");
    buildkit::BuildRequest request;
    request.directories = {{.name = "other", .root = other.path()}};
    text = support::error_text([&] { load(connection, request, base::random_hex(4)); });
    CAPTURE(text);
    CHECK(text.find("no directory 'context' is offered") != std::string::npos);
  }
}

TEST_CASE("a secret reaches the step that mounts it, and one that is not there is told") {
  for (const std::string& address : test_engines()) {
    CAPTURE(address);
    buildkit::Connection connection(buildkit::Endpoint::parse(address));
    buildkit::BuildRequest request;
    request.secrets = {{"token", "s3cr3t"}};
    StatusLog log;
    auto step = [&](const char* id) {
      return [&, id](frontend::Gateway& gateway) {
        std::string script = "test $(cat /run/secret) = s3cr3t && echo it is right # " + base::random_hex(4);
        llb::Exec exec = shell(busybox(gateway), script, "read", {llb::secret_mount("/run/secret", id)});
        return result_of(gateway, exec.root(), true);
      };
    };
    buildkit::build(connection, request, step("token"), log, {});
    CHECK(log.text().find("it is right") != std::string::npos);
    std::string text = support::error_text([&] { buildkit::build(connection, request, step("other"), log, {}); });
    CHECK(text.find("secret other: not found") != std::string::npos);
  }
}

TEST_CASE("an image comes as an OCI layout, and serves as a base from there") {
  for (const std::string& address : test_engines()) {
    CAPTURE(address);
    base::TemporaryDirectory root("context"), out("out");
    make_context(root.path());
    buildkit::Connection connection(buildkit::Endpoint::parse(address));
    buildkit::BuildRequest request;
    request.directories = {{.name = "context", .root = root.path()}};
    request.exports = {
        {.type = "oci", .attributes = {{"tar", "false"}}, .target = {.directory = out.path() / "layout"}}};
    const std::string hint = base::random_hex(4);
    auto response = load(connection, request, hint);
    std::string inspected = support::run({"skopeo", "inspect", "oci:" + (out.path() / "layout").string()});
    CHECK(inspected.find(response.image_digest().value().text()) != std::string::npos);
    // The same again: most blobs are there already. The digest may be another: the history has times in it.
    CHECK(load(connection, request, hint).image_digest());

    buildkit::BuildRequest from_layout;
    from_layout.layouts = {{"base", std::make_shared<buildkit::LayoutStore>(out.path() / "layout")}};
    StatusLog log;
    buildkit::build(
        connection, from_layout,
        [&](frontend::Gateway& gateway) {
          llb::OciLayoutOptions options;
          options.session = gateway.session_id();
          options.store = "base";
          auto result =
              result_of(gateway, llb::oci_layout("store.test/base@" + response.image_digest()->text(), options), true);
          const auto& ref = result.images.begin()->second.ref;
          CHECK(gateway.read_file(ref, "src/file3", 1000) == base::read_file(root.path() / "src/file3", 1000));
          return result;
        },
        log, {});
  }
}

TEST_CASE("a cache in a directory spares the step of an earlier build") {
  for (const std::string& address : test_engines()) {
    CAPTURE(address);
    base::TemporaryDirectory cache("cache"), out("out");
    buildkit::Connection connection(buildkit::Endpoint::parse(address));
    std::string script = "head -c 1000 /dev/urandom > /random # " + base::random_hex(8);
    buildkit::BuildRequest request;
    std::string directory = (cache.path() / "layout").string();
    request.cache_imports = {{"local", {{"src", directory}}}};
    request.cache_exports = {{"local", {{"dest", directory}, {"mode", "max"}}}};
    StatusLog log;
    auto response = buildkit::build(
        connection, request,
        [&](frontend::Gateway& gateway) { return result_of(gateway, shell(busybox(gateway), script, "roll").root()); },
        log, {});
    CHECK(response.exporter.contains("cache.manifest"));
    CHECK(fs::exists(cache.path() / "layout/index.json"));
    CHECK(!buildkit::resolved_imports(request).front().attributes.at("digest").empty());
    StatusLog again;
    buildkit::build(
        connection, request,
        [&](frontend::Gateway& gateway) { return result_of(gateway, shell(busybox(gateway), script, "roll").root()); },
        again, {});
    CHECK(again.cached("roll"));
  }
}
