#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <set>

#include "core/base/error.h"
#include "core/oci/layout.h"
#include "core/oci/media_type.h"
#include "in/formats.h"

namespace in {
namespace {

/// Far above what anybody builds (an index has a manifest and its attestation for each platform).
constexpr std::size_t max_manifests = 1000;

/// Everything below a document: the documents' own bytes written, the blobs collected.
class Collector {
 public:
  Collector(const Line& line, const oci::LayoutWriter& layout) : line_(line), layout_(layout) {}

  void follow(const oci::Document& top) {
    std::vector<oci::Document> left{top};
    while (!left.empty()) {
      auto document = std::move(left.back());
      left.pop_back();
      if (document.is_index()) {
        for (const auto& child : oci::parse_index(document).manifests) {
          if (!seen_.insert(child.digest).second) continue;
          if (seen_.size() > max_manifests)
            throw base::Error(base::Kind::corrupt,
                              "the index leads to more than " + std::to_string(max_manifests) + " manifests");
          auto below = line_.puller.document(child, line_.stop);
          layout_.write_blob(below.digest, below.bytes);
          if (oci::media_type::is_index(below.media_type) || oci::media_type::is_manifest(below.media_type))
            left.push_back(std::move(below));
        }
      } else {
        auto manifest = oci::parse_manifest(document);
        add(manifest.config);
        for (const auto& layer : manifest.layers) add(layer);
      }
    }
  }

  const std::vector<oci::Descriptor>& blobs() const { return blobs_; }

 private:
  void add(const oci::Descriptor& blob) {
    if (seen_blobs_.insert(blob.digest).second) blobs_.push_back(blob);
  }

  const Line& line_;
  const oci::LayoutWriter& layout_;
  std::set<base::Digest> seen_, seen_blobs_;
  std::vector<oci::Descriptor> blobs_;
};

void fetch_blob(const Line& line, const oci::LayoutWriter& layout, const oci::Descriptor& blob, std::stop_token stop) {
  if (blob.data) return layout.write_blob(blob.digest, *blob.data);
  auto path = layout.blob_path(blob.digest);
  std::string partial = path.string() + ".partial";
  auto transfer = line.progress.start("blob " + short_hex(blob), blob.size);
  try {
    auto file = base::create_file(partial);
    line.puller.blob(
        blob,
        [&](std::span<const std::byte> piece) {
          base::write_all(file.get(), piece, "'" + partial + "'");
          transfer.advance(piece.size());
        },
        stop);
    if (::rename(partial.c_str(), path.c_str()) != 0) throw base::errno_error("rename '" + partial + "'", errno);
  } catch (...) {
    ::unlink(partial.c_str());
    throw;
  }
  transfer.done();
}

}  // namespace

void write_layout(const Line& line, const oci::Document& document, const std::filesystem::path& destination) {
  oci::LayoutWriter layout(destination / "oci");
  Collector collector(line, layout);
  collector.follow(document);
  in_parallel(collector.blobs().size(), line.stop,
              [&](std::size_t i, std::stop_token stop) { fetch_blob(line, layout, collector.blobs()[i], stop); });
  if (document.is_index()) return layout.finish(document.bytes);

  layout.write_blob(document.digest, document.bytes);
  oci::Index index;
  index.media_type = oci::media_type::index;
  index.manifests.push_back(document.descriptor());
  // registry-image's mark: who pushes this layout pushes the image, not the index around it.
  base::write_file(layout.directory() / "single-image-digest", document.digest.text());
  layout.finish(oci::write(index).bytes);
}

}  // namespace in
