#include <doctest/doctest.h>
#include <fcntl.h>

#include <filesystem>
#include <map>

#include "core/archive/decompress.h"
#include "core/archive/layer_applier.h"
#include "core/archive/tar_reader.h"
#include "core/archive/unpacker.h"
#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "tests/support/error_text.h"
#include "tests/support/layer_builder.h"
#include "tests/support/tree.h"

// One file per fault (tests/data/archive, made by make.py there), named by its fault, with the whole of what is said.

namespace {

namespace fs = std::filesystem;
using Table = std::map<std::string, std::string>;

/// Runs `consume` on each file of a folder; each must be in the table, and each row have its file.
template <class Consume>
void check_folder(const std::string& folder, const Table& expected, Consume consume) {
  Table seen;
  for (const auto& file : fs::directory_iterator(std::string(TEST_DATA) + "/" + folder)) {
    std::string data = base::read_file(file.path(), 1 << 24);
    archive::MemorySource source(data);
    auto name = file.path().stem();
    if (name.extension() == ".tar") name.replace_extension();  // of a layer that is compressed
    seen[name] = support::error_text([&] { consume(source); });
  }
  for (const auto& [name, text] : expected) {
    CAPTURE(name);
    CHECK(seen[name] == text);
  }
  for (const auto& [name, text] : seen) CHECK_MESSAGE(expected.contains(name), name);
}

void read_tar(archive::ByteSource& source) {
  archive::BufferedPieces pieces(source, 512);
  archive::TarReader reader(pieces);
  while (reader.next())
    while (!reader.body().data.empty()) continue;
}

void decompress(archive::ByteSource& source) {
  auto plain = archive::decompressed(source);
  archive::read_all(*plain, 1 << 20, "the data");
}

/// Unpacks `stored` as the only layer, "L", of an image into `above`/rootfs.
void unpack(archive::ByteSource& stored, const fs::path& above) {
  struct Borrowed : archive::ByteSource {
    explicit Borrowed(archive::ByteSource& source) : inner(source) {}
    std::size_t read(std::span<std::byte> buffer) override { return inner.read(buffer); }
    archive::ByteSource& inner;
  };
  archive::LayerInput layer;
  layer.name = "L";
  layer.open = [&] { return std::make_unique<Borrowed>(stored); };
  archive::unpack({&layer, 1}, above / "rootfs");
}

/// One whiteout after the other, never ending.
class EndlessLayer : public archive::PieceSource {
 public:
  EndlessLayer() {
    std::string tar = support::LayerBuilder().whiteout("d/f").tar();
    for (int i = 0; i < 200; i++) piece_ += tar.substr(0, 512);
  }
  std::span<const std::byte> next() override { return std::as_bytes(std::span(piece_.data(), piece_.size())); }

 private:
  std::string piece_;
};

}  // namespace

