#include "out/upload_store.h"

#include <exception>
#include <thread>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/json/decode.h"
#include "core/oci/media_type.h"
#include "out/stream_source.h"

namespace out {
namespace {

constexpr int max_depth = 4;

/// containerd names writes by what they are; nothing else tells a manifest from a blob before it is there.
bool is_document(const std::string& reference) {
  return reference.starts_with("manifest-") || reference.starts_with("index-");
}

oci::Document to_document(std::string bytes) {
  const auto parsed = json::parse(bytes, "the manifest that the engine sent");
  json::Object object(parsed, "manifest");
  auto type = object.string("mediaType")
                  .value_or(std::string(object.has("manifests") ? oci::media_type::index : oci::media_type::manifest));
  return oci::Document::make(std::move(type), std::move(bytes));
}

}  // namespace

/// A manifest, in memory until the export has ended.
class UploadStore::Kept final : public buildkit::BlobWriter {
 public:
  explicit Kept(UploadStore& store) : store_(store) {}

  void write(std::string_view data) override {
    if (bytes_.size() + data.size() > oci::max_manifest_bytes)
      throw base::Error(base::Kind::invalid,
                        "the engine sends a manifest of more than " + base::human_bytes(oci::max_manifest_bytes));
    bytes_ += data;
  }
  void restart() override { bytes_.clear(); }
  std::uint64_t size() const override { return bytes_.size(); }
  base::Digest commit(std::string_view expected) override {
    auto document = to_document(bytes_);
    if (!expected.empty() && document.digest.text() != expected)
      throw base::Error(base::Kind::corrupt, "the engine sent content with the digest " + document.digest.text() +
                                                 " as " + base::quoted(expected));
    const base::Digest digest = document.digest;
    std::lock_guard lock(store_.mutex_);
    store_.documents_.insert_or_assign(digest, std::move(document));
    return digest;
  }

 private:
  UploadStore& store_;
  std::string bytes_;
};

/// A blob on its way: the engine's call writes, a thread of its own sends.
class UploadStore::Upload final : public buildkit::BlobWriter {
 public:
  Upload(UploadStore& store, const buildkit::NewBlob& blob)
      : store_(store),
        blob_{"", base::Digest::parse(blob.digest), blob.size},
        session_end_(blob.stop),
        source_(blob.size),
        thread_([this] { send(); }) {}
  ~Upload() override {
    abandon();
    if (thread_.joinable()) thread_.join();
  }

  /// Whether the registry wants it.
  bool wanted() {
    if (source_.wait_for_reader()) return true;
    end();
    return false;
  }

  void write(std::string_view data) override {
    // Another put may have brought the blob meanwhile: the engine still sends what nobody reads any more.
    if (!source_.write(data)) end();
    taken_ += data.size();
  }
  void restart() override {
    throw base::Error(base::Kind::unsupported, "the engine starts anew with blob " + blob_.digest.text() +
                                                   ", which is on its way to the registry")
        .fix("put again: what the registry has by now is not sent again");
  }
  std::uint64_t size() const override { return taken_; }
  base::Digest commit(std::string_view expected) override {
    if (!expected.empty() && expected != blob_.digest.text())
      throw base::Error(base::Kind::corrupt,
                        "the engine ends blob " + blob_.digest.text() + " as " + base::quoted(expected));
    if (taken_ != blob_.size)
      throw base::Error(base::Kind::corrupt, "the engine sent " + std::to_string(taken_) + " of the " +
                                                 std::to_string(blob_.size) + " bytes of blob " + blob_.digest.text());
    end();
    store_.sent_blobs_++;
    store_.sent_bytes_ += blob_.size;
    return blob_.digest;
  }

 private:
  void send() {
    // Whoever ends the put, or the engine's session, must not wait for the engine's next piece, nor for the registry.
    std::stop_callback on_stop(store_.stop_, [this] { abandon(); });
    std::stop_callback on_end(session_end_, [this] { abandon(); });
    try {
      store_.pusher_.blob(blob_, source_, {.mount_from = store_.base_}, stop_.get_token());
    } catch (...) {
      failure_ = std::current_exception();
    }
    source_.done();
  }

  void abandon() {
    stop_.request_stop();
    source_.abandon();
  }

  /// Waits for the thread. Throws what ended it.
  void end() {
    if (thread_.joinable()) thread_.join();
    if (failure_) std::rethrow_exception(failure_);
  }

  UploadStore& store_;
  const oci::Descriptor blob_;
  const std::stop_token session_end_;
  StreamSource source_;
  std::uint64_t taken_ = 0;  // of what the engine sends
  std::stop_source stop_;
  std::exception_ptr failure_;
  std::thread thread_;
};

std::unique_ptr<buildkit::BlobWriter> UploadStore::create(const buildkit::NewBlob& blob) {
  if (is_document(blob.reference)) return std::make_unique<Kept>(*this);
  if (!base::Digest::valid(blob.digest) || blob.size == 0)
    throw base::Error(base::Kind::corrupt, "the engine exports " + base::quoted(blob.reference) +
                                               " without saying which digest and size it has");
  auto upload = std::make_unique<Upload>(*this, blob);
  if (upload->wanted()) return upload;
  known_blobs_++;
  return nullptr;
}

void UploadStore::push(const base::Digest& digest, int depth) {
  auto found = documents_.find(digest);
  if (found == documents_.end() || depth > max_depth)
    throw base::Error(base::Kind::corrupt, "the engine exported no manifest " + digest.text());
  const oci::Document& document = found->second;
  if (pusher_.resolve(digest.text(), stop_)) return;
  if (document.is_index())
    for (const auto& child : oci::parse_index(document).manifests) push(child.digest, depth + 1);
  pusher_.manifest(document, std::nullopt, stop_);
}

void UploadStore::finish(const base::Digest& root) {
  std::lock_guard lock(mutex_);
  push(root, 0);
}

}  // namespace out
