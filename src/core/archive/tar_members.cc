#include "core/archive/tar_members.h"

#include <algorithm>
#include <array>

#include "core/base/error.h"
#include "core/base/text.h"

namespace archive {
namespace {

/// Hard links that name hard links; tar writes none.
constexpr int max_links = 8;

/// An open tarball: file, decoder, reader.
class Tarball {
 public:
  Tarball(const std::filesystem::path& path, const MemberLimits& limits)
      : file_(base::open_read(path), "'" + path.string() + "'"),
        plain_(decompressed(file_, limits.expansion)),
        pieces_(*plain_),
        reader_(pieces_, limits.tar) {}
  TarReader& reader() { return reader_; }

 private:
  FileSource file_;
  std::unique_ptr<ByteSource> plain_;
  BufferedPieces pieces_;
  TarReader reader_;
};

template <class Body>
auto looking_into(const std::filesystem::path& path, Body body) {
  return base::within("looking into the tarball '" + path.string() + "'", body);
}

void write_zeros(ByteSink& out, std::uint64_t count) {
  static constexpr std::array<std::byte, 4096> zeros{};
  while (count > 0) {
    auto n = static_cast<std::size_t>(std::min<std::uint64_t>(count, zeros.size()));
    out.write(std::span(zeros).first(n));
    count -= n;
  }
}

void copy_body(TarReader& tar, const Entry& entry, ByteSink& out, const MemberLimits& limits) {
  if (entry.size > limits.max_bytes)
    throw base::Error(base::Kind::corrupt, "member " + base::quoted(entry.name) + " has " + std::to_string(entry.size) +
                                               " bytes, more than the " + std::to_string(limits.max_bytes) +
                                               " allowed");
  std::uint64_t at = 0;
  for (auto piece = tar.body(); !piece.data.empty(); piece = tar.body()) {
    write_zeros(out, piece.offset - at);
    out.write(piece.data);
    at = piece.offset + piece.data.size();
  }
  write_zeros(out, entry.size - at);
}

/// A member that `wanted` may have meant: the same path in another directory ("tool-1.2/bin/tool" for "bin/tool"), or
/// one that differs by a slip.
std::string near_member(const std::string& wanted, const std::vector<std::string>& names) {
  auto found = std::find_if(names.begin(), names.end(), [&](const auto& name) { return name.ends_with("/" + wanted); });
  return found != names.end() ? *found : base::nearest(wanted, names);
}

struct Found {
  Entry entry;
  std::optional<base::Digest> digest;  // of a file's contents
};

/// The last entry called `wanted`.
std::optional<Found> last_entry(const std::filesystem::path& tarball, const std::string& wanted,
                                const MemberLimits& limits) {
  return looking_into(tarball, [&] {
    Tarball opened(tarball, limits);
    std::optional<Found> out;
    while (auto entry = opened.reader().next()) {
      if (member_name(entry->name) != wanted) continue;
      std::optional<base::Digest> digest;
      if (entry->type == EntryType::file) {
        HashingSink hash;
        copy_body(opened.reader(), *entry, hash, limits);
        digest = hash.finish();
      }
      out.emplace(Found{*std::move(entry), std::move(digest)});
    }
    opened.reader().drain();
    return out;
  });
}

}  // namespace

std::string member_name(std::string_view stored) {
  std::string out;
  for (auto component : base::split(stored, '/')) {
    if (component.empty() || component == ".") continue;
    if (!out.empty()) out += '/';
    out += component;
  }
  return out;
}

std::vector<std::string> member_names(const std::filesystem::path& tarball, const MemberLimits& limits) {
  return looking_into(tarball, [&] {
    Tarball opened(tarball, limits);
    std::vector<std::string> out;
    std::uint64_t bytes = 0;
    while (auto entry = opened.reader().next()) {
      auto name = member_name(entry->name);
      if ((bytes += name.size()) > limits.max_names_bytes)
        throw base::Error(base::Kind::corrupt,
                          "names of members take more than " + base::human_bytes(limits.max_names_bytes) + " together");
      if (!name.empty()) out.push_back(std::move(name));
    }
    opened.reader().drain();
    return out;
  });
}

Member find_member(const std::filesystem::path& tarball, std::string_view name, const MemberLimits& limits) {
  auto in_tarball = [&](const std::string& member) {
    return "member " + base::quoted(member) + " in the tarball '" + tarball.string() + "'";
  };
  std::string wanted = member_name(name);
  for (int links = 0;; links++) {
    auto found = last_entry(tarball, wanted, limits);
    if (!found) {
      auto error = base::Error(base::Kind::not_found, "no " + in_tarball(wanted));
      auto near = near_member(wanted, member_names(tarball, limits));
      if (!near.empty()) error.fix("did you mean " + base::quoted(near) + "?");
      throw error;
    }
    if (found->digest) return {std::move(found->entry), *std::move(found->digest)};
    if (found->entry.type != EntryType::hardlink || links == max_links)
      throw base::Error(base::Kind::invalid,
                        in_tarball(wanted) + " is a " + std::string(name_of(found->entry.type)) + ", not a file");
    wanted = member_name(found->entry.link_name);
  }
}

void extract_member(const std::filesystem::path& tarball, const Member& member, ByteSink& out,
                    const MemberLimits& limits) {
  looking_into(tarball, [&] {
    Tarball opened(tarball, limits);
    HashingSink hash(&out);
    while (auto entry = opened.reader().next()) {
      if (entry->offset != member.entry.offset) continue;
      copy_body(opened.reader(), *entry, hash, limits);
      if (hash.finish() != member.digest) break;
      return;
    }
    throw base::Error(base::Kind::corrupt, "member " + base::quoted(member.entry.name) + " is no longer what it was");
  });
}

}  // namespace archive
