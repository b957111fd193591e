#include "core/archive/layer_applier.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "tests/support/error_text.h"
#include "tests/support/layer_builder.h"
#include "tests/support/tree.h"

namespace {

namespace fs = std::filesystem;
using archive::Entry;
using support::LayerBuilder;
using Paths = std::vector<std::string>;

/// A tree that layers are applied to, in a directory beside which something else lies.
class Root {
 public:
  Root() : above_("archive-root"), path_(above_.path() / "root") {
    fs::create_directory(path_);
    fd_ = base::Fd(::open(path_.c_str(), O_RDONLY | O_DIRECTORY));
    options_.layer = "L";
  }

  archive::ApplyResult apply(const std::string& tar) {
    archive::MemorySource source(tar);
    archive::BufferedPieces pieces(source, 1000);  // so that blocks straddle pieces
    return archive::apply_layer(pieces, fd_.get(), options_);
  }
  archive::ApplyResult apply(LayerBuilder& layer) { return apply(layer.tar()); }
  archive::ApplyOptions& options() { return options_; }

  const fs::path& path() const { return path_; }
  fs::path outside() const { return above_.path(); }
  Paths paths() const { return support::paths(path_); }
  std::string text(const std::string& name) const { return base::read_file(path_ / name, 1 << 20); }
  std::string line(const std::string& name) const { return support::describe(path_ / name); }

 private:
  base::TemporaryDirectory above_;
  fs::path path_;
  base::Fd fd_;
  archive::ApplyOptions options_;
};

Entry with(Entry entry, std::uint32_t mode, std::uint32_t uid, std::uint32_t gid, archive::FileTime mtime = {}) {
  entry.mode = mode;
  entry.uid = uid;
  entry.gid = gid;
  entry.mtime = mtime;
  return entry;
}

bool root() { return ::geteuid() == 0; }

}  // namespace

TEST_CASE("each kind of entry gets its contents, mode, owner and time") {
  if (!root()) return;
  Root tree;
  Entry fifo = with(archive::file_entry("fifo"), 0640, 1, 2, {10, 5});
  fifo.type = archive::EntryType::fifo;
  tree.apply(LayerBuilder()
                 .add(with(archive::directory_entry("d/"), 01777, 3, 4, {1000000000, 123456789}))
                 .add(with(archive::file_entry("d/f"), 0604, 5, 6, {-5, 500000000}), "text")
                 .add(with(archive::file_entry("setuid"), 06755, 7, 8, {7, 0}), "x")
                 .add(with(archive::symlink_entry("link", "/etc/passwd"), 0777, 9, 10, {11, 0}))
                 .hardlink("hard", "d/f")
                 .add(fifo));
  using Tree = std::map<std::string, std::string>;
  auto seen = support::tree(tree.path());
  seen.erase(".");
  CHECK(seen == Tree{{"d", "directory 1777 3:4 @1000000000.123456789"},
                     {"d/f", "file 4 982d9e3eb996 links 2 0604 5:6 @-5.500000000"},
                     {"fifo", "fifo 0640 1:2 @10.000000005"},
                     {"hard", "file 4 982d9e3eb996 links 2 0604 5:6 @-5.500000000"},
                     {"link", "link to /etc/passwd 0777 9:10 @11.000000000"},
                     {"setuid", "file 1 2d711642b726 links 1 6755 7:8 @7.000000000"}});
}

