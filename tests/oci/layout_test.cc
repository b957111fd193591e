#include "core/oci/layout.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "core/base/temporary_directory.h"
#include "core/oci/media_type.h"
#include "tests/support/error_text.h"

namespace {

namespace fs = std::filesystem;
using oci::Descriptor;
using oci::Layout;
using oci::LayoutWriter;

/// A layout with one image, which index.json points at through `nesting` more indexes.
struct Sample {
  explicit Sample(int nesting = 0) : writer(directory.path() / "image") {
    writer.write_blob(config.digest, oci::empty_content);
    document = put(oci::write(oci::Manifest{.media_type = std::string(oci::media_type::manifest), .config = config}));
    auto child = document.descriptor();
    for (int i = 0; i < nesting; ++i) child = put(index_of(child)).descriptor();
    child.annotations["org.opencontainers.image.ref.name"] = "1.0";
    writer.finish(index_of(child).bytes);
  }

  static oci::Document index_of(const Descriptor& child) {
    return oci::write(oci::Index{.media_type = std::string(oci::media_type::index), .manifests = {child}});
  }
  oci::Document put(oci::Document written) {
    writer.write_blob(written.digest, written.bytes);
    return written;
  }
  fs::path blob(const base::Digest& digest) { return writer.blob_path(digest); }

  base::TemporaryDirectory directory{"layout"};
  LayoutWriter writer;
  Descriptor config{.media_type = std::string(oci::media_type::config), .digest = base::sha256("{}"), .size = 2};
  oci::Document document = oci::Document::make("", "");
};

}  // namespace

TEST_CASE("a layout that was written is read back, through indexes of one entry") {
  for (int nesting : {0, 1, 3}) {
    CAPTURE(nesting);
    Sample sample(nesting);
    Layout layout(sample.writer.directory());
    CHECK(layout.root().digest == sample.document.digest);
    CHECK(layout.read_blob(sample.config, 100) == "{}");
    CHECK(sample.writer.has(sample.config));
  }
}

TEST_CASE("an image that is marked as the only one stands for the index around it") {
  Sample sample;
  const auto directory = sample.writer.directory();
  oci::Index two{.media_type = std::string(oci::media_type::index),
                 .manifests = {sample.document.descriptor(), sample.document.descriptor()}};
  sample.writer.finish(oci::write(two).bytes);
  CHECK(Layout(directory).root().is_index());
  base::write_file(directory / "single-image-digest", sample.document.digest.text() + "\n");
  CHECK(Layout(directory).root().digest == sample.document.digest);
  base::write_file(directory / "single-image-digest", base::sha256("other").text());
  CHECK(support::error_text([&] { Layout(directory).root(); }) ==
        "the layout's index lacks " + base::sha256("other").text() + ", its single image");
}

TEST_CASE("a tag picks its entry") {
  Sample sample;
  Layout layout(sample.writer.directory());
  CHECK(layout.root("1.0").digest == sample.document.digest);
  CHECK(support::error_text([&] { layout.root("2.0"); }) == "the layout has nothing named '2.0'");
}

TEST_CASE("what is no layout is refused") {
  Sample sample;
  auto directory = sample.writer.directory();
  fs::remove(directory / "oci-layout");
  CHECK(support::error_text([&] { Layout layout(directory); }) ==
        "'" + directory.string() + "' is no image layout: it has no file 'oci-layout'");
  base::write_file(directory / "oci-layout", R"({"imageLayoutVersion":"2.0.0"})");
  CHECK(support::error_text([&] { Layout layout(directory); }) ==
        "oci-layout.imageLayoutVersion is '2.0.0', '1.0.0' is wanted");
}

TEST_CASE("a blob that is missing, damaged, of another size, a link or a pipe is refused") {
  Sample sample;
  Layout layout(sample.writer.directory());
  auto file = sample.blob(sample.config.digest);
  const std::string& name = sample.config.digest.text();
  auto error = [&] { return support::error_text([&] { layout.read_blob(sample.config, 100); }); };

  base::write_file(file, "[]");
  CHECK(error() == "blob " + name + " has digest " + base::sha256("[]").text());
  base::write_file(file, "{} ");
  CHECK(error() == "blob " + name + " has 3 bytes, its descriptor says 2");
  fs::remove(file);
  CHECK(error() == "the layout lacks blob " + name);
  fs::create_symlink("/etc/passwd", file);
  const std::string in_layout = "'blobs/sha256/" + std::string(sample.config.digest.hex()) + "' in the layout";
  CHECK(error() == in_layout + " is a symbolic link\n  fix: put the file itself into the layout");
  fs::remove(file);
  REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  CHECK(error() == in_layout + " is no regular file");
}

TEST_CASE("indexes that nest without end are refused") {
  Sample sample(12);
  Layout layout(sample.writer.directory());
  CHECK(support::error_text([&] { layout.root(); }) == "the layout nests more than 8 indexes");
}
