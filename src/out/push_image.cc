#include "out/push_image.h"

#include <algorithm>
#include <functional>
#include <set>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/oci/media_type.h"

namespace out {
namespace {

constexpr std::size_t max_documents = 1000;
constexpr int max_depth = 8;
/// Uploads at a time: enough to keep a registry busy that hashes what it gets.
constexpr std::size_t at_once = 6;

/// Everything below a document, children before those that list them.
struct Parts {
  std::vector<oci::Document> documents;
  std::vector<oci::Descriptor> blobs;
};

/// `wanted` says which documents are worth descending into.
class Collector {
 public:
  Collector(const Prebuilt& image, std::function<bool(const oci::Document&)> wanted)
      : image_(image), wanted_(std::move(wanted)) {}

  void add(const oci::Document& document, int depth = 0) {
    if (depth > max_depth)
      throw base::Error(base::Kind::invalid, "the image nests more than " + std::to_string(max_depth) + " indexes");
    if (!documents_.insert(document.digest).second || !wanted_(document)) return;
    if (documents_.size() > max_documents)
      throw base::Error(base::Kind::invalid, "the image has more than " + std::to_string(max_documents) + " manifests");
    if (document.is_index()) {
      for (const auto& child : oci::parse_index(document).manifests) add(image_.document(child), depth + 1);
    } else {
      auto manifest = oci::parse_manifest(document);
      add_blob(manifest.config);
      for (const auto& layer : manifest.layers) add_blob(layer);
    }
    parts_.documents.push_back(document);
  }

  Parts take() { return std::move(parts_); }

 private:
  void add_blob(const oci::Descriptor& blob) {
    // What may not be distributed is fetched from where its URLs say.
    if (oci::media_type::is_layer(blob.media_type) && !oci::media_type::is_distributable(blob.media_type)) return;
    if (blobs_.insert(blob.digest).second) parts_.blobs.push_back(blob);
  }

  const Prebuilt& image_;
  std::function<bool(const oci::Document&)> wanted_;
  std::set<base::Digest> documents_, blobs_;
  Parts parts_;
};

std::string name_of(const oci::Descriptor& blob) { return "blob " + std::string(blob.digest.hex().substr(0, 12)); }

void push_blob(const Prebuilt& image, const registry::Pusher& pusher, const oci::Descriptor& blob,
               term::TransferProgress& progress, std::stop_token stop) {
  auto transfer = progress.start(name_of(blob), blob.size);
  auto source = image.open(blob);
  registry::BlobOptions options;
  options.mount_from = image.taken_from();
  std::uint64_t sent = 0;
  options.progress = [&](std::uint64_t now) {
    if (now < sent)
      transfer.restart(now);
    else
      transfer.advance(now - sent);
    sent = now;
  };
  switch (pusher.blob(blob, *source, options, stop)) {
    case registry::Delivery::present:
      return transfer.done("already there");
    case registry::Delivery::mounted:
      return transfer.done("taken from " + image.taken_from()->text());
    case registry::Delivery::uploaded:
      return transfer.done();
  }
}

}  // namespace

void push_image(const Prebuilt& image, const registry::Pusher& pusher, term::TransferProgress& progress,
                std::stop_token stop) {
  // A registry takes no manifest whose parts it lacks: what is there is there as a whole.
  Collector collector(
      image, [&](const oci::Document& document) { return !pusher.resolve(document.digest.text(), stop).has_value(); });
  collector.add(image.root());
  auto parts = collector.take();
  // The longest first: the others fill the time beside it.
  std::stable_sort(parts.blobs.begin(), parts.blobs.end(),
                   [](const auto& a, const auto& b) { return a.size > b.size; });
  base::in_parallel(parts.blobs.size(), at_once, stop, [&](std::size_t i, std::stop_token any) {
    push_blob(image, pusher, parts.blobs[i], progress, any);
  });
  for (const auto& document : parts.documents) pusher.manifest(document, std::nullopt, stop);
}

std::uint64_t image_bytes(const Prebuilt& image) {
  Collector collector(image, [](const oci::Document&) { return true; });
  collector.add(image.root());
  std::uint64_t sum = 0;
  for (const auto& blob : collector.take().blobs) sum += blob.size;
  return sum;
}

void move_tags(const std::vector<name::Tag>& tags, const oci::Document& document, const registry::Pusher& pusher,
               std::stop_token stop) {
  for (const auto& tag : tags) {
    auto now = pusher.resolve(tag.text(), stop);
    if (!now || now->digest != document.digest) pusher.manifest(document, tag, stop);
  }
}

}  // namespace out