TEST_CASE("a damaged tar is refused with its fault and its place") {
  const Table expected = {
      {"body-cut-short", "archive ends 300 bytes before the end of the file\n  while reading tar entry 'f' at byte 0"},
      {"checksum-not-octal", "checksum field 'zzzzzz' is not octal\n  while reading the tar header at byte 0"},
      {"checksum-wrong", "header checksum is 668 instead of 3811\n  while reading the tar header at byte 0"},
      {"ends-after-pax-header", "archive ends after an extension header\n  while reading the tar header at byte 0"},
      {"gid-beyond-32-bits",
       "gid 4294967296 is not between 0 and 4294967294\n  while reading the tar header at byte 0"},
      {"global-pax-header-too-large",
       "global PAX headers hold more than 4096 bytes\n  while reading the tar header at byte 0"},
      {"global-pax-header-with-path", "global PAX header sets 'path'\n  while reading the tar header at byte 0"},
      {"global-pax-header-with-size", "global PAX header sets 'size'\n  while reading the tar header at byte 0"},
      {"hardlink-without-target", "hard link has no target\n  while reading tar entry 'f' at byte 0"},
      {"header-cut-short",
       "archive ends 412 bytes before the end of a header\n  while reading the tar header at byte 512"},
      {"long-name-with-nul", "long name 'etc\\x00/passwd\\x00' holds NUL\n  while reading the tar header at byte 0"},
      {"mode-not-octal", "mode field '0000648' is not octal\n  while reading the tar header at byte 0"},
      {"name-missing", "entry has no name\n  while reading the tar header at byte 0"},
      {"padding-cut-short", "archive ends 500 bytes before the next header\n  while reading tar entry 'f' at byte 0"},
      {"pax-and-gnu-long-name", "entry has a PAX and a GNU long name\n  while reading the tar header at byte 0"},
      {"pax-header-cut-short", "archive ends within an extension header\n  while reading the tar header at byte 0"},
      {"pax-header-too-large",
       "extension header of 2097152 bytes is larger than the 1048576 allowed\n  while reading the tar header at byte "
       "0"},
      {"pax-key-empty", "PAX record '=b' is not key=value\n  while reading the tar header at byte 0"},
      {"pax-key-with-nul", "PAX key 'a\\x00b' holds NUL\n  while reading the tar header at byte 0"},
      {"pax-length-missing",
       "PAX record ' a=b\\x0a' does not begin with its length\n  while reading the tar header at byte 0"},
      {"pax-length-overflows",
       "PAX record '99999999999999999999 a=b\\x0a' does not begin with its length\n  while reading the tar header at "
       "byte 0"},
      {"pax-length-too-long", "PAX record of 99 bytes where 7 are left\n  while reading the tar header at byte 0"},
      {"pax-length-zero", "PAX record of 0 bytes where 6 are left\n  while reading the tar header at byte 0"},
      {"pax-linkpath-with-nul", "PAX linkpath 'a\\x00b' holds NUL\n  while reading the tar header at byte 0"},
      {"pax-mtime-beyond-63-bits",
       "PAX mtime '9223372036854775808' is not a time\n  while reading the tar header at byte 0"},
      {"pax-mtime-not-a-time", "PAX mtime '1.2.3' is not a time\n  while reading the tar header at byte 0"},
      {"pax-path-with-nul", "PAX path 'etc\\x00/passwd' holds NUL\n  while reading the tar header at byte 0"},
      {"pax-size-beyond-63-bits",
       "PAX size '9223372036854775808' is not a number below 2^63\n  while reading the tar header at byte 0"},
      {"pax-size-not-a-number", "PAX size '-1' is not a number below 2^63\n  while reading the tar header at byte 0"},
      {"pax-uid-beyond-32-bits",
       "uid 4294967295 is not between 0 and 4294967294\n  while reading the tar header at byte 0"},
      {"pax-without-equals", "PAX record 'abc' is not key=value\n  while reading the tar header at byte 0"},
      {"pax-without-newline", "PAX record 'a=bc' does not end in a newline\n  while reading the tar header at byte 0"},
      {"pax-xattr-name-with-nul", "xattr name 'a%00b' is empty or holds NUL\n  while reading the tar header at byte 0"},
      {"pax-xattr-not-base64", "value of xattr 'user.a' is not base64\n  while reading the tar header at byte 0"},
      {"pax-xattr-without-name", "xattr without a name\n  while reading the tar header at byte 0"},
      {"size-beyond-63-bits", "size field does not fit into 63 bits\n  while reading the tar header at byte 0"},
      {"size-larger-than-archive",
       "archive ends 4611686018427387392 bytes before the end of the file\n  while reading tar entry 'f' at byte 0"},
      {"size-negative", "size -1 is negative\n  while reading the tar header at byte 0"},
      {"size-not-octal", "size field '000000000x4' is not octal\n  while reading the tar header at byte 0"},
      {"sparse-1.0-map-beyond-body", "file ends within its sparse map\n  while reading tar entry 'sparse' at byte 0"},
      {"sparse-1.0-map-not-numbers",
       "PAX sparse map 'x' is not a number below 2^63\n  while reading tar entry 'sparse' at byte 0"},
      {"sparse-1.0-map-too-long",
       "sparse map holds '999999999999999999999' instead of a number\n  while reading tar entry 'sparse' at byte 0"},
      {"sparse-map-beyond-size",
       "sparse map is not ascending within 4096 bytes: 10 bytes at 4090\n  while reading tar entry 'sparse' at byte 0"},
      {"sparse-map-descends",
       "sparse map is not ascending within 4096 bytes: 10 bytes at 0\n  while reading tar entry 'sparse' at byte 0"},
      {"sparse-map-not-numbers",
       "PAX GNU.sparse.map 'x' is not a number below 2^63\n  while reading the tar header at byte 0"},
      {"sparse-map-odd", "sparse map has an odd number of values\n  while reading the tar header at byte 0"},
      {"sparse-map-overflows",
       "sparse map is not ascending within 4096 bytes: 9223372036854775807 bytes at 10\n  while reading tar entry "
       "'sparse' at byte 0"},
      {"sparse-map-overlaps",
       "sparse map is not ascending within 4096 bytes: 10 bytes at 5\n  while reading tar entry 'sparse' at byte 0"},
      {"sparse-map-says-less-than-stored",
       "sparse map speaks of 10 bytes and 50 are stored\n  while reading tar entry 'sparse' at byte 0"},
      {"sparse-map-says-more-than-stored",
       "sparse map speaks of 10 bytes and 5 are stored\n  while reading tar entry 'sparse' at byte 0"},
      {"sparse-numbytes-without-offset",
       "GNU.sparse.numbytes without GNU.sparse.offset\n  while reading the tar header at byte 0"},
      {"sparse-old-map-cut-short", "archive ends within a sparse map\n  while reading tar entry 'sparse' at byte 0"},
      {"sparse-old-map-negative",
       "sparse map holds the negative number -5\n  while reading tar entry 'sparse' at byte 0"},
      {"sparse-old-size-negative", "real size -5 is negative\n  while reading tar entry 'sparse' at byte 0"},
      {"sparse-version-unknown", "GNU sparse format 2.0 is not known\n  while reading tar entry 'sparse' at byte 0"},
      {"sparse-without-map", "sparse file has no map\n  while reading tar entry 'f' at byte 0"},
      {"sparse-without-size", "sparse file does not say its size\n  while reading tar entry 'sparse' at byte 0"},
      {"symlink-without-target", "symbolic link has no target\n  while reading tar entry 'f' at byte 0"},
      {"two-long-links", "two GNU long names stand before one entry\n  while reading the tar header at byte 0"},
      {"two-long-names", "two GNU long names stand before one entry\n  while reading the tar header at byte 0"},
      {"two-pax-headers", "two PAX headers stand before one entry\n  while reading the tar header at byte 0"},
      {"type-multi-volume", "type 'M' is none that an image layer can hold\n  while reading tar entry 'f' at byte 0"},
      {"type-unprintable", "type 7 is none that an image layer can hold\n  while reading tar entry 'f' at byte 0"},
      {"uid-negative", "uid -2 is not between 0 and 4294967294\n  while reading the tar header at byte 0"},
      {"zero-block-between-entries",
       "a lone zero block stands between entries\n  while reading the tar header at byte 512"},
      {"zeros-after-pax-header", "archive ends after an extension header\n  while reading the tar header at byte 0"},
  };
  check_folder("tar", expected, read_tar);
}

