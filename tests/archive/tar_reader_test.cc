#include "core/archive/tar_reader.h"

#include <doctest/doctest.h>

#include <map>
#include <vector>

#include "core/archive/byte_sink.h"
#include "core/archive/tar_writer.h"
#include "core/base/fd.h"
#include "tests/support/error_text.h"

namespace {

using archive::Entry;
using archive::EntryType;

struct Read {
  Entry entry;
  std::string contents;  // holes as NULs
};

/// All entries of `tar`, given to the reader in pieces of `piece` bytes.
std::vector<Read> read(const std::string& tar, std::size_t piece = 700, archive::TarLimits limits = {}) {
  archive::MemorySource source(tar);
  archive::BufferedPieces pieces(source, piece);
  archive::TarReader reader(pieces, limits);
  std::vector<Read> out;
  while (auto entry = reader.next()) {
    std::string contents(entry->size, '\0');
    for (auto part = reader.body(); !part.data.empty(); part = reader.body())
      contents.replace(part.offset, part.data.size(),
                       std::string(reinterpret_cast<const char*>(part.data.data()), part.data.size()));
    out.push_back({*entry, std::move(contents)});
  }
  reader.drain();
  CHECK(reader.position() == tar.size());
  return out;
}

std::string foreign(const std::string& name) {
  return base::read_file(std::string(TEST_DATA) + "/foreign/" + name, 1 << 20);
}

/// One ustar block with fields put in as given and the checksum set right.
std::string block(std::initializer_list<std::pair<std::size_t, std::string_view>> fields) {
  std::string out(512, '\0');
  auto put = [&](std::size_t at, std::string_view text) { out.replace(at, text.size(), text); };
  put(148, "        ");
  put(156, "0");
  for (const auto& [at, text] : fields) put(at, text);
  unsigned sum = 0;
  for (unsigned char c : out) sum += c;
  char digits[9];
  std::snprintf(digits, sizeof digits, "%06o", sum);
  put(148, digits);
  return out;
}

constexpr std::string_view ustar("ustar\00000", 8), gnu("ustar  \0", 8);

}  // namespace

TEST_CASE("the same tree reads the same, whichever program and format wrote it") {
  std::string sparse(6 * 65536, '\0');
  for (int i = 0; i < 6; i++) {
    char text[16];
    std::snprintf(text, sizeof text, "data %2d", i);
    sparse.replace(static_cast<std::size_t>(i) * 65536, 7, text);
  }
  std::string long_name;
  for (int i = 0; i < 5; i++) long_name += "a-directory-whose-name-is-long/";
  long_name += "file";
  for (const char* file :
       {"gnu.tar", "oldgnu.tar", "pax-sparse-0.0.tar", "pax-sparse-0.1.tar", "pax-sparse-1.0.tar", "bsdtar-pax.tar"}) {
    CAPTURE(file);
    std::map<std::string, Read> seen;
    for (auto& one : read(foreign(file))) {
      auto name = one.entry.name;
      if (name.starts_with("./")) name = name.substr(2);
      seen[name] = std::move(one);
    }
    REQUIRE(seen.contains("sparse"));
    CHECK(seen["sparse"].contents == sparse);
    CHECK(seen["sparse"].entry.sparse);
    CHECK(seen["hole"].contents == std::string(100000, '\0'));
    CHECK(seen["caf\xc3\xa9"].contents == "utf-8\n");
    CHECK(seen["link"].entry.type == EntryType::symlink);
    CHECK(seen["link"].entry.link_name == long_name);
    // Which of the two names comes first, and is the file, is the program's choice.
    auto &hard = seen["hard"], &first = seen[long_name];
    auto& linked = hard.entry.type == EntryType::hardlink ? hard : first;
    auto& original = hard.entry.type == EntryType::hardlink ? first : hard;
    CHECK(original.contents == "long\n");
    CHECK(linked.entry.type == EntryType::hardlink);
    CHECK(linked.entry.size == 0);
    CHECK(seen["sparse"].entry.mtime.seconds == 1600000000);
    bool pax = std::string_view(file).find("pax") != std::string_view::npos;
    CHECK(seen["sparse"].entry.mtime.nanoseconds == (pax ? 500000000 : 0));
    if (pax)
      CHECK(original.entry.xattrs ==
            std::map<std::string, std::string>{{"user.note", std::string("value\0with NUL", 14)}});
  }
}

TEST_CASE("an archive reads the same in pieces of any size") {
  auto whole = read(foreign("pax-sparse-1.0.tar"), 1 << 20);
  for (std::size_t piece : {1, 7, 511, 512, 513, 4096}) {
    CAPTURE(piece);
    auto cut = read(foreign("pax-sparse-1.0.tar"), piece);
    REQUIRE(cut.size() == whole.size());
    for (std::size_t i = 0; i < cut.size(); i++) {
      CHECK(cut[i].entry.name == whole[i].entry.name);
      CHECK(cut[i].contents == whole[i].contents);
      CHECK(cut[i].entry.offset == whole[i].entry.offset);
    }
  }
}

TEST_CASE("numbers are octal, padded in any way, or base-256") {
  struct Row {
    std::string_view field;
    std::int64_t value;
  };
  const Row rows[] = {
      {std::string_view("0000644\0", 8), 0644},
      {"  644   ", 0644},
      {std::string_view("644\0junk", 8), 0644},
      {std::string_view("\0\0\0\0\0\0\0\0", 8), 0},
      {"        ", 0},
      {"77777777", 077777777},
      {std::string_view("\x80\0\0\0\0\0\0\x05", 8), 5},
      {std::string_view("\x80\0\0\0\x80\0\0\0", 8), 0x80000000},
      {"\xff\xff\xff\xff\xff\xff\xff\xff", -1},
      {std::string_view("\xff\xff\xff\xff\xff\xff\xff\0", 8), -256},
      {"\x80\x7f\xff\xff\xff\xff\xff\xff", 0x7fffffffffffff},
  };
  for (const auto& row : rows) {
    CAPTURE(row.field);
    CHECK(archive::tar_number(row.field, "x") == row.value);
  }
  CHECK(support::error_text([] { archive::tar_number("12a", "size"); }) == "size field '12a' is not octal");
  CHECK(support::error_text([] { archive::tar_number("-1", "size"); }) == "size field '-1' is not octal");
}

