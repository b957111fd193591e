#include "core/archive/tar_writer.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "core/archive/tar_reader.h"
#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "tests/support/error_text.h"
#include "tests/support/tree.h"

namespace {

using archive::Entry;

std::string written(const Entry& entry, std::string_view contents = {}) {
  archive::StringSink out;
  archive::TarWriter writer(out);
  writer.add(entry, contents);
  writer.finish();
  return out.take();
}

Entry read_back(const std::string& tar) {
  archive::MemorySource source(tar);
  archive::BufferedPieces pieces(source);
  return archive::TarReader(pieces).next().value();
}

}  // namespace

TEST_CASE("what is written reads back the same") {
  std::vector<Entry> entries;
  for (std::size_t length : {1, 99, 100, 101, 154, 156, 200, 255, 256, 257, 300, 4000}) {
    std::string name;
    while (name.size() < length) name += name.size() % 30 == 29 ? '/' : 'n';
    if (name.back() == '/') name.back() = 'n';
    entries.push_back(archive::file_entry(name));
    entries.push_back(archive::file_entry(std::string(length, 'x')));
    entries.push_back(archive::symlink_entry("l", name));
    entries.push_back(archive::hardlink_entry("h", name));
  }
  entries.push_back(archive::directory_entry("caf\xc3\xa9/"));
  entries.push_back(archive::symlink_entry("l", "\xff"));
  for (std::uint32_t id : {0u, 2097151u, 2097152u, 4294967294u}) {
    entries.push_back(archive::file_entry("f"));
    entries.back().uid = id;
    entries.back().gid = id / 2;
  }
  for (archive::FileTime time : {archive::FileTime{0, 1}, {-1, 0}, {-7, 999999999}, {8589934591, 0}, {8589934592, 5}}) {
    entries.push_back(archive::file_entry("f"));
    entries.back().mtime = time;
  }
  entries.push_back(archive::file_entry("f"));
  entries.back().mode = 07777;
  entries.back().xattrs = {{"user.a", "x\ny=z"}, {"security.capability", std::string("\1\0\2", 3)}};
  entries.push_back(archive::file_entry("dev"));
  entries.back().type = archive::EntryType::block_device;
  entries.back().device_major = 259;
  entries.back().device_minor = 1048575;
  for (const auto& entry : entries) {
    CAPTURE(entry.name);
    auto back = read_back(written(entry));
    CHECK(back.name == entry.name);
    CHECK(back.type == entry.type);
    CHECK(back.mode == entry.mode);
    CHECK(back.uid == entry.uid);
    CHECK(back.gid == entry.gid);
    CHECK(back.mtime == entry.mtime);
    CHECK(back.link_name == entry.link_name);
    CHECK(back.xattrs == entry.xattrs);
    CHECK(back.device_major == entry.device_major);
    CHECK(back.device_minor == entry.device_minor);
  }
}

TEST_CASE("GNU tar reads it too") {
  base::TemporaryDirectory directory("tar-writer");
  archive::StringSink out;
  archive::TarWriter writer(out);
  std::string name = "dir/" + std::string(120, 'n') + "/caf\xc3\xa9";
  Entry file = archive::file_entry(name);
  file.mtime = {1600000000, 500000000};
  writer.add(file, "text");
  writer.add(archive::symlink_entry("link", std::string(150, 't')));
  writer.finish();
  base::write_file(directory.path() / "x.tar", out.text());
  auto command = "cd '" + directory.path().string() + "' && mkdir out && tar -xf x.tar -C out --no-same-owner 2>&1";
  REQUIRE(std::system(command.c_str()) == 0);
  CHECK(base::read_file(directory.path() / "out" / name, 10) == "text");
  CHECK(support::describe(directory.path() / "out" / name).ends_with("@1600000000.500000000"));
  CHECK(std::filesystem::read_symlink(directory.path() / "out/link") == std::string(150, 't'));
}

TEST_CASE("the same entries give the same bytes, without clock or owner in them") {
  // As of: printf text >f; tar -c --format=ustar -b4 --owner=0 --group=0 --numeric-owner --mtime=@0 --mode=644 f
  CHECK(base::sha256(written(archive::file_entry("f"), "text")).text() ==
        "sha256:82f2de735293bb5639529a3cabc2bb0c339e318abff723c6b635426564f24acb");
}

TEST_CASE("contents that do not have the stated size are an error") {
  auto add = [](std::uint64_t size, std::string_view contents) {
    archive::StringSink out;
    archive::TarWriter writer(out);
    archive::MemorySource source(contents);
    Entry entry = archive::file_entry("f");
    entry.size = size;
    writer.add(entry, source);
  };
  CHECK(support::error_text([&] { add(4, "text"); }) == "no error");
  CHECK(support::error_text([&] { add(5, "text"); }) == "'f' ends 1 bytes before its size of 5");
  CHECK(support::error_text([&] { add(3, "text"); }) == "'f' is larger than its size of 3");
}

TEST_CASE("names that a tar cannot hold are refused") {
  CHECK(support::error_text([] { written(archive::file_entry("")); }) == "a tar entry needs a name");
  CHECK(support::error_text([] { written(archive::file_entry(std::string("a\0b", 3))); }) ==
        "name 'a\\x00b' holds NUL");
  CHECK(support::error_text([] { written(archive::symlink_entry("a", std::string("a\0b", 3))); }) ==
        "link target 'a\\x00b' holds NUL");
  Entry device = archive::file_entry("d");
  device.type = archive::EntryType::character_device;
  device.device_minor = 1 << 24;
  CHECK(support::error_text([&] { written(device); }) ==
        "device number 0:16777216 of 'd' does not fit into a tar header");
}