TEST_CASE(
    "a layer that would leave its root, or cannot be meant, is refused with the entry's name, and nothing is left") {
  const Table expected = {
      {"bomb-of-zeros",
       "zstd data expands more than 1000 times: 9.5 KiB gave 256.2 MiB so far\n  while reading layer 'L'\n  while "
       "reading tar entry 'zeros' at byte 0\n  while applying layer 'L'"},
      {"component-too-long",
       "cannot create "
       "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…': File name too "
       "long\n  while applying tar entry "
       "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…' at byte 0\n  "
       "while applying layer 'L'"},
      {"hardlink-below-file",
       "parent 'f' is not a directory\n  while applying tar entry 'a' at byte 1024\n  while applying layer 'L'"},
      {"hardlink-over-its-parent",
       "hard link target 'd/f' is not in the tree\n  while applying tar entry 'd' at byte 1024\n  while applying layer "
       "'L'"},
      {"hardlink-through-link-outside",
       "hard link target 'out/passwd' is not in the tree\n  while applying tar entry 'a' at byte 512\n  while applying "
       "layer 'L'"},
      {"hardlink-to-absolute-outside",
       "hard link target '/etc/passwd' is not in the tree\n  while applying tar entry 'a' at byte 0\n  while applying "
       "layer 'L'"},
      {"hardlink-to-directory",
       "hard link target 'd' is a directory\n  while applying tar entry 'a' at byte 512\n  while applying layer 'L'"},
      {"hardlink-to-missing",
       "hard link target 'b' is not in the tree\n  while applying tar entry 'a' at byte 0\n  while applying layer 'L'"},
      {"hardlink-to-root",
       "hard link target '/' is not in the tree\n  while applying tar entry 'a' at byte 0\n  while applying layer 'L'"},
      {"hardlink-with-dotdot",
       "link target has a '..' component\n  while applying tar entry 'a' at byte 0\n  while applying layer 'L'"},
      {"link-with-nul-in-header",
       "link target 'etc\\x00/passwd' holds NUL\n  while reading the tar header at byte 0\n  while applying layer 'L'"},
      {"name-below-whiteout",
       "name lies below the whiteout '.wh.b'\n  while applying tar entry 'a/.wh.b/c' at byte 0\n  while applying layer "
       "'L'"},
      {"name-ends-in-dotdot",
       "name has a '..' component\n  while applying tar entry 'a/..' at byte 0\n  while applying layer 'L'"},
      {"name-too-long",
       "name has 4201 bytes, more than 4095\n  while applying tar entry "
       "'a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/"
       "a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/…' at byte 0\n  "
       "while applying layer 'L'"},
      {"name-with-nul",
       "PAX path 'etc\\x00/passwd' holds NUL\n  while reading the tar header at byte 0\n  while applying layer 'L'"},
      {"name-with-nul-in-header",
       "name 'etc\\x00/passwd' holds NUL\n  while reading the tar header at byte 0\n  while applying layer 'L'"},
      {"name-with-dotdot-inside",
       "name has a '..' component\n  while applying tar entry 'a/../../etc/passwd' at byte 0\n  while applying layer "
       "'L'"},
      {"name-with-dotdot",
       "name has a '..' component\n  while applying tar entry '../etc/passwd' at byte 0\n  while applying layer 'L'"},
      {"parent-is-file",
       "parent 'f' is not a directory\n  while applying tar entry 'f/g' at byte 1024\n  while applying layer 'L'"},
      {"parent-links-in-circle",
       "symbolic links on the way to 'a' go in circles\n  while applying tar entry 'a/f' at byte 1024\n  while "
       "applying layer 'L'"},
      {"parent-links-to-dotdot-file",
       "parent 'a' is not a directory\n  while applying tar entry 'a/g' at byte 1536\n  while applying layer 'L'"},
      {"parent-links-to-itself",
       "symbolic links on the way to 'a' go in circles\n  while applying tar entry 'a/f' at byte 512\n  while applying "
       "layer 'L'"},
      {"root-as-file",
       "the root itself is given as a file\n  while applying tar entry './' at byte 0\n  while applying layer 'L'"},
      {"root-as-hardlink",
       "the root itself is given as a hard link\n  while applying tar entry '.' at byte 0\n  while applying layer 'L'"},
      {"root-as-symlink",
       "the root itself is given as a symbolic link\n  while applying tar entry '/' at byte 0\n  while applying layer "
       "'L'"},
      {"sparse-size-beyond-file-system",
       "cannot set the size of 'sparse': File too large\n  while applying tar entry 'sparse' at byte 0\n  while "
       "applying layer 'L'"},
      {"whiteout-of-dot",
       "whiteout of '.', which is no name\n  while applying tar entry 'a/.wh..' at byte 0\n  while applying layer 'L'"},
      {"whiteout-of-dotdot",
       "whiteout of '..', which is no name\n  while applying tar entry 'a/.wh...' at byte 0\n  while applying layer "
       "'L'"},
      {"whiteout-of-nothing",
       "whiteout of '', which is no name\n  while applying tar entry 'a/.wh.' at byte 0\n  while applying layer 'L'"},
      {"xattr-capability-malformed",
       "cannot set the xattr 'security.capability' of 'f': Invalid argument\n  while applying tar entry 'f' at byte "
       "0\n  while applying layer 'L'"},
  };
  check_folder("hostile", expected, [](archive::ByteSource& source) {
    base::TemporaryDirectory directory("hostile-layer");
    auto check = [&] { CHECK(fs::is_empty(directory.path())); };
    try {
      unpack(source, directory.path());
    } catch (...) {
      check();
      throw;
    }
  });
}

