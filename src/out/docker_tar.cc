#include "out/docker_tar.h"

#include <array>
#include <mutex>
#include <vector>

#include "core/archive/byte_source.h"
#include "core/archive/decompress.h"
#include "core/archive/gzip_writer.h"
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/http/source.h"
#include "core/oci/config.h"
#include "core/oci/media_type.h"

namespace out {
namespace {

constexpr std::uint64_t max_list_bytes = 1u << 20;
constexpr std::size_t compressors = 2;
constexpr std::size_t piece_bytes = 256 * 1024;

std::string read(const TarIndex& tar, const std::string& name, std::uint64_t max_bytes) {
  auto file = tar.open(name);
  if (!file) throw base::Error(base::Kind::invalid, "the tar lacks " + base::quoted(name));
  if (file->size > max_bytes)
    throw base::Error(base::Kind::invalid, base::quoted(name) + " has " + base::human_bytes(file->size) + ", at most " +
                                               base::human_bytes(max_bytes) + " are read");
  http::FileSource source(file->fd, base::quoted(name), file->offset, file->size);
  std::string out(file->size, '\0');
  for (std::size_t done = 0; done < out.size();)
    done += source.read(std::as_writable_bytes(std::span(out)).subspan(done));
  return out;
}

/// A part of a file, from its front, until somebody wants to stop.
class Bytes : public archive::ByteSource {
 public:
  Bytes(const oci::LayoutFile& file, const std::string& name, std::stop_token stop)
      : source_(file.fd, base::quoted(name), file.offset, file.size), stop_(std::move(stop)) {}
  std::size_t read(std::span<std::byte> buffer) override {
    if (stop_.stop_requested()) throw base::Error(base::Kind::cancelled, "stopped while reading the image");
    return source_.read(buffer);
  }

 private:
  http::FileSource source_;
  std::stop_token stop_;
};

void copy(archive::ByteSource& from, archive::ByteSink& to) {
  std::vector<std::byte> buffer(piece_bytes);
  while (auto n = from.read(buffer)) to.write(std::span(buffer).first(n));
}

struct Layer {
  oci::Descriptor descriptor;
  oci::LayoutFile file;
};

archive::Compression compression_of(const oci::LayoutFile& file, const std::string& name) {
  std::array<std::byte, archive::sniff_bytes> start;
  Bytes bytes(file, name, {});
  return archive::sniff(std::span(start).first(archive::read_full(bytes, start)));
}

/// A compressed layer, sent as it is.
Layer as_it_is(oci::LayoutFile file, const std::string& name, std::string_view type, std::stop_token stop) {
  Bytes bytes(file, name, stop);
  archive::HashingSink hash;
  copy(bytes, hash);
  return {{std::string(type), hash.finish(), file.size}, std::move(file)};
}

Layer compressed(const oci::LayoutFile& file, const std::string& name, const base::Digest& diff_id,
                 const std::filesystem::path& to, std::stop_token stop) {
  Bytes bytes(file, name, stop);
  archive::HashingSource plain(bytes);
  archive::FileSink out(base::create_file(to), base::quoted(to.string()));
  archive::HashingSink hash(&out);
  archive::GzipSink gzip(hash);
  copy(plain, gzip);
  gzip.finish();
  if (auto found = plain.finish(); found != diff_id)
    throw base::Error(base::Kind::corrupt, "layer " + base::quoted(name) + " has digest " + found.text() +
                                               ", the config says " + diff_id.text());
  const auto size = hash.bytes();
  return {{std::string(oci::media_type::layer_gzip), hash.finish(), size}, {base::open_read(to), 0, size}};
}

}  // namespace

DockerImage load_docker_tar(const TarIndex& tar, std::optional<base::TemporaryDirectory>& scratch,
                            std::stop_token stop) {
  if (!tar.has("manifest.json"))
    throw base::Error(base::Kind::invalid, "the tar is no image: it has neither 'oci-layout' nor 'manifest.json'");
  auto list = json::parse(read(tar, "manifest.json", max_list_bytes), "manifest.json");
  if (!list.is_array() || list.size() != 1)
    throw base::Error(base::Kind::invalid,
                      "the tar holds " + std::to_string(list.is_array() ? list.size() : 0) + " images, one is wanted");
  json::Object entry(list.front(), "manifest.json[0]");
  DockerImage out;
  out.config = read(tar, entry.required_string("Config"), oci::max_config_bytes);
  out.config_digest = base::sha256(out.config);
  const auto diff_ids = oci::parse_config(out.config).diff_ids;
  const auto names = entry.strings("Layers");
  if (names.size() != diff_ids.size())
    throw base::Error(base::Kind::invalid, "the tar lists " + std::to_string(names.size()) +
                                               " layers, the image's config " + std::to_string(diff_ids.size()));

  std::vector<std::optional<Layer>> layers(names.size());
  std::mutex mutex;
  base::in_parallel(names.size(), compressors, stop, [&](std::size_t i, std::stop_token any) {
    auto file = tar.open(names[i]);
    if (!file) throw base::Error(base::Kind::invalid, "the tar lacks layer " + base::quoted(names[i]));
    switch (auto compression = compression_of(*file, names[i])) {
      case archive::Compression::gzip:
        layers[i] = as_it_is(*std::move(file), names[i], oci::media_type::layer_gzip, any);
        return;
      case archive::Compression::zstd:
        layers[i] = as_it_is(*std::move(file), names[i], oci::media_type::layer_zstd, any);
        return;
      case archive::Compression::none:
        break;
      default:
        throw base::Error(base::Kind::unsupported, "layer " + base::quoted(names[i]) + " is compressed with " +
                                                       std::string(archive::name_of(compression)) +
                                                       ", which no image may be");
    }
    {
      std::lock_guard lock(mutex);
      if (!scratch) scratch.emplace("estaleiro-out");
    }
    layers[i] = compressed(*file, names[i], diff_ids[i], scratch->path() / std::to_string(i), any);
  });

  oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest),
                         .config = {std::string(oci::media_type::config), out.config_digest, out.config.size()}};
  for (auto& layer : layers) {
    manifest.layers.push_back(layer->descriptor);
    out.layers.insert_or_assign(layer->descriptor.digest, std::move(layer->file));
  }
  out.manifest = oci::write(manifest);
  return out;
}

}  // namespace out
