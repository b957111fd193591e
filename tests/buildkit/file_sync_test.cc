#include "core/buildkit/file_sync.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "core/base/temporary_directory.h"
#include "core/buildkit/beneath.h"
#include "tests/buildkit/transfer.h"
#include "tests/support/error_text.h"

namespace fs = std::filesystem;

namespace {

using Paths = std::vector<std::string>;
using Metadata = std::vector<std::pair<std::string, std::string>>;

void put(const fs::path& file, std::string_view text = "text") {
  fs::create_directories(file.parent_path());
  base::write_file(file, text);
}

/// One offered directory and its service.
struct Offer {
  explicit Offer(buildkit::LocalDirectory directory)
      : sync({std::move(directory)}, counters, problem), server(sync.service()) {}

  Received get(Metadata metadata = {}) {
    metadata.emplace_back("dir-name", "context");
    return receive(server.channel(), metadata);
  }
  std::string problem_text() { return problem.get() ? problem.get()->text() : ""; }

  buildkit::TransferCounters counters;
  buildkit::FirstProblem problem;
  buildkit::FileSync sync;
  InProcess server;
};

}  // namespace

TEST_CASE("a tree is told depth first, names in byte order, and its files' content on request") {
  base::TemporaryDirectory root("context");
  put(root.path() / "b", "bee");
  put(root.path() / "a" / "z", "");
  put(root.path() / "a" / "b", std::string(700'000, 'x'));
  put(root.path() / "a-b");
  put(root.path() / "B");
  put(root.path() / "\xc3\xa9t\xc3\xa9");
  Offer offer({.name = "context", .root = root.path()});
  Received got = offer.get();
  CHECK(got.status.ok());
  CHECK(got.paths() == Paths{"B", "a", "a/b", "a/z", "a-b", "b", "\xc3\xa9t\xc3\xa9"});
  CHECK(got.content.at("b") == "bee");
  CHECK(got.content.at("a/z").empty());
  CHECK(got.content.at("a/b") == std::string(700'000, 'x'));
  CHECK(got.content.size() == 6);
  CHECK(offer.counters.entries == 7);
  CHECK(offer.counters.files == 6);
  CHECK(offer.counters.bytes == 700'000 + 3 + 3 * 4);
}

TEST_CASE("types, modes, times, links and attributes travel in Go's form") {
  base::TemporaryDirectory root("context");
  put(root.path() / "file", "12345");
  ::chmod((root.path() / "file").c_str(), 04751);
  timespec times[2] = {{0, UTIME_OMIT}, {1234567890, 123456789}};
  ::utimensat(AT_FDCWD, (root.path() / "file").c_str(), times, 0);
  bool attributes = ::setxattr((root.path() / "file").c_str(), "user.color", "blue", 4, 0) == 0;
  ::link((root.path() / "file").c_str(), (root.path() / "hard").c_str());
  ::symlink("../outside", (root.path() / "soft").c_str());
  fs::create_directory(root.path() / "dir");
  ::chmod((root.path() / "dir").c_str(), 01777);
  ::mkfifo((root.path() / "fifo").c_str(), 0600);
  ::chmod((root.path() / "fifo").c_str(), 0640);
  bool devices = ::mknod((root.path() / "null").c_str(), S_IFCHR | 0666, makedev(1, 3)) == 0;
  if (devices) ::chmod((root.path() / "null").c_str(), 0666);

  Offer offer({.name = "context", .root = root.path()});
  Received got = offer.get();
  REQUIRE(got.status.ok());
  const auto& file = got.at("file");
  CHECK(file.mode() == (0751 | 1u << 23));
  CHECK(file.size() == 5);
  CHECK(file.modtime() == 1234567890123456789);
  CHECK(file.uid() == 0);
  CHECK(file.gid() == 0);
  if (attributes) CHECK(file.xattrs().at("user.color") == "blue");
  // A hard link without its size would look changed each time.
  CHECK(got.at("hard").linkname() == "file");
  CHECK(got.at("hard").size() == 5);
  CHECK(got.at("hard").mode() == file.mode());
  CHECK(got.at("soft").mode() == (0777 | 1u << 27));
  CHECK(got.at("soft").linkname() == "../outside");
  CHECK(got.at("dir").mode() == (0777 | 1u << 31 | 1u << 20));
  CHECK(got.at("dir").size() == 0);
  CHECK(got.at("fifo").mode() == (0640 | 1u << 25));
  if (devices) {
    CHECK(got.at("null").mode() == (0666 | 1u << 26 | 1u << 21));
    CHECK(got.at("null").devmajor() == 1);
    CHECK(got.at("null").devminor() == 3);
  }
  CHECK(got.content.size() == 1);
}

TEST_CASE("patterns of the request and of the directory choose what is told, parents included") {
  base::TemporaryDirectory root("context");
  for (const char* file : {"src/a.c", "src/a.o", "src/lib/b.c", "docs/README.md", "docs/guide.md", "top"})
    put(root.path() / file);
  struct {
    std::vector<std::string> own;
    Metadata request;
    Paths paths;
  } const table[] = {
      {{},
       {},
       {"docs", "docs/README.md", "docs/guide.md", "src", "src/a.c", "src/a.o", "src/lib", "src/lib/b.c", "top"}},
      {{"/docs/", "**/*.o"}, {}, {"src", "src/a.c", "src/lib", "src/lib/b.c", "top"}},
      {{"*", "!docs/README.md"}, {}, {"docs", "docs/README.md"}},
      {{}, {{"include-patterns", "src/lib"}}, {"src", "src/lib", "src/lib/b.c"}},
      {{}, {{"include-patterns", "**/*.c"}}, {"src", "src/a.c", "src/lib", "src/lib/b.c"}},
      {{}, {{"include-patterns", "src"}, {"exclude-patterns", "src/lib"}}, {"src", "src/a.c", "src/a.o"}},
      {{"src/lib"}, {{"include-patterns", "**/*.c"}}, {"src", "src/a.c"}},
      {{}, {{"exclude-patterns", "*"}, {"exclude-patterns", "!top"}}, {"top"}},
      {{}, {{"include-patterns", "nothing"}}, {}},
      {{}, {{"include-patterns", "src%2Fa%2Bc"}, {"include-patterns-encoded", "1"}}, {}},
      {{}, {{"include-patterns", "%74op"}, {"include-patterns-encoded", "1"}}, {"top"}},
  };
  for (const auto& row : table) {
    Offer offer({.name = "context", .root = root.path(), .exclude = row.own});
    Received got = offer.get(row.request);
    CHECK(got.status.ok());
    CHECK(got.paths() == row.paths);
  }
}

TEST_CASE("the first ignore file that exists excludes") {
  base::TemporaryDirectory root("context");
  put(root.path() / "keep");
  put(root.path() / "drop");
  put(root.path() / ".dockerignore", "drop\n");
  buildkit::LocalDirectory directory{
      .name = "context", .root = root.path(), .ignore_files = {".estaleiroignore", ".dockerignore"}};
  CHECK(Offer(directory).get().paths() == Paths{".dockerignore", "keep"});
  put(root.path() / ".estaleiroignore", "keep\n.*\n");
  CHECK(Offer(directory).get().paths() == Paths{"drop"});
  put(root.path() / ".estaleiroignore", "a\n[\n");
  CHECK(support::error_text([&] { Offer offer(directory); }).starts_with("path pattern '[' has a '['"));
  fs::remove(root.path() / ".estaleiroignore");
  fs::create_symlink("/etc/passwd", root.path() / ".estaleiroignore");
  CHECK(support::error_text([&] { Offer offer(directory); }) ==
        "'" + (root.path() / ".estaleiroignore").string() +
            "' is a symbolic link\n  fix: put a file there: links are not followed");
}

TEST_CASE("followed paths bring along what their links lead to, inside the directory alone") {
  base::TemporaryDirectory root("context");
  put(root.path() / "Dockerfile.real");
  put(root.path() / "shared/file");
  put(root.path() / "other");
  fs::create_symlink("Dockerfile.real", root.path() / "Dockerfile");
  fs::create_symlink("../../../../shared", root.path() / "climbing");
  fs::create_symlink("/shared/file", root.path() / "absolute");
  fs::create_symlink("loop-b", root.path() / "loop-a");
  fs::create_symlink("loop-a", root.path() / "loop-b");
  fs::create_symlink("grow/x", root.path() / "grow");
  struct {
    const char* path;
    Paths paths;
  } const table[] = {
      {"Dockerfile", {"Dockerfile", "Dockerfile.real"}},
      {"climbing/file", {"climbing", "shared", "shared/file"}},
      {"absolute", {"absolute", "shared", "shared/file"}},
      {"loop-a", {"loop-a", "loop-b"}},
      {"Docker*", {"Dockerfile", "Dockerfile.real"}},
      {"missing", {}},
      {"grow/y", {"grow"}},
  };
  for (const auto& row : table) {
    CAPTURE(row.path);
    Offer offer({.name = "context", .root = root.path()});
    Received got = offer.get({{"followpaths", row.path}});
    CHECK(got.status.ok());
    CHECK(got.paths() == row.paths);
  }
  CHECK(Offer({.name = "context", .root = root.path()}).get({{"followpaths", "."}}).paths().size() == 10);
}

TEST_CASE("a directory that leads out of the one it must lie in is refused") {
  base::TemporaryDirectory inputs("inputs");
  put(inputs.path() / "source/app/file");
  fs::create_symlink("/etc", inputs.path() / "source/absolute");
  fs::create_symlink("../..", inputs.path() / "source/up");
  fs::create_symlink("app", inputs.path() / "source/near");
  auto open = [&](const char* path) { return support::error_text([&] { buildkit::open_root(path, inputs.path()); }); };
  CHECK(open("source/app") == "no error");
  CHECK(open("source/near") == "no error");
  CHECK(open(".") == "no error");
  for (std::string bad : {"..", "../x", "/etc", "source/../..", "source/absolute", "source/up", "source/up/x"}) {
    CAPTURE(bad);
    CHECK(open(bad.c_str()) == "directory '" + bad + "' leads out of '" + inputs.path().string() +
                                   "'\n  fix: name a directory inside it; symbolic links that point out of it are not "
                                   "followed");
  }
  CHECK(open("none") == "cannot open directory 'none': No such file or directory");
  CHECK(open("source/app/file") == "'source/app/file' is not a directory\n  fix: name a directory");
}

TEST_CASE("a symlink in the tree is told as a link and never followed") {
  base::TemporaryDirectory root("context"), outside("outside");
  put(outside.path() / "secret");
  fs::create_symlink(outside.path(), root.path() / "out");
  Received got = Offer({.name = "context", .root = root.path()}).get();
  CHECK(got.paths() == Paths{"out"});
}

TEST_CASE("a directory that is not offered is not found") {
  base::TemporaryDirectory root("context");
  Offer offer({.name = "context", .root = root.path()});
  Received got = receive(offer.server.channel(), {{"dir-name", "other"}});
  CHECK(got.status.error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK(got.status.error_message() == "no directory 'other' is offered");
}

TEST_CASE("a file that changes under the transfer is an error, not a wrong file") {
  const std::string fix =
      "\n  while sending the directory 'context'\n  fix: leave the directory alone during the build, or exclude the "
      "file "
      "in .dockerignore";
  struct {
    const char* what;
    std::function<void(const fs::path&)> change;
    std::string text;
  } const table[] = {
      {"gone", [](const fs::path& file) { fs::remove(file); }, "file 'd/file' vanished while it was being sent"},
      {"its directory gone", [](const fs::path& file) { fs::remove_all(file.parent_path()); },
       "file 'd/file' vanished while it was being sent"},
      {"shorter", [](const fs::path& file) { ::truncate(file.c_str(), 2); },
       "file 'd/file' became shorter while it was being sent"},
      {"a symlink",
       [](const fs::path& file) {
         fs::remove(file);
         fs::create_symlink("/etc/passwd", file);
       },
       "file 'd/file' vanished while it was being sent"},
      {"a fifo",
       [](const fs::path& file) {
         fs::remove(file);
         ::mkfifo(file.c_str(), 0600);
       },
       "file 'd/file' was replaced while it was being sent"},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    base::TemporaryDirectory root("context");
    put(root.path() / "d/file", "content");
    Offer offer({.name = "context", .root = root.path()});
    Received got = receive(
        offer.server.channel(), {{"dir-name", "context"}}, [](const std::string&) { return true; },
        [&] { row.change(root.path() / "d/file"); });
    CHECK(got.error == row.text);
    CHECK(!got.status.ok());
    CHECK(offer.problem_text() == row.text + fix);
  }
}

TEST_CASE("a file that grows is sent with the size that was told") {
  base::TemporaryDirectory root("context");
  put(root.path() / "log", "12345");
  Offer offer({.name = "context", .root = root.path()});
  Received got = receive(
      offer.server.channel(), {{"dir-name", "context"}}, [](const std::string&) { return true; },
      [&] { std::ofstream(root.path() / "log", std::ios::app) << "6789"; });
  CHECK(got.status.ok());
  CHECK(got.content.at("log") == "12345");
}

TEST_CASE("content is sent for what was offered, and once") {
  using fsutil::types::Packet;
  struct {
    const char* what;
    std::vector<std::uint32_t> ids;
    std::string text;
  } const table[] = {
      {"a directory", {0}, "the engine asks for file number 0, which was not offered"},
      {"past the end", {2}, "the engine asks for file number 2, which was not offered"},
      {"twice", {1, 1}, "the engine asks for file number 1, which was not offered"},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    base::TemporaryDirectory root("context");
    put(root.path() / "d/file");
    Offer offer({.name = "context", .root = root.path()});
    grpc::ClientContext context;
    context.AddMetadata("dir-name", "context");
    auto stub = moby::filesync::v1::FileSync::NewStub(offer.server.channel());
    auto stream = stub->DiffCopy(&context);
    Packet packet;
    for (bool listed = false; !listed;) {
      REQUIRE(stream->Read(&packet));
      listed = !packet.has_stat();
    }
    for (std::uint32_t id : row.ids) {
      Packet request;
      request.set_type(Packet::PACKET_REQ);
      request.set_id(id);
      stream->Write(request);
    }
    stream->WritesDone();
    while (stream->Read(&packet)) {
    }
    CHECK(stream->Finish().error_message() == row.text);
  }
}

TEST_CASE("an engine that hangs up in the middle leaves no thread behind") {
  base::TemporaryDirectory root("context");
  for (int i = 0; i < 2000; i++) put(root.path() / std::to_string(i), std::string(1000, 'x'));
  Offer offer({.name = "context", .root = root.path()});
  for (int i = 0; i < 20; i++) {
    grpc::ClientContext context;
    context.AddMetadata("dir-name", "context");
    auto stub = moby::filesync::v1::FileSync::NewStub(offer.server.channel());
    auto stream = stub->DiffCopy(&context);
    fsutil::types::Packet packet;
    for (int n = 0; n < i * 100; n++) REQUIRE(stream->Read(&packet));
    context.TryCancel();
    stream->Finish();
  }
  CHECK(offer.get().entries.size() == 2000);
  CHECK(offer.problem_text().empty());
}

TEST_CASE("a deep tree needs few descriptors") {
  base::TemporaryDirectory root("context");
  fs::path at = root.path();
  for (int i = 0; i < 300; i++) at /= "d";
  put(at / "leaf", "deep");
  // Later siblings make the walk come back to directories that it had closed.
  put(root.path() / "d/d/z");
  Received got = Offer({.name = "context", .root = root.path()}).get();
  CHECK(got.status.ok());
  CHECK(got.entries.size() == 302);
  CHECK(got.entries.back().path() == "d/d/z");
}