TEST_CASE("a layer of a million entries is refused, memory or not") {
  EndlessLayer layer;
  base::TemporaryDirectory directory("hostile-layer");
  base::Fd root(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY));
  archive::ApplyOptions options;
  options.layer = "L";
  CHECK(support::error_text([&] { archive::apply_layer(layer, root.get(), options); }) ==
        "archive has more than 999999 entries\n  while reading tar entry 'd/.wh.f' at byte 511999488\n  while applying "
        "layer 'L'");
}

TEST_CASE("a layer with names and links that seem to lead out lands inside its root") {
  const std::map<std::string, std::vector<std::string>> expected = {
      {"file-over-link-outside", {"a"}},
      {"hardlink-to-absolute", {"a", "etc", "etc/passwd"}},
      {"hardlink-to-link-outside", {"a", "b"}},
      {"name-absolute", {"etc", "etc/passwd"}},
      {"name-with-dots-and-slashes", {"etc", "etc/passwd"}},
      {"parent-links-above-root", {"a", "etc", "etc/passwd"}},
      {"parent-links-to-absolute", {"a", "etc", "etc/passwd"}},
      {"parent-links-to-link", {"a", "b", "etc", "etc/passwd"}},
      {"whiteout-through-link-outside", {"a"}},
  };
  auto before = support::describe("/etc/passwd");
  std::size_t files = 0;
  for (const auto& file : fs::directory_iterator(std::string(TEST_DATA) + "/contained")) {
    CAPTURE(file.path());
    base::TemporaryDirectory directory("contained-layer");
    archive::FileSource source(base::open_read(file.path()), file.path());
    unpack(source, directory.path());
    REQUIRE(expected.contains(file.path().stem()));
    CHECK(support::paths(directory.path() / "rootfs") == expected.at(file.path().stem()));
    files++;
  }
  CHECK(files == expected.size());
  CHECK(support::describe("/etc/passwd") == before);
}

