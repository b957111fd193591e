#include "core/archive/unpacker.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/archive/read_ahead.h"
#include "core/archive/remove_tree.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"

namespace archive {
namespace {

/// Passes on stored bytes, counting them, and hashing them for who states a digest.
class Stored : public ByteSource {
 public:
  explicit Stored(const LayerInput& layer) : layer_(layer), inner_(layer.open()) {}

  std::size_t read(std::span<std::byte> buffer) override {
    std::size_t n = inner_->read(buffer);
    bytes_ += n;
    if (layer_.digest) hash_.update(buffer.first(n));
    return n;
  }

  /// After the last byte. Throws corrupt.
  void check() {
    if (layer_.size && bytes_ != *layer_.size)
      throw base::Error(base::Kind::corrupt, "layer " + base::quoted(layer_.name) + " has " + std::to_string(bytes_) +
                                                 " bytes instead of " + std::to_string(*layer_.size));
    if (!layer_.digest) return;
    auto digest = hash_.finish();
    if (digest != *layer_.digest)
      throw base::Error(base::Kind::corrupt, "layer " + base::quoted(layer_.name) + " has digest " + digest.text() +
                                                 " instead of " + layer_.digest->text());
  }

 private:
  const LayerInput& layer_;
  std::unique_ptr<ByteSource> inner_;
  base::Sha256 hash_;
  std::uint64_t bytes_ = 0;
};

/// One layer's stored bytes, checked and uncompressed: what runs in the thread that reads ahead.
class LayerBytes : public ByteSource {
 public:
  LayerBytes(const LayerInput& layer, const UnpackOptions& options)
      : layer_(layer), stop_(options.stop), stored_(layer), plain_(decompressed(stored_, options.expansion)) {}

  std::size_t read(std::span<std::byte> buffer) override {
    if (stop_.stop_requested()) throw base::Error(base::Kind::cancelled, "unpacking was stopped");
    std::size_t n = base::within("reading layer " + base::quoted(layer_.name), [&] { return plain_->read(buffer); });
    if (n == 0 && !checked_) {
      checked_ = true;
      stored_.check();
    }
    return n;
  }

 private:
  const LayerInput& layer_;
  std::stop_token stop_;
  Stored stored_;
  std::unique_ptr<ByteSource> plain_;
  bool checked_ = false;
};

/// Hashes and reports what passes on its way to the tree.
class Watched : public PieceSource {
 public:
  Watched(PieceSource& inner, UnpackProgress& progress, const UnpackOptions& options)
      : inner_(inner), progress_(progress), options_(options) {}

  std::span<const std::byte> next() override {
    auto piece = inner_.next();
    hash_.update(piece);
    progress_.layer_bytes += piece.size();
    progress_.total_bytes += piece.size();
    if (options_.progress) options_.progress(progress_);
    return piece;
  }
  base::Digest finish() { return hash_.finish(); }

 private:
  PieceSource& inner_;
  UnpackProgress& progress_;
  const UnpackOptions& options_;
  base::Sha256 hash_;
};

/// The directory in which the tree grows; gone unless it was renamed to its final name.
class Partial {
 public:
  explicit Partial(const std::filesystem::path& destination) : destination_(destination) {
    struct stat status;
    if (::lstat(destination.c_str(), &status) == 0)
      throw base::Error(base::Kind::invalid, "'" + destination.string() + "' exists already");
    auto parent = destination.has_parent_path() ? destination.parent_path() : std::filesystem::path(".");
    parent_ = base::Fd(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!parent_) throw base::errno_error("open '" + parent.string() + "'", errno);
    name_ = destination.filename().string() + ".partial";
    remove_tree(parent_.get(), name_);  // of a process that was killed
    if (::mkdirat(parent_.get(), name_.c_str(), 0755) != 0) throw base::errno_error("create '" + path() + "'", errno);
    root_ = base::Fd(::openat(parent_.get(), name_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!root_) throw base::errno_error("open '" + path() + "'", errno);
    ::fchmod(root_.get(), 0755);  // whatever the umask
    // No layer need have an entry for the root: its time is then the same each time, and the one that umoci gives it.
    const timespec epoch[2] = {};
    ::futimens(root_.get(), epoch);
  }
  Partial(const Partial&) = delete;
  Partial& operator=(const Partial&) = delete;
  ~Partial() {
    if (done_) return;
    try {
      remove_tree(parent_.get(), name_);
    } catch (const base::Error&) {
      // Its name says what it is, and the error that led here matters more.
    }
  }

  int root() const { return root_.get(); }
  void finish() {
    if (::renameat(parent_.get(), name_.c_str(), parent_.get(), destination_.filename().c_str()) != 0)
      throw base::errno_error("rename '" + path() + "'", errno);
    done_ = true;
  }

 private:
  std::string path() const { return destination_.string() + ".partial"; }

  std::filesystem::path destination_;
  base::Fd parent_, root_;
  std::string name_;
  bool done_ = false;
};

void check_diff_id(const LayerInput& layer, const base::Digest& found) {
  if (layer.diff_id && found != *layer.diff_id)
    throw base::Error(base::Kind::corrupt, "layer " + base::quoted(layer.name) + " has diff ID " + found.text() +
                                               " instead of " + layer.diff_id->text());
}

void add(Skipped& sum, const Skipped& more) {
  sum.devices += more.devices;
  sum.xattrs += more.xattrs;
  for (const auto& example : more.examples)
    if (sum.examples.size() < 10) sum.examples.push_back(example);
}

}  // namespace

UnpackResult unpack(std::span<const LayerInput> layers, const std::filesystem::path& destination,
                    const UnpackOptions& options) {
  Partial partial(destination);
  UnpackResult result;
  UnpackProgress progress;
  auto read_ahead = [&](std::size_t i) -> std::unique_ptr<ReadAhead> {
    if (i >= layers.size()) return nullptr;
    return std::make_unique<ReadAhead>([&, i] { return std::make_unique<LayerBytes>(layers[i], options); });
  };
  auto current = read_ahead(0);
  std::unique_ptr<ReadAhead> following;
  try {
    for (std::size_t i = 0; i < layers.size(); i++) {
      following = read_ahead(i + 1);
      progress.layer = i;
      progress.layer_bytes = 0;
      ApplyOptions apply = options.apply;
      apply.layer = layers[i].name;
      apply.over_lower_layers = i > 0;
      Watched bytes(*current, progress, options);
      auto applied = apply_layer(bytes, partial.root(), apply);
      auto diff_id = bytes.finish();
      check_diff_id(layers[i], diff_id);
      result.entries += applied.entries;
      result.bytes += applied.bytes;
      add(result.skipped, applied.skipped);
      result.diff_ids.push_back(std::move(diff_id));
      current = std::move(following);
    }
  } catch (...) {
    if (options.on_failure) options.on_failure();
    throw;
  }
  partial.finish();
  return result;
}

}  // namespace archive
