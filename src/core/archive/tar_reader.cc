#include "core/archive/tar_reader.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/archive/pax.h"
#include "core/archive/tar_sparse.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace archive {
namespace {

base::Error corrupt(const std::string& text) { return base::Error(base::Kind::corrupt, text); }

std::uint64_t padding_of(std::uint64_t size) { return (tar_block_bytes - size % tar_block_bytes) % tar_block_bytes; }

/// A letter, or its code.
std::string type_text(char type) {
  return type > ' ' && type < 127 ? std::string("'") + type + "'" : std::to_string(static_cast<unsigned char>(type));
}

EntryType entry_type(const TarHeader& header) {
  switch (header.type) {
    case '\0':  // V7 had no type for directories
      return header.name.ends_with('/') ? EntryType::directory : EntryType::file;
    case '0':
    case '7':  // contiguous: a file for everybody
    case 'S':
      return EntryType::file;
    case '1':
      return EntryType::hardlink;
    case '2':
      return EntryType::symlink;
    case '3':
      return EntryType::character_device;
    case '4':
      return EntryType::block_device;
    case '5':
      return EntryType::directory;
    case '6':
      return EntryType::fifo;
  }
  throw corrupt("type " + type_text(header.type) + " is none that an image layer can hold");
}

/// They are applied to each entry anew, and seldom are more than one commit's id.
constexpr std::size_t max_global_bytes = 4096;

/// Keys that belong to one file by their nature: in a header for all files they would rename or resize them.
bool is_for_one_file(std::string_view key) {
  return key == "path" || key == "linkpath" || key == "size" || key.starts_with("GNU.sparse.");
}

bool is_for_all_files(std::string_view key) {
  return key == "uid" || key == "gid" || key == "mtime" || key.starts_with("SCHILY.xattr.") ||
         key.starts_with("LIBARCHIVE.xattr.");
}

}  // namespace

std::string_view name_of(EntryType type) {
  switch (type) {
    case EntryType::file:
      return "file";
    case EntryType::directory:
      return "directory";
    case EntryType::symlink:
      return "symbolic link";
    case EntryType::hardlink:
      return "hard link";
    case EntryType::character_device:
      return "character device";
    case EntryType::block_device:
      return "block device";
    case EntryType::fifo:
      return "fifo";
  }
  return "";
}

/// What stood in front of an entry's own header.
struct TarReader::Extensions {
  bool any = false;
  std::optional<PaxRecords> pax;
  std::optional<std::string> long_name, long_link;

  // Merged from global and local records by merge().
  std::uint64_t stored = 0;  // bytes that follow the header
  std::uint64_t sparse_major = 0, sparse_minor = 0;
  std::optional<std::uint64_t> sparse_size;
  std::optional<std::vector<Segment>> sparse_map;
};

std::optional<Entry> TarReader::next() {
  try {
    skip(body_left_);
    // Some writers (umoci among them) leave out what would follow the last file's bytes: the archive is whole all the
    // same.
    if (!skip_padding()) ended_ = true;
    body_left_ = padding_left_ = 0;
    if (ended_) return std::nullopt;
    name_.clear();
    offset_ = position_;
    return read_entry();
  } catch (base::Error& error) {
    error.note("while reading " + place());
    throw;
  }
}

std::optional<Entry> TarReader::read_entry() {
  Extensions extensions;
  TarBlock block;
  TarHeader header;
  if (!read_headers(extensions, block, header)) {
    ended_ = true;
    return std::nullopt;
  }
  Entry entry = merge(header, extensions);
  if (++entries_ > limits_.max_entries)
    throw corrupt("archive has more than " + std::to_string(limits_.max_entries) + " entries");
  // Links, directories and devices have no contents, whatever the size field says (as Go has it, and GNU tar for
  // links).
  if (entry.type != EntryType::file) extensions.stored = 0;
  body_left_ = extensions.stored;
  padding_left_ = padding_of(extensions.stored);
  segment_ = 0;
  segment_done_ = 0;
  if (entry.type == EntryType::file) {
    entry.size = extensions.stored;
    segments_.assign(1, {0, extensions.stored});
    read_sparse_map(entry, block, extensions);
  }
  return entry;
}

bool TarReader::read_headers(Extensions& extensions, TarBlock& block, TarHeader& header) {
  for (;;) {
    if (!read_block(block)) {
      if (extensions.any) throw corrupt("archive ends after an extension header");
      return false;
    }
    if (all_zero(block)) {
      if (extensions.any) throw corrupt("archive ends after an extension header");
      if (read_block(block) && !all_zero(block)) throw corrupt("a lone zero block stands between entries");
      return false;
    }
    header = parse_tar_header(block);
    switch (header.type) {
      case 'x':
      case 'X':  // Solaris
        if (extensions.pax) throw corrupt("two PAX headers stand before one entry");
        extensions.pax = parse_pax(extension_text(header));
        break;
      case 'g':
        remember(parse_pax(extension_text(header)));
        continue;
      case 'L':
      case 'K': {
        auto& slot = header.type == 'L' ? extensions.long_name : extensions.long_link;
        if (slot) throw corrupt("two GNU long names stand before one entry");
        auto text = extension_text(header);
        auto end = std::min(text.find('\0'), text.size());
        if (text.find_first_not_of('\0', end) != std::string::npos)
          throw corrupt("long name " + base::quoted(text) + " holds NUL");
        slot = text.substr(0, end);
        break;
      }
      default:
        return true;
    }
    extensions.any = true;
  }
}

