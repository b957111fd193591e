#include "cli/image_comparison.h"

#include <algorithm>
#include <cstdio>

#include "core/archive/decompress.h"
#include "core/archive/entry_name.h"
#include "core/archive/tar_reader.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/json/decode.h"
#include "core/oci/config.h"

namespace cli {
namespace {

constexpr std::size_t max_shown = 200;

/// What one entry of a layer says, aspect by aspect, as text.
using Entry = std::vector<std::pair<std::string, std::string>>;
using Tree = std::map<std::string, Entry>;

std::string octal(std::uint32_t mode) {
  char out[16];
  std::snprintf(out, sizeof out, "%04o", mode);
  return out;
}

std::string content_of(archive::TarReader& tar) {
  base::Sha256 hash;
  for (auto piece = tar.body(); !piece.data.empty(); piece = tar.body()) hash.update(piece.data);
  return hash.finish().text();
}

Tree read_tree(archive::ByteSource& stored) {
  Tree out;
  auto plain = archive::decompressed(stored);
  archive::BufferedPieces pieces(*plain);
  archive::TarReader tar(pieces);
  while (auto entry = tar.next()) {
    Entry& said = out["/" + archive::parse_entry_name(entry->name, "name").path()];
    said = {{"type", std::string(archive::name_of(entry->type))},
            {"mode", octal(entry->mode)},
            {"owner", std::to_string(entry->uid) + ":" + std::to_string(entry->gid)},
            {"time", std::to_string(entry->mtime.seconds) + "." + std::to_string(entry->mtime.nanoseconds)},
            {"size", std::to_string(entry->size)},
            {"link", entry->link_name}};
    std::string attributes;
    for (const auto& [name, value] : entry->xattrs) attributes += name + "=" + value + " ";
    said.emplace_back("attributes", attributes);
    said.emplace_back("content", entry->type == archive::EntryType::file ? content_of(tar) : "");
  }
  return out;
}

/// "mode 0644, then 0755; content" of one path that both have; "" if they say the same.
std::string differences(const Entry& first, const Entry& second) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < first.size(); i++) {
    const auto& [aspect, before] = first[i];
    const auto& after = second[i].second;
    if (before == after) continue;
    const bool opaque = aspect == "content" || aspect == "attributes";
    out.push_back(opaque ? aspect : aspect + " " + base::quoted(before) + ", then " + base::quoted(after));
  }
  return base::join(out, "; ");
}

class Comparison {
 public:
  Comparison(const ImageParts& first, const ImageParts& second, const PathOwners& owners)
      : first_(first), second_(second), owners_(owners) {}

  ImageComparison run() {
    out_.same_digest = first_.manifest.digest == second_.manifest.digest;
    out_.same_content = out_.same_digest || first_.config == second_.config;
    if (out_.same_digest) return std::move(out_);
    compare_configs();
    compare_layers();
    if (out_.findings.empty()) say("the manifests differ in their annotations or media types");
    return std::move(out_);
  }

 private:
  void say(std::string line) { out_.findings.push_back(std::move(line)); }

  void compare_configs() {
    const auto first = json::parse(first_.config, "the first config"),
               second = json::parse(second_.config, "the second config");
    for (const auto* one : {&first, &second})
      if (!one->is_object()) throw base::Error(base::Kind::corrupt, "an image's config is no JSON object");
    auto member = [](const json::Value& config, const std::string& key) {
      return config.contains(key) ? config.at(key).dump() : std::string("nothing");
    };
    json::Value keys = first;
    keys.update(second);
    for (const auto& [key, value] : keys.items())
      if (key != "rootfs" && member(first, key) != member(second, key))
        say("config: " + key + " is " + base::quoted(member(first, key)) + ", then " +
            base::quoted(member(second, key)));
  }

  void compare_layers() {
    const auto first = oci::parse_manifest(first_.manifest), second = oci::parse_manifest(second_.manifest);
    const auto first_ids = oci::parse_config(first_.config).diff_ids,
               second_ids = oci::parse_config(second_.config).diff_ids;
    if (first.layers.size() != first_ids.size() || second.layers.size() != second_ids.size())
      throw base::Error(base::Kind::corrupt, "manifest and config disagree on the number of layers");
    if (first.layers.size() != second.layers.size())
      say("there are " + std::to_string(first.layers.size()) + " layers, then " + std::to_string(second.layers.size()));
    for (std::size_t i = 0; i < std::min(first.layers.size(), second.layers.size()); i++) {
      const std::string layer = "layer " + std::to_string(i + 1) + " of " + std::to_string(first.layers.size());
      if (first_ids[i] != second_ids[i])
        base::within("comparing " + layer, [&] { compare_layer(layer, first.layers[i], second.layers[i]); });
      else if (first.layers[i].digest != second.layers[i].digest)
        say(layer + ": the same content, compressed in another way");
    }
  }

  void compare_layer(const std::string& layer, const oci::Descriptor& first, const oci::Descriptor& second) {
    const Tree before = read_tree(*first_.open(first)), after = read_tree(*second_.open(second));
    std::vector<std::string> lines;
    for (const auto& [path, entry] : before) {
      auto other = after.find(path);
      const std::string what = other == after.end() ? "only in the first" : differences(entry, other->second);
      if (!what.empty()) lines.push_back(line(path, what));
    }
    for (const auto& [path, entry] : after)
      if (!before.contains(path)) lines.push_back(line(path, "only in the second"));
    if (lines.empty()) return say(layer + ": the same paths, in another order or another form of tar");
    say(layer + ": " + std::to_string(lines.size()) + (lines.size() == 1 ? " path differs" : " paths differ"));
    for (std::size_t i = 0; i < std::min(lines.size(), max_shown); i++) say(std::move(lines[i]));
    if (lines.size() > max_shown) say("  and " + std::to_string(lines.size() - max_shown) + " more");
  }

  std::string line(const std::string& path, const std::string& what) const {
    auto owner = owners_.find(path);
    return "  " + base::printable(path) + ": " + what +
           (owner == owners_.end() ? "" : " (" + base::printable(owner->second) + ")");
  }

  const ImageParts& first_;
  const ImageParts& second_;
  const PathOwners& owners_;
  ImageComparison out_;
};

}  // namespace

ImageComparison compare_images(const ImageParts& first, const ImageParts& second, const PathOwners& owners) {
  return Comparison(first, second, owners).run();
}

}  // namespace cli