TEST_CASE("whiteouts hide what lower layers brought and spare what this layer brings, whatever the order") {
  struct Row {
    const char* name;
    void (*lower)(LayerBuilder&);
    std::vector<std::function<void(LayerBuilder&)>> upper;  // applied in every order
    Paths expected;
  };
  using L = LayerBuilder;
  std::vector<Row> rows;
  rows.push_back({"a file", [](L& l) { l.file("a").file("b"); }, {[](L& l) { l.whiteout("a"); }}, {"b"}});
  rows.push_back(
      {"a tree", [](L& l) { l.directory("d").file("d/x").file("d/e/y"); }, {[](L& l) { l.whiteout("d"); }}, {}});
  rows.push_back({"what is not there", [](L& l) { l.file("a"); }, {[](L& l) { l.whiteout("z/y"); }}, {"a"}});
  rows.push_back({"below a file", [](L& l) { l.file("a"); }, {[](L& l) { l.whiteout("a/y"); }}, {"a"}});
  rows.push_back({"a link, not what it points to",
                  [](L& l) { l.file("a").symlink("l", "a"); },
                  {[](L& l) { l.whiteout("l"); }},
                  {"a"}});
  rows.push_back({"a file that comes again",
                  [](L& l) { l.file("a", "old"); },
                  {[](L& l) { l.whiteout("a"); }, [](L& l) { l.file("a", "new"); }},
                  {"a"}});
  rows.push_back({"a directory that comes again",
                  [](L& l) { l.directory("d").file("d/old"); },
                  {[](L& l) { l.whiteout("d"); }, [](L& l) { l.directory("d").file("d/new"); }},
                  {"d", "d/new"}});
  rows.push_back({"a directory that comes again by a file alone",
                  [](L& l) { l.directory("d").file("d/old").file("d/e/old"); },
                  {[](L& l) { l.whiteout("d"); }, [](L& l) { l.file("d/e/new"); }},
                  {"d", "d/e", "d/e/new"}});
  rows.push_back({"a directory that becomes a file",
                  [](L& l) { l.directory("d").file("d/old"); },
                  {[](L& l) { l.whiteout("d"); }, [](L& l) { l.file("d"); }},
                  {"d"}});
  rows.push_back({"a file that becomes a directory",
                  [](L& l) { l.file("d"); },
                  {[](L& l) { l.whiteout("d"); }, [](L& l) { l.directory("d").file("d/new"); }},
                  {"d", "d/new"}});
  rows.push_back({"an opaque directory",
                  [](L& l) { l.directory("d").file("d/old").file("d/e/old").file("f"); },
                  {[](L& l) { l.opaque("d"); }, [](L& l) { l.file("d/new").file("d/e/new"); }},
                  {"d", "d/e", "d/e/new", "d/new", "f"}});
  rows.push_back({"an opaque directory and its own entry",
                  [](L& l) { l.directory("d").file("d/old"); },
                  {[](L& l) { l.opaque("d"); }, [](L& l) { l.directory("d"); }, [](L& l) { l.file("d/new"); }},
                  {"d", "d/new"}});
  rows.push_back({"an opaque root",
                  [](L& l) { l.file("a").file("d/b"); },
                  {[](L& l) { l.opaque(""); }, [](L& l) { l.file("c"); }},
                  {"c"}});
  rows.push_back(
      {"an opaque directory that is not there", [](L& l) { l.file("a"); }, {[](L& l) { l.opaque("z"); }}, {"a"}});
  rows.push_back({"through a link to the directory",
                  [](L& l) { l.directory("real").file("real/old").file("real/other").symlink("alias", "real"); },
                  {[](L& l) { l.whiteout("alias/old"); }, [](L& l) { l.file("alias/new"); }},
                  {"alias", "real", "real/new", "real/other"}});
  rows.push_back({"spares what came by another path to the directory",
                  [](L& l) { l.directory("real").file("real/x", "old").symlink("alias", "/real"); },
                  {[](L& l) { l.whiteout("real/x"); }, [](L& l) { l.file("alias/x", "new"); }},
                  {"alias", "real", "real/x"}});
  rows.push_back({"aufs's own names",
                  [](L& l) { l.file("a"); },
                  {[](L& l) { l.file(".wh..wh.plnk/1.2").file(".wh..wh.aufs"); }},
                  {"a"}});
  for (auto& row : rows) {
    std::vector<std::size_t> order(row.upper.size());
    for (std::size_t i = 0; i < order.size(); i++) order[i] = i;
    do {
      CAPTURE(row.name);
      CAPTURE(order.front());
      Root tree;
      LayerBuilder lower, upper;
      row.lower(lower);
      tree.apply(lower);
      for (auto i : order) row.upper[i](upper);
      tree.apply(upper);
      CHECK(tree.paths() == row.expected);
      for (const auto& path : row.expected)
        if (fs::is_regular_file(tree.path() / path)) CHECK(tree.text(path) != "old");
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

TEST_CASE("a hard link to a file stays when a later layer removes the file's first name") {
  Root tree;
  tree.apply(LayerBuilder().file("a", "text").hardlink("b", "a"));
  tree.apply(LayerBuilder().whiteout("a"));
  CHECK(tree.paths() == Paths{"b"});
  CHECK(tree.text("b") == "text");
}

TEST_CASE("a hard link in an upper layer may name a file of a lower one") {
  Root tree;
  tree.apply(LayerBuilder().file("d/a", "text").symlink("alias", "/d"));
  tree.apply(LayerBuilder().hardlink("b", "/alias/a"));
  CHECK(tree.text("b") == "text");
  CHECK(fs::equivalent(tree.path() / "d/a", tree.path() / "b"));
}

TEST_CASE("a hard link to itself, or given twice, changes nothing") {
  Root tree;
  tree.apply(LayerBuilder().file("a", "text").hardlink("a", "./a").hardlink("b", "a").hardlink("b", "a"));
  CHECK(tree.paths() == Paths{"a", "b"});
  CHECK(tree.text("a") == "text");
}

TEST_CASE("a hard link replaces what has its name, and may name a symbolic link") {
  Root tree;
  tree.apply(LayerBuilder()
                 .file("a", "new")
                 .file("b", "old")
                 .directory("c")
                 .file("c/d")
                 .hardlink("b", "a")
                 .hardlink("c", "a")
                 .symlink("l", "nowhere")
                 .hardlink("m", "l"));
  CHECK(tree.text("b") == "new");
  CHECK(tree.text("c") == "new");
  CHECK(fs::read_symlink(tree.path() / "m") == "nowhere");
}

TEST_CASE("what comes later replaces what has the name, within a layer and over lower ones") {
  struct Row {
    const char* name;
    void (*before)(LayerBuilder&);
    void (*after)(LayerBuilder&);
    Paths expected;
  };
  using L = LayerBuilder;
  const Row rows[] = {
      {"file over file", [](L& l) { l.file("x", "1"); }, [](L& l) { l.file("x", "2"); }, {"x"}},
      {"file over directory", [](L& l) { l.file("x/y/z"); }, [](L& l) { l.file("x"); }, {"x"}},
      {"file over symbolic link",
       [](L& l) { l.file("t", "t").symlink("x", "t"); },
       [](L& l) { l.file("x", "2"); },
       {"t", "x"}},
      {"directory over file", [](L& l) { l.file("x"); }, [](L& l) { l.directory("x").file("x/y"); }, {"x", "x/y"}},
      {"directory over symbolic link to a directory",
       [](L& l) { l.file("t/u").symlink("x", "t"); },
       [](L& l) { l.directory("x").file("x/y"); },
       {"t", "t/u", "x", "x/y"}},
      {"directory over directory",
       [](L& l) { l.file("x/old"); },
       [](L& l) { l.directory("x").file("x/new"); },
       {"x", "x/new", "x/old"}},
      {"symbolic link over directory",
       [](L& l) { l.file("x/y").directory("t"); },
       [](L& l) { l.symlink("x", "t").file("x/z"); },
       {"t", "t/z", "x"}},
      {"symbolic link over symbolic link",
       [](L& l) { l.directory("t").directory("u").symlink("x", "t").file("x/1"); },
       [](L& l) { l.symlink("x", "u").file("x/2"); },
       {"t", "t/1", "u", "u/2", "x"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    LayerBuilder before, after, both;
    row.before(before);
    row.after(after);
    row.before(both);
    row.after(both);
    Root over, within;
    over.apply(before);
    over.apply(after);
    within.apply(both);
    CHECK(over.paths() == row.expected);
    CHECK(within.paths() == row.expected);
  }
}

TEST_CASE("a directory over a directory takes the new attributes and keeps its contents") {
  if (!root()) return;
  Root tree;
  Entry before = with(archive::directory_entry("d"), 0700, 1, 1, {5, 0});
  before.xattrs["user.old"] = "o";
  before.xattrs["user.both"] = "o";
  Entry after = with(archive::directory_entry("d"), 02755, 2, 3, {6, 0});
  after.xattrs["user.both"] = "n";
  tree.apply(LayerBuilder().add(before).file("d/f"));
  tree.apply(LayerBuilder().add(after));
  CHECK(tree.line("d") == "directory 2755 2:3 @6.000000000 user.both=6e");
  CHECK(tree.paths() == Paths{"d", "d/f"});
}

TEST_CASE("files in a setgid directory have the group that the layer states") {
  if (!root()) return;
  Root tree;
  tree.apply(LayerBuilder()
                 .add(with(archive::directory_entry("d"), 02755, 0, 50))
                 .add(with(archive::file_entry("d/f"), 0644, 0, 0))
                 .add(with(archive::directory_entry("d/e"), 0755, 0, 0))
                 .file("d/made/f")
                 .add(with(archive::symlink_entry("d/l", "f"), 0777, 0, 0)));
  for (const char* name : {"d/f", "d/e", "d/l", "d/made"}) {
    CAPTURE(name);
    CHECK(tree.line(name).find(" 0:0 @") != std::string::npos);
  }
  CHECK(tree.line("d/e").starts_with("directory 0755"));
  CHECK(tree.line("d/made").starts_with("directory 0755"));
}

TEST_CASE("the root's own entry gives it attributes, under each of its names") {
  for (const char* name : {"./", "/", ".", "//./"}) {
    CAPTURE(name);
    Root tree;
    tree.apply(
        LayerBuilder().add(with(archive::directory_entry(name), 0711, ::getuid(), ::getgid(), {42, 0})).file("f"));
    CHECK(tree.paths() == Paths{"f"});
    CHECK(tree.line(".").find("0711") != std::string::npos);
    CHECK(tree.line(".").ends_with("@42.000000000"));
  }
}

TEST_CASE("directory times survive what is put in, replaced and hidden below, in this layer and later ones") {
  Root tree;
  auto at = [](const char* name, std::int64_t seconds) {
    auto entry = archive::directory_entry(name);
    entry.uid = ::getuid();
    entry.gid = ::getgid();
    entry.mtime.seconds = seconds;
    return entry;
  };
  tree.apply(LayerBuilder()
                 .add(at(".", 1))
                 .add(at("a", 2))
                 .add(at("a/b", 3))
                 .file("a/b/f")
                 .file("a/x")
                 .file("a/gone")
                 .symlink("alias", "a"));
  tree.apply(LayerBuilder()
                 .file("a/b/g")
                 .file("alias/h")
                 .whiteout("a/gone")
                 .file("a/x", "new")
                 .symlink("a/s", "x")
                 .hardlink("a/b/l", "a/x"));
  tree.apply(LayerBuilder().opaque("a/b").file("a/b/n"));
  CHECK(tree.line(".").ends_with("@1.000000000"));
  CHECK(tree.line("a").ends_with("@2.000000000"));
  CHECK(tree.line("a/b").ends_with("@3.000000000"));
  CHECK(tree.paths() == Paths{"a", "a/b", "a/b/n", "a/h", "a/s", "a/x", "alias"});
}

TEST_CASE("directory times are right with more directories than are kept open") {
  Root tree;
  LayerBuilder layer;
  for (int round = 0; round < 2; round++)
    for (int i = 0; i < 200; i++) {
      auto name = "d" + std::to_string(i);
      if (round == 0) layer.add(with(archive::directory_entry(name), 0755, ::getuid(), ::getgid(), {1000 + i, 0}));
      layer.file(name + "/f" + std::to_string(round));
    }
  tree.apply(layer);
  for (int i = 0; i < 200; i++)
    CHECK(tree.line("d" + std::to_string(i)).ends_with("@" + std::to_string(1000 + i) + ".000000000"));
}

TEST_CASE("parents that no entry describes are made, with the time of the entry that needs them") {
  if (!root()) return;
  Root tree;
  ::umask(077);
  tree.apply(LayerBuilder().add(with(archive::file_entry("a/b/c"), 0600, 1, 1, {77, 0}), "x"));
  ::umask(022);
  CHECK(tree.line("a") == "directory 0755 0:0 @77.000000000");
  CHECK(tree.line("a/b") == "directory 0755 0:0 @77.000000000");
}

TEST_CASE("modes do not depend on the umask") {
  Root tree;
  ::umask(077);
  tree.apply(LayerBuilder()
                 .add(with(archive::file_entry("f"), 0666, ::getuid(), ::getgid()))
                 .add(with(archive::directory_entry("d"), 0777, ::getuid(), ::getgid())));
  ::umask(022);
  CHECK(tree.line("f").find(" 0666 ") != std::string::npos);
  CHECK(tree.line("d").find(" 0777 ") != std::string::npos);
}

TEST_CASE("links that lead out are followed inside the root and nothing outside is touched") {
  Root tree;
  base::write_file(tree.outside() / "victim", "untouched");
  fs::create_directory(tree.outside() / "etc");
  auto before = support::tree(tree.outside() / "etc");
  std::string up = "../../../../../../../../../..", outside = tree.outside().string();
  tree.apply(LayerBuilder()
                 .symlink("absolute", outside)
                 .file("absolute/victim", "inside")
                 .symlink("relative", up + outside)
                 .file("relative/victim2", "inside")
                 .symlink("up", "..")
                 .file("up/etc/x", "inside")
                 .directory("d")
                 .symlink("d/chain", "../hop")
                 .symlink("hop", outside + "/etc")
                 .file("d/chain/y", "inside")
                 .file("/absolute-name", "inside")
                 .symlink("target", outside + "/victim")
                 .file("target", "replaced"));
  CHECK(base::read_file(tree.outside() / "victim", 100) == "untouched");
  CHECK(support::tree(tree.outside() / "etc") == before);
  CHECK(support::paths(tree.outside()).size() == 3 + tree.paths().size());  // etc, victim, root
  CHECK(tree.text(outside.substr(1) + "/victim") == "inside");
  CHECK(tree.text(outside.substr(1) + "/victim2") == "inside");
  CHECK(tree.text("etc/x") == "inside");
  CHECK(tree.text(outside.substr(1) + "/etc/y") == "inside");
  CHECK(tree.text("absolute-name") == "inside");
  CHECK(tree.text("target") == "replaced");
}

TEST_CASE("a whiteout through a link that leads out stays inside") {
  Root tree;
  base::write_file(tree.outside() / "victim", "untouched");
  tree.apply(LayerBuilder().symlink("out", tree.outside().string()));
  tree.apply(LayerBuilder().whiteout("out/victim").opaque("out"));
  CHECK(base::read_file(tree.outside() / "victim", 100) == "untouched");
}

TEST_CASE("sparse files get their size without using it") {
  Root tree;
  std::string tar = base::read_file(std::string(TEST_DATA) + "/foreign/gnu.tar", 1 << 20);
  tree.options().ownership = archive::Ownership::process;
  tree.apply(tar);
  struct stat status;
  REQUIRE(::stat((tree.path() / "hole").c_str(), &status) == 0);
  CHECK(status.st_size == 100000);
  CHECK(status.st_blocks * 512 <= 8192);
  REQUIRE(::stat((tree.path() / "sparse").c_str(), &status) == 0);
  CHECK(status.st_size == 6 * 65536);
  CHECK(status.st_blocks * 512 < status.st_size / 2);
}

TEST_CASE("extended attributes are kept, those of the host and of overlayfs left out") {
  if (!root()) return;
  Root tree;
  Entry entry = with(archive::file_entry("f"), 0755, 1, 1);
  // cap_net_raw+ep, as setcap(8) writes it
  std::string capability("\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 20);
  entry.xattrs = {{"security.capability", capability}, {"security.selinux", "system_u:object_r:bin_t:s0"},
                  {"trusted.overlay.opaque", "y"},     {"trusted.overlay.redirect", "/etc"},
                  {"user.overlay.opaque", "y"},        {"user.mime", std::string("a\0b", 3)}};
  auto result = tree.apply(LayerBuilder().add(entry, "x"));
  auto line = tree.line("f");
  CHECK(line.find("security.capability=0100000200200000000000000000000000000000") != std::string::npos);
  CHECK(line.find("user.mime=610062") != std::string::npos);
  CHECK(line.find("overlay") == std::string::npos);
  CHECK(line.find("selinux") == std::string::npos);
  CHECK(result.skipped.xattrs == 0);
}

TEST_CASE("an attribute that this system does not take is skipped and reported") {
  Root tree;
  Entry file = archive::file_entry("f"), link = archive::symlink_entry("l", "f");
  file.uid = link.uid = ::getuid();
  file.gid = link.gid = ::getgid();
  file.xattrs["nonsense.name"] = "v";
  link.xattrs["user.x"] = "v";
  auto result = tree.apply(LayerBuilder().add(file).add(link));
  CHECK(result.skipped.xattrs == 2);
  CHECK(result.skipped.examples == Paths{"xattr 'nonsense.name' of 'f'", "xattr 'user.x' of 'l'"});
  CHECK(tree.paths() == Paths{"f", "l"});
}

TEST_CASE("devices are made when permitted, else skipped and reported; what they replace goes either way") {
  Root tree;
  Entry device = archive::file_entry("null");
  device.type = archive::EntryType::character_device;
  device.mode = 0666;
  device.device_major = 1;
  device.device_minor = 3;
  tree.options().ownership = archive::Ownership::process;
  auto result = tree.apply(LayerBuilder().file("null", "file").add(device));
  if (result.skipped.devices == 0) {
    CHECK(tree.line("null").starts_with("device 1:3 0666"));
  } else {
    CHECK(result.skipped.examples == Paths{"device 'null'"});
    CHECK(tree.paths().empty());
  }
}

TEST_CASE("owners follow the id map, and an id outside of it is an error") {
  if (!root()) return;
  Root tree;
  tree.options().uid_map = {{0, 100000, 10}, {1000, 5000, 1}};
  tree.options().gid_map = {{0, 200000, 65536}};
  tree.apply(LayerBuilder()
                 .add(with(archive::file_entry("a"), 0644, 9, 65535))
                 .add(with(archive::file_entry("b"), 0644, 1000, 0)));
  CHECK(tree.line("a").find(" 100009:265535 ") != std::string::npos);
  CHECK(tree.line("b").find(" 5000:200000 ") != std::string::npos);
  auto text = support::error_text([&] { tree.apply(LayerBuilder().add(with(archive::file_entry("c"), 0644, 10, 0))); });
  CHECK(text ==
        "uid 10 is in no range of the id map\n"
        "  while applying tar entry 'c' at byte 0\n"
        "  while applying layer 'L'");
}

TEST_CASE("ownership can be left to the process") {
  Root tree;
  tree.options().ownership = archive::Ownership::process;
  tree.apply(LayerBuilder().add(with(archive::file_entry("a"), 0644, 1234, 1234)));
  struct stat status;
  REQUIRE(::stat((tree.path() / "a").c_str(), &status) == 0);
  CHECK(status.st_uid == ::getuid());
}

TEST_CASE("a failure names layer, entry and place, also when the bytes themselves give out") {
  Root tree;
  tree.options().layer = "sha256:12ab";
  std::string tar = LayerBuilder().file("a", "1").file("b", std::string(2000, 'x')).tar().substr(0, 2048);
  CHECK(support::error_text([&] { tree.apply(tar); }) ==
        "archive ends 1488 bytes before the end of the file\n"
        "  while reading tar entry 'b' at byte 1024\n"
        "  while applying layer 'sha256:12ab'");
}

TEST_CASE("more entries than allowed are refused") {
  Root tree;
  tree.options().limits.max_entries = 2;
  CHECK(support::error_text([&] { tree.apply(LayerBuilder().file("a").file("b").file("c")); }) ==
        "archive has more than 2 entries\n"
        "  while reading tar entry 'c' at byte 1024\n"
        "  while applying layer 'L'");
}

TEST_CASE("what stands after the end of the archive is read, for the digest's sake") {
  Root tree;
  std::string tar = LayerBuilder().file("a").tar() + "trailing bytes";
  archive::MemorySource source(tar);
  archive::HashingSource hashed(source);
  archive::BufferedPieces pieces(hashed, 512);
  base::Fd fd(::open(tree.path().c_str(), O_RDONLY | O_DIRECTORY));
  archive::apply_layer(pieces, fd.get(), {});
  CHECK(hashed.bytes() == tar.size());
  CHECK(hashed.finish() == base::sha256(tar));
}

TEST_CASE("a tree deeper than paths can say is made through links and removed again") {
  Root tree;
  LayerBuilder layer;
  std::string deep;
  for (int i = 0; i < 900; i++) deep += "a/";
  // Each round descends 900 levels below where the last one ended.
  layer.directory("l0");
  for (int round = 0; round < 4; round++) {
    std::string link = "l" + std::to_string(round);
    layer.file(link + "/" + deep + "f");
    layer.symlink("l" + std::to_string(round + 1), link + "/" + deep);
  }
  tree.apply(layer);
  CHECK(support::error_text([&] { tree.apply(LayerBuilder().opaque("l0")); }) ==
        "directories nest deeper than 512 at 'a'\n"
        "  while applying tar entry 'l0/.wh..wh..opq' at byte 0\n"
        "  while applying layer 'L'");
  tree.apply(LayerBuilder().file("l0", "flat"));
  CHECK(tree.text("l0") == "flat");
}