TEST_CASE("the name's prefix counts in ustar, not in GNU's format, and is shorter in star's") {
  CHECK(read(block({{0, "name"}, {257, ustar}, {345, "some/prefix"}}))[0].entry.name == "some/prefix/name");
  CHECK(read(block({{0, "name"}, {257, gnu}, {345, "00000000000"}}))[0].entry.name == "name");
  std::string long_prefix(131, 'p');
  CHECK(read(block(
            {{0, "name"}, {257, ustar}, {345, long_prefix + "00000000000"}, {508, std::string_view("tar\0", 4)}}))[0]
            .entry.name == long_prefix + "/name");
  CHECK(read(block({{0, std::string(100, 'n')}}))[0].entry.name == std::string(100, 'n'));
}

TEST_CASE("in V7 a final slash makes a directory, elsewhere the type says so") {
  CHECK(read(block({{0, "d/"}, {156, std::string_view("\0", 1)}}))[0].entry.type == EntryType::directory);
  CHECK(read(block({{0, "d/"}, {257, ustar}}))[0].entry.type == EntryType::file);
  CHECK(read(block({{0, "d"}, {156, "7"}, {257, ustar}}))[0].entry.type == EntryType::file);
}

TEST_CASE("checksums of writers with signed characters are taken too") {
  std::string header = block({{0, "caf\xc3\xa9"}});
  int sum = 8 * ' ';
  for (std::size_t i = 0; i < header.size(); i++)
    if (i < 148 || i >= 156) sum += static_cast<signed char>(header[i]);
  char digits[9];
  std::snprintf(digits, sizeof digits, "%06o", static_cast<unsigned>(sum));
  header.replace(148, 6, digits);
  CHECK(read(header)[0].entry.name == "caf\xc3\xa9");
}

TEST_CASE("links and directories have no contents, whatever their size field says") {
  std::string tar =
      block({{0, "l"}, {124, "00000001000"}, {156, "1"}, {157, "t"}, {257, ustar}}) + block({{0, "f"}, {257, ustar}});
  auto seen = read(tar);
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].entry.size == 0);
  CHECK(seen[1].entry.name == "f");
}

TEST_CASE("an archive may end without its zero blocks, with one, or with others after them") {
  std::string entry = block({{0, "f"}, {257, ustar}}), zeros(512, '\0');
  CHECK(read("").empty());
  CHECK(read(entry).size() == 1);
  CHECK(read(entry + zeros).size() == 1);
  CHECK(read(entry + zeros + zeros + "anything").size() == 1);
  CHECK(read(entry + zeros + zeros + entry).size() == 1);
  std::string with_body = block({{0, "f"}, {124, "00000000003"}, {257, ustar}}) + "abc";
  CHECK(read(with_body).size() == 1);
}

TEST_CASE("a global PAX header holds for all entries after it, until taken back") {
  auto pax = [](char type, std::string_view records) {
    char size[12];
    std::snprintf(size, sizeof size, "%011zo", records.size());
    std::string text(records);
    text.resize(512, '\0');
    return block({{0, "pax"}, {124, size}, {156, std::string_view(&type, 1)}, {257, ustar}}) + text;
  };
  std::string file = block({{0, "f"}, {108, "0000007"}, {257, ustar}});
  auto seen = read(file + pax('g', "12 uid=1000\n16 comment=abcd\n") + file + pax('x', "10 uid=77\n") + file +
                   pax('x', "7 uid=\n") + file + file);
  std::vector<std::uint32_t> uids;
  for (const auto& one : seen) uids.push_back(one.entry.uid);
  CHECK(uids == std::vector<std::uint32_t>{7, 1000, 77, 7, 1000});
}

TEST_CASE("extensions are bounded by what the caller allows") {
  archive::TarLimits limits;
  limits.max_extension_bytes = 512;
  CHECK(support::error_text([&] { read(foreign("pax-sparse-0.0.tar"), 512, limits); }).empty() == false);
  // Form 1.0: one block of map is allowed, two are not.
  std::string lines = "100\n";
  for (int i = 0; i < 100; i++) lines += "0\n0\n";
  std::string tar = foreign("pax-sparse-1.0.tar");
  limits.max_extension_bytes = 400;
  CHECK(support::error_text([&] { read(tar, 512, limits); }).find("larger than") != std::string::npos);
}

TEST_CASE("a body that was not read is skipped, one that was half read too") {
  archive::StringSink out;
  archive::TarWriter writer(out);
  writer.add(archive::file_entry("a"), std::string(2000, 'a'));
  writer.add(archive::file_entry("b"), std::string(2000, 'b'));
  writer.add(archive::file_entry("c"), "c");
  writer.finish();
  archive::MemorySource source(out.text());
  archive::BufferedPieces pieces(source, 600);
  archive::TarReader reader(pieces);
  CHECK(reader.next()->name == "a");
  reader.body();
  CHECK(reader.next()->name == "b");
  CHECK(reader.next()->name == "c");
  CHECK(!reader.next());
  CHECK(!reader.next());
  CHECK(reader.entries() == 3);
}
