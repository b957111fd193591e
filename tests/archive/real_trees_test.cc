#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "core/archive/unpacker.h"
#include "core/base/temporary_directory.h"
#include "tests/support/layer_builder.h"
#include "tests/support/tree.h"

// Trees as other programs unpack them: the same in path, type, mode, owner, size, mtime, link count, extended
// attributes and contents.

namespace {

namespace fs = std::filesystem;
using support::LayerBuilder;

bool can_run(const std::string& program) {
  return ::geteuid() == 0 && std::system(("command -v " + program + " >/dev/null").c_str()) == 0;
}

void shell(const std::string& command) {
  CAPTURE(command);
  REQUIRE(std::system(command.c_str()) == 0);
}

void check_alike(const fs::path& ours, const fs::path& theirs) {
  auto left = support::tree(ours), right = support::tree(theirs);
  for (const auto& [path, line] : right) {
    CAPTURE(path);
    CHECK(left[path] == line);
  }
  for (const auto& [path, line] : left) CHECK_MESSAGE(right.contains(path), path);
}

/// Layers as a builder makes them by comparing trees: each with the entries of the directories it changes, whiteouts
/// for names of lower layers only. Everything else is chance, by `seed`.
class RandomImage {
 public:
  explicit RandomImage(unsigned seed) : random_(seed) {}

  std::string layer() {
    LayerBuilder out;
    described_.clear();
    mine_.clear();
    describe(out, "");
    for (int i = 0; i < 60; i++) change(out);
    return out.tar();
  }

 private:
  enum class Kind { file, directory, other };

  std::size_t below(std::size_t n) { return random_() % n; }

  archive::Entry dressed(archive::Entry entry) {
    static constexpr std::uint32_t modes[] = {0644, 0755, 04755, 02755, 0600, 01777, 0};
    entry.mode = modes[below(std::size(modes))];
    if (entry.type == archive::EntryType::directory) entry.mode |= 0700;
    entry.uid = static_cast<std::uint32_t>(below(3) * 1000);
    entry.gid = static_cast<std::uint32_t>(below(3) * 50);
    entry.mtime = {static_cast<std::int64_t>(below(2000000000)), static_cast<std::uint32_t>(below(2) * 123456789)};
    if (entry.type == archive::EntryType::symlink) return entry;
    if (below(5) == 0) entry.xattrs["user.note"] = std::to_string(below(100));
    if (below(7) == 0 && entry.type == archive::EntryType::file)
      entry.xattrs["security.capability"] =
          std::string("\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 20);
    return entry;
  }

  std::string some_directory() {
    std::vector<std::string> all{""};
    for (const auto& [path, kind] : tree_)
      if (kind == Kind::directory) all.push_back(path);
    return all[below(all.size())];
  }

  static std::string join(const std::string& directory, const std::string& name) {
    return directory.empty() ? name : directory + "/" + name;
  }

  void describe(LayerBuilder& out, const std::string& directory) {
    if (!described_.insert(directory).second) return;
    if (!directory.empty()) {
      auto slash = directory.rfind('/');
      describe(out, slash == std::string::npos ? "" : directory.substr(0, slash));
    }
    out.add(dressed(archive::directory_entry("./" + directory)));
    mine_.insert(directory);
  }

  void forget(const std::string& path) {
    std::erase_if(tree_, [&](const auto& one) { return one.first == path || one.first.starts_with(path + "/"); });
    std::erase_if(described_, [&](const auto& one) { return one == path || one.starts_with(path + "/"); });
  }

  void change(LayerBuilder& out) {
    auto directory = some_directory();
    auto path = join(directory, "n" + std::to_string(below(8)));
    // A name comes up once in a layer, as in a real one.
    if (std::any_of(mine_.begin(), mine_.end(),
                    [&](const auto& one) { return one == path || one.starts_with(path + "/"); }))
      return;
    describe(out, directory);
    bool exists = tree_.contains(path);
    switch (below(9)) {
      case 0:
        if (!exists) return;
        out.whiteout(path);
        forget(path);
        mine_.insert(path);
        return;
      case 1:
        if (!exists || tree_[path] != Kind::directory) return;
        forget(path);
        tree_[path] = Kind::directory;
        describe(out, path);
        out.opaque(path);
        return;
      case 2:
      case 3:
        if (!exists || tree_[path] != Kind::directory) forget(path);
        tree_[path] = Kind::directory;
        describe(out, path);
        return;
      case 4:
        forget(path);
        out.add(dressed(archive::symlink_entry(path, below(2) ? "/n1/n2" : "../n3")));
        tree_[path] = Kind::other;
        break;
      case 5: {
        std::vector<std::string> targets;
        for (const auto& one : mine_)
          if (tree_.contains(one) && tree_[one] == Kind::file && !one.starts_with(path + "/")) targets.push_back(one);
        if (targets.empty()) return;
        forget(path);
        out.hardlink(path, targets[below(targets.size())]);
        tree_[path] = Kind::file;
        break;
      }
      default:
        forget(path);
        out.add(dressed(archive::file_entry(path)),
                std::string(below(3) * below(3000), static_cast<char>('a' + below(26))));
        tree_[path] = Kind::file;
    }
    mine_.insert(path);
  }

  std::mt19937 random_;
  std::map<std::string, Kind> tree_;        // of all layers so far
  std::set<std::string> described_, mine_;  // by this layer
};

/// Writes an image layout of `layers` with the tag "t".
void write_layout(const fs::path& directory, const std::vector<std::string>& layers) {
  fs::create_directories(directory / "blobs/sha256");
  auto blob = [&](const std::string& bytes, const std::string& type) {
    auto digest = base::sha256(bytes);
    base::write_file(directory / "blobs/sha256" / digest.hex(), bytes);
    return R"({"mediaType":"application/vnd.oci.image.)" + type + R"(","digest":")" + digest.text() + R"(","size":)" +
           std::to_string(bytes.size());
  };
  std::string diff_ids, descriptors;
  for (const auto& layer : layers) {
    std::string comma = diff_ids.empty() ? "" : ",";
    diff_ids += comma + "\"" + base::sha256(layer).text() + "\"";
    descriptors += comma + blob(archive::gzip(layer), "layer.v1.tar+gzip") + "}";
  }
  auto config =
      blob(R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[)" + diff_ids + "]}}",
           "config.v1+json");
  auto manifest =
      blob(R"({"schemaVersion":2,"config":)" + config + R"(},"layers":[)" + descriptors + "]}", "manifest.v1+json");
  base::write_file(directory / "index.json", R"({"schemaVersion":2,"manifests":[)" + manifest +
                                                 R"(,"annotations":{"org.opencontainers.image.ref.name":"t"}}]})");
  base::write_file(directory / "oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
}