void TarReader::remember(const PaxRecords& records) {
  for (const auto& [key, value] : records) {
    if (is_for_one_file(key)) throw corrupt("global PAX header sets " + base::quoted(key, 40));
    if (!is_for_all_files(key)) continue;
    global_[key] = value;
    std::size_t bytes = 0;
    for (const auto& [known, its_value] : global_) bytes += known.size() + its_value.size();
    if (bytes > max_global_bytes)
      throw corrupt("global PAX headers hold more than " + std::to_string(max_global_bytes) + " bytes");
  }
}

Entry TarReader::merge(const TarHeader& header, Extensions& extensions) {
  Entry out;
  out.offset = offset_;
  out.name = header.name;
  out.link_name = header.link_name;
  out.mode = header.mode;
  out.uid = header.uid;
  out.gid = header.gid;
  out.mtime.seconds = header.mtime;
  extensions.stored = header.size;

  std::string sparse_name;
  bool pax_name = false, pax_link = false;
  std::optional<std::uint64_t> sparse_offset;  // of form 0.0, waiting for its length
  auto apply = [&](const std::string& key, const std::string& value) {
    if (value.empty()) {  // takes back what a global header said; the entry's own header counts then
      if (key == "uid") out.uid = header.uid;
      if (key == "gid") out.gid = header.gid;
      if (key == "mtime") out.mtime = {header.mtime, 0};
      if (key.starts_with("SCHILY.xattr.")) out.xattrs.erase(key.substr(13));
    } else if (key == "path") {
      out.name = value;
      pax_name = true;
    } else if (key == "linkpath") {
      out.link_name = value;
      pax_link = true;
    } else if (key == "size") {
      extensions.stored = pax_number(key, value);
    } else if (key == "uid") {
      out.uid = tar_id(static_cast<std::int64_t>(pax_number(key, value)), "uid");
    } else if (key == "gid") {
      out.gid = tar_id(static_cast<std::int64_t>(pax_number(key, value)), "gid");
    } else if (key == "mtime") {
      out.mtime = pax_time(key, value);
    } else if (key.starts_with("SCHILY.xattr.")) {
      auto name = key.substr(13);
      if (name.empty()) throw corrupt("xattr without a name");
      out.xattrs[name] = value;
    } else if (key.starts_with("LIBARCHIVE.xattr.")) {
      auto [name, plain] = libarchive_xattr(std::string_view(key).substr(17), value);
      out.xattrs.emplace(std::move(name), std::move(plain));  // bsdtar writes both; SCHILY's counts
    } else if (key == "GNU.sparse.major") {
      extensions.sparse_major = pax_number(key, value);
    } else if (key == "GNU.sparse.minor") {
      extensions.sparse_minor = pax_number(key, value);
    } else if (key == "GNU.sparse.name") {
      sparse_name = value;
    } else if (key == "GNU.sparse.size" || key == "GNU.sparse.realsize") {
      extensions.sparse_size = pax_number(key, value);
    } else if (key == "GNU.sparse.map") {
      extensions.sparse_map = sparse_map_of_list(value);
    } else if (key == "GNU.sparse.offset") {
      sparse_offset = pax_number(key, value);
    } else if (key == "GNU.sparse.numbytes") {
      if (!sparse_offset) throw corrupt("GNU.sparse.numbytes without GNU.sparse.offset");
      if (!extensions.sparse_map) extensions.sparse_map.emplace();
      extensions.sparse_map->push_back({*sparse_offset, pax_number(key, value)});
      sparse_offset.reset();
    }
  };
  for (const auto& [key, value] : global_) apply(key, value);
  if (extensions.pax)
    for (const auto& [key, value] : *extensions.pax) apply(key, value);

  // Which of the two counts is a matter of taste among readers.
  if ((pax_name && extensions.long_name) || (pax_link && extensions.long_link))
    throw corrupt("entry has a PAX and a GNU long name");
  if (extensions.long_name) out.name = *extensions.long_name;
  if (extensions.long_link) out.link_name = *extensions.long_link;
  if (!sparse_name.empty()) out.name = sparse_name;  // "path" is then GNUSparseFile.<pid>/…

  if (out.name.empty()) throw corrupt("entry has no name");
  name_ = out.name;
  out.type = entry_type(header);
  if (out.type != EntryType::symlink && out.type != EntryType::hardlink) out.link_name.clear();
  if ((out.type == EntryType::symlink || out.type == EntryType::hardlink) && out.link_name.empty())
    throw corrupt(std::string(name_of(out.type)) + " has no target");
  if (extensions.stored > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    throw corrupt("size " + std::to_string(extensions.stored) + " is not below 2^63");
  out.device_major = header.device_major;
  out.device_minor = header.device_minor;
  return out;
}

void TarReader::read_sparse_map(Entry& entry, const TarBlock& block, Extensions& extensions) {
  if (block[156] == std::byte{'S'}) {
    // The blocks that continue the map stand between header and contents and do not count as either.
    auto next_block = [this] {
      TarBlock out;
      if (!read_block(out)) throw corrupt("archive ends within a sparse map");
      return out;
    };
    auto old = sparse_map_of_header(block, next_block, limits_.max_extension_bytes);
    entry.size = old.size;
    entry.segments = std::move(old.segments);
  } else if (extensions.sparse_major == 1 && extensions.sparse_minor == 0) {
    entry.segments = sparse_map_of_blocks([this] { return body_block(); }, limits_.max_extension_bytes);
  } else if (extensions.sparse_major != 0) {
    throw corrupt("GNU sparse format " + std::to_string(extensions.sparse_major) + "." +
                  std::to_string(extensions.sparse_minor) + " is not known");
  } else if (extensions.sparse_map) {
    entry.segments = std::move(*extensions.sparse_map);
  } else if (extensions.sparse_size) {
    throw corrupt("sparse file has no map");
  } else {
    return;
  }
  if (block[156] != std::byte{'S'}) {
    if (!extensions.sparse_size) throw corrupt("sparse file does not say its size");
    entry.size = *extensions.sparse_size;
  }
  entry.sparse = true;
  check_sparse_map(entry.segments, entry.size, body_left_);
  segments_ = entry.segments;
}

TarReader::Piece TarReader::body() {
  while (body_left_ > 0 && segment_done_ == segments_[segment_].length) {
    segment_++;
    segment_done_ = 0;
  }
  if (body_left_ == 0) return {};
  const auto& segment = segments_[segment_];
  std::uint64_t at = segment.offset + segment_done_;
  try {
    auto data = some(segment.length - segment_done_);
    if (data.empty()) throw corrupt("archive ends " + std::to_string(body_left_) + " bytes before the end of the file");
    body_left_ -= data.size();
    segment_done_ += data.size();
    return {at, data};
  } catch (base::Error& error) {
    error.note("while reading " + place());
    throw;
  }
}

void TarReader::drain() {
  while (!some(std::numeric_limits<std::uint64_t>::max()).empty()) continue;
}

std::span<const std::byte> TarReader::some(std::uint64_t max_bytes) {
  if (ahead_.empty()) ahead_ = input_.next();
  auto out = ahead_.first(static_cast<std::size_t>(std::min<std::uint64_t>(max_bytes, ahead_.size())));
  ahead_ = ahead_.subspan(out.size());
  position_ += out.size();
  return out;
}

bool TarReader::read_block(TarBlock& out) {
  std::size_t done = 0;
  while (done < out.size()) {
    auto data = some(out.size() - done);
    if (data.empty()) break;
    std::memcpy(out.data() + done, data.data(), data.size());
    done += data.size();
  }
  if (done > 0 && done < out.size())
    throw corrupt("archive ends " + std::to_string(out.size() - done) + " bytes before the end of a header");
  return done > 0;
}

TarBlock TarReader::body_block() {
  TarBlock out;
  if (body_left_ < out.size()) throw corrupt("file ends within its sparse map");
  if (!read_block(out)) throw corrupt("archive ends within a sparse map");
  body_left_ -= out.size();
  return out;
}

std::string TarReader::extension_text(const TarHeader& header) {
  if (header.size > limits_.max_extension_bytes)
    throw corrupt("extension header of " + std::to_string(header.size) + " bytes is larger than the " +
                  std::to_string(limits_.max_extension_bytes) + " allowed");
  std::string out;
  while (out.size() < header.size) {
    auto data = some(header.size - out.size());
    if (data.empty()) throw corrupt("archive ends within an extension header");
    out.append(reinterpret_cast<const char*>(data.data()), data.size());
  }
  skip(padding_of(header.size));
  return out;
}

void TarReader::skip(std::uint64_t bytes) {
  while (bytes > 0) {
    auto data = some(bytes);
    if (data.empty()) throw corrupt("archive ends " + std::to_string(bytes) + " bytes before the next header");
    bytes -= data.size();
  }
}

bool TarReader::skip_padding() {
  if (padding_left_ == 0) return true;
  auto data = some(padding_left_);
  if (data.empty()) return false;
  skip(padding_left_ - data.size());
  return true;
}

std::string TarReader::place() const {
  std::string at = " at byte " + std::to_string(offset_);
  return name_.empty() ? "the tar header" + at : "tar entry " + base::quoted(name_) + at;
}

}  // namespace archive
