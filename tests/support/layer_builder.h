#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/archive/gzip_writer.h"
#include "core/archive/tar_writer.h"

namespace support {

/// Puts a layer together, entry by entry, in the order given.
///
///     auto tar = LayerBuilder().directory("etc").file("etc/motd", "hello\n").whiteout("etc/issue").tar();
class LayerBuilder {
 public:
  LayerBuilder() = default;
  LayerBuilder(const LayerBuilder&) = delete;  // the writer looks at the sink

  LayerBuilder& add(archive::Entry entry, std::string_view contents = {}) {
    writer_.add(std::move(entry), contents);
    return *this;
  }
  LayerBuilder& file(std::string name, std::string_view contents = {}) {
    return add(archive::file_entry(std::move(name)), contents);
  }
  LayerBuilder& directory(std::string name) { return add(archive::directory_entry(std::move(name))); }
  LayerBuilder& symlink(std::string name, std::string target) {
    return add(archive::symlink_entry(std::move(name), std::move(target)));
  }
  LayerBuilder& hardlink(std::string name, std::string target) {
    return add(archive::hardlink_entry(std::move(name), std::move(target)));
  }
  /// "a/b" becomes "a/.wh.b".
  LayerBuilder& whiteout(std::string_view name) {
    auto slash = name.rfind('/');
    auto base = slash == std::string_view::npos ? 0 : slash + 1;
    return file(std::string(name.substr(0, base)) + ".wh." + std::string(name.substr(base)));
  }
  LayerBuilder& opaque(const std::string& directory) {
    return file((directory.empty() ? "" : directory + "/") + ".wh..wh..opq");
  }

  /// The uncompressed layer, ended. Once.
  std::string tar() {
    writer_.finish();
    return out_.take();
  }
  std::string gzip() { return archive::gzip(tar()); }

 private:
  archive::StringSink out_;
  archive::TarWriter writer_{out_};
};

}  // namespace support