void unpack(const std::vector<std::string>& tars, const fs::path& destination) {
  std::vector<archive::LayerInput> layers;
  for (const auto& tar : tars) {
    archive::LayerInput layer;
    layer.name = base::sha256(tar).text();
    layer.diff_id = base::sha256(tar);
    layer.open = [&tar] { return std::make_unique<archive::MemorySource>(tar); };
    layers.push_back(std::move(layer));
  }
  archive::unpack(layers, destination);
}

}  // namespace

TEST_CASE("images of twelve layers come out as umoci unpacks them") {
  if (!can_run("umoci")) return;
  for (unsigned seed = 1; seed <= 6; seed++) {
    CAPTURE(seed);
    base::TemporaryDirectory directory("real-trees");
    auto at = directory.path();
    RandomImage image(seed);
    std::vector<std::string> layers;
    for (int i = 0; i < 12; i++) layers.push_back(image.layer());
    write_layout(at / "layout", layers);
    shell("umoci --log error unpack --image '" + (at / "layout").string() + ":t' '" + (at / "bundle").string() + "'");
    unpack(layers, at / "rootfs");
    CHECK(support::tree(at / "rootfs").size() > 50);
    check_alike(at / "rootfs", at / "bundle/rootfs");
  }
}

TEST_CASE("a tree packed by GNU tar in any of its formats comes out as it was") {
  if (!can_run("tar")) return;
  base::TemporaryDirectory directory("real-trees");
  auto at = directory.path();
  unpack({RandomImage(7).layer()}, at / "tree");
  std::string tree = "'" + (at / "tree").string() + "'";
  shell("cd " + tree +
        " && mkfifo -m 640 fifo && truncate -s 300000 hole && printf x | dd of=sparse bs=1 seek=200000 status=none");
  shell("cd " + tree +
        " && n=; for i in 1 2 3 4 5 6 7 8 9; do n=$n/directory-with-a-long-name-$i; done && mkdir -p .$n && touch "
        ".$n/caf\xc3\xa9 && ln -s .$n/x l");
  shell("cd " + tree + " && find . -print0 | xargs -0 touch -h -d @1600000000");
  for (const char* format : {"posix", "gnu", "oldgnu"}) {
    CAPTURE(std::string(format));
    bool posix = std::string_view(format) == "posix";
    if (!posix)  // the older formats have no place for them
      for (const char* xattr : {"user.note", "security.capability"})
        shell("find " + tree + " -exec setfattr -h -x " + xattr + " {} \\; 2>/dev/null; true");
    auto tar = at / (std::string(format) + ".tar");
    shell("tar -C " + tree + " --format=" + format + " -S " + (posix ? "--xattrs --xattrs-include='*' " : "") +
          "-cf '" + tar.string() + "' .");
    unpack({base::read_file(tar, 1 << 26)}, at / format);
    check_alike(at / format, at / "tree");
  }
}