TEST_CASE("a damaged gzip stream is refused with its fault and its place") {
  const Table expected = {
      {"block-type-invalid", "gzip data is damaged (invalid block) at byte 11"},
      {"crc-wrong", "gzip data has CRC 12345678 instead of bcebf584 at byte 52"},
      {"cut-before-trailer", "gzip data ends early at byte 44"},
      {"cut-in-data", "gzip data ends early at byte 30"},
      {"cut-in-trailer", "gzip data ends early at byte 49"},
      {"distance-beyond-start", "gzip data is damaged (distance beyond the start) at byte 12"},
      {"empty-after-magic", "gzip data ends early at byte 2"},
      {"flags-reserved", "gzip data has reserved header flags 0x20 at byte 4"},
      {"garbage-after-member", "gzip data is followed by something else at byte 53"},
      {"header-crc-wrong", "gzip data has header CRC 0000 instead of 77a7 at byte 12"},
      {"header-extra-cut-short", "gzip data ends early at byte 40"},
      {"header-name-unending", "gzip data ends early at byte 60"},
      {"method-unknown", "gzip data has compression method 7 instead of 8 (deflate) at byte 3"},
      {"second-member-crc-wrong", "gzip data has CRC 00000001 instead of bcebf584 at byte 104"},
      {"second-member-cut-short", "gzip data ends early at byte 77"},
      {"size-wrong", "gzip data states a size of 12 instead of 920 (modulo 2^32) at byte 52"},
      {"zeros-after-member", "gzip data is followed by something else at byte 53"},
  };
  check_folder("gzip", expected, decompress);
}

TEST_CASE("a damaged zstd stream is refused with its fault and its place") {
  const Table expected = {
      {"block-damaged", "zstd data is damaged (Restored data doesn't match checksum) at byte 8"},
      {"checksum-wrong", "zstd data is damaged (Restored data doesn't match checksum) at byte 8"},
      {"cut-in-checksum", "zstd data ends early at byte 41"},
      {"cut-in-frame", "zstd data ends early at byte 33"},
      {"dictionary-wanted", "zstd data is damaged (Dictionary mismatch) at byte 0"},
      {"empty-after-magic", "zstd data ends early at byte 4"},
      {"garbage-after-frame", "zstd data is damaged (Unknown frame descriptor) at byte 43"},
      {"skippable-frame-cut-short", "zstd data ends early at byte 10"},
      {"window-too-large", "zstd data is damaged (Frame requires too much memory for decoding) at byte 0"},
  };
  check_folder("zstd", expected, decompress);
}

TEST_CASE("a damaged xz stream is refused with its fault and its place") {
  const Table expected = {
      {"cut-in-data", "xz data ends early at byte 40"},
      {"cut-in-footer", "xz data ends early at byte 96"},
      {"data-damaged", "xz data is damaged (invalid data) at byte 60"},
      {"footer-damaged", "xz data is damaged (invalid data) at byte 100"},
      {"garbage-after-stream", "xz data is damaged (invalid data) at byte 112"},
  };
  check_folder("xz", expected, decompress);
}

TEST_CASE("a damaged bzip2 stream is refused with its fault and its place") {
  const Table expected = {
      {"cut-in-data", "bzip2 data ends early at byte 40"},
      {"cut-in-trailer", "bzip2 data ends early at byte 80"},
      {"data-damaged", "bzip2 data is damaged at byte 41"},
      {"garbage-after-stream", "bzip2 data is followed by something else at byte 83"},
      {"second-stream-cut-short", "bzip2 data ends early at byte 102"},
  };
  check_folder("bzip2", expected, decompress);
}
