#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <set>

#include "core/archive/decompress.h"
#include "core/archive/tar_writer.h"
#include "core/base/error.h"
#include "core/json/decode.h"
#include "in/formats.h"

namespace in {
namespace {

/// The file that is being written: under its final name only when done.
class NewFile {
 public:
  explicit NewFile(std::filesystem::path path)
      : path_(std::move(path)), partial_(path_.string() + ".partial"), sink_(base::create_file(partial_), partial_) {}
  NewFile(const NewFile&) = delete;
  ~NewFile() {
    if (!done_) ::unlink(partial_.c_str());
  }
  archive::ByteSink& sink() { return sink_; }
  void finish() {
    if (::rename(partial_.c_str(), path_.c_str()) != 0) throw base::errno_error("rename '" + partial_ + "'", errno);
    done_ = true;
  }

 private:
  std::filesystem::path path_;
  std::string partial_;
  archive::FileSink sink_;
  bool done_ = false;
};

/// docker load looks at the contents only, people and older tools at the name.
std::string_view suffix_of(SpoolSource& layer) {
  std::array<std::byte, archive::sniff_bytes> start;
  auto size = layer.peek(start);
  switch (archive::sniff(std::span(start).first(size))) {
    case archive::Compression::gzip:
      return ".tar.gz";
    case archive::Compression::zstd:
      return ".tar.zst";
    default:
      return ".tar";
  }
}

}  // namespace

void write_docker_archive(const Line& line, const Image& image, const std::string& name,
                          const std::filesystem::path& destination) {
  std::vector<oci::Descriptor> distinct;
  std::set<base::Digest> seen;
  for (const auto& layer : image.manifest.layers)
    if (seen.insert(layer.digest).second) distinct.push_back(layer);

  Downloads downloads(line, distinct, destination);
  NewFile file(destination / "image.tar");
  archive::TarWriter tar(file.sink());
  std::string config_name = image.manifest.config.digest.text();
  tar.add(archive::file_entry(config_name), image.config_bytes);
  std::map<base::Digest, std::string> names;
  for (std::size_t i = 0; i < distinct.size(); i++) {
    auto layer = downloads.take(i);
    auto entry = archive::file_entry(std::string(distinct[i].digest.hex()) + std::string(suffix_of(*layer)));
    entry.size = distinct[i].size;
    tar.add(entry, *layer);
    names[distinct[i].digest] = entry.name;
  }
  json::Ordered listed;
  listed["Config"] = config_name;
  listed["RepoTags"] = {name};
  listed["Layers"] = json::Ordered::array();
  for (const auto& layer : image.manifest.layers) listed["Layers"].push_back(names[layer.digest]);
  tar.add(archive::file_entry("manifest.json"), json::write(json::Ordered::array({listed})));
  tar.finish();
  file.finish();
}

}  // namespace in
