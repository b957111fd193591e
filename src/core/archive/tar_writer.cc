#include "core/archive/tar_writer.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <vector>

#include "core/archive/pax.h"
#include "core/archive/tar_header.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace archive {
namespace {

constexpr std::uint64_t max_octal_7 = 07777777, max_octal_11 = 077777777777;

char type_of(EntryType type) {
  switch (type) {
    case EntryType::file:
      return '0';
    case EntryType::hardlink:
      return '1';
    case EntryType::symlink:
      return '2';
    case EntryType::character_device:
      return '3';
    case EntryType::block_device:
      return '4';
    case EntryType::directory:
      return '5';
    case EntryType::fifo:
      return '6';
  }
  return '0';
}

void put_text(TarBlock& block, std::size_t offset, std::string_view text) {
  std::copy(text.begin(), text.end(), reinterpret_cast<char*>(block.data()) + offset);
}

void put_octal(TarBlock& block, std::size_t offset, std::size_t digits, std::uint64_t value) {
  char text[32];
  std::snprintf(text, sizeof text, "%0*llo", static_cast<int>(digits), static_cast<unsigned long long>(value));
  std::memcpy(block.data() + offset, text, digits);
}

/// A ustar block; values that do not fit must have been replaced.
TarBlock make_block(std::string_view name, std::string_view prefix, std::string_view link, char type,
                    const Entry& entry, std::uint64_t size) {
  TarBlock block{};
  put_text(block, 0, name);
  put_octal(block, 100, 7, entry.mode & 07777);
  put_octal(block, 108, 7, entry.uid <= max_octal_7 ? entry.uid : 0);
  put_octal(block, 116, 7, entry.gid <= max_octal_7 ? entry.gid : 0);
  put_octal(block, 124, 11, size <= max_octal_11 ? size : 0);
  bool plain_time = entry.mtime.seconds >= 0 && static_cast<std::uint64_t>(entry.mtime.seconds) <= max_octal_11;
  put_octal(block, 136, 11, plain_time ? static_cast<std::uint64_t>(entry.mtime.seconds) : 0);
  put_text(block, 148, "        ");
  block[156] = static_cast<std::byte>(type);
  put_text(block, 157, link);
  put_text(block, 257, std::string_view("ustar\00000", 8));
  put_octal(block, 329, 7, entry.device_major);
  put_octal(block, 337, 7, entry.device_minor);
  put_text(block, 345, prefix);
  unsigned sum = 0;
  for (std::byte b : block) sum += std::to_integer<unsigned>(b);
  put_octal(block, 148, 6, sum);
  block[154] = std::byte{0};
  return block;
}

bool ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Where to cut a name of up to 256 bytes into ustar's prefix and name; npos if it cannot be done.
std::size_t cut_of(std::string_view name) {
  if (name.size() > 256) return std::string_view::npos;
  auto slash = name.rfind('/', std::min<std::size_t>(155, name.size() - 2));
  if (slash == std::string_view::npos || slash == 0 || name.size() - slash - 1 > 100) return std::string_view::npos;
  return slash;
}

void check_text(std::string_view text, std::string_view what) {
  if (text.find('\0') != std::string_view::npos)
    throw base::Error(base::Kind::invalid, std::string(what) + " " + base::quoted(text) + " holds NUL");
}

}  // namespace

void TarWriter::header(const Entry& entry) {
  if (entry.name.empty()) throw base::Error(base::Kind::invalid, "a tar entry needs a name");
  check_text(entry.name, "name");
  check_text(entry.link_name, "link target");
  if (entry.device_major > max_octal_7 || entry.device_minor > max_octal_7)
    throw base::Error(base::Kind::invalid, "device number " + std::to_string(entry.device_major) + ":" +
                                               std::to_string(entry.device_minor) + " of " + base::quoted(entry.name) +
                                               " does not fit into a tar header");

  std::string pax;
  std::string_view name = entry.name, prefix, link = entry.link_name;
  std::size_t cut = std::string_view::npos;
  if (!ascii(name) || (name.size() > 100 && (cut = cut_of(name)) == std::string_view::npos)) {
    pax += pax_record("path", name);
    name = name.substr(0, 100);
  } else if (cut != std::string_view::npos) {
    prefix = name.substr(0, cut);
    name = name.substr(cut + 1);
  }
  if (!ascii(link) || link.size() > 100) {
    pax += pax_record("linkpath", link);
    link = link.substr(0, 100);
  }
  if (entry.uid > max_octal_7) pax += pax_record("uid", std::to_string(entry.uid));
  if (entry.gid > max_octal_7) pax += pax_record("gid", std::to_string(entry.gid));
  if (entry.size > max_octal_11) pax += pax_record("size", std::to_string(entry.size));
  if (entry.mtime.nanoseconds > 0 || entry.mtime.seconds < 0 ||
      static_cast<std::uint64_t>(entry.mtime.seconds) > max_octal_11)
    pax += pax_record("mtime", pax_time_text(entry.mtime));
  for (const auto& [key, value] : entry.xattrs) {
    check_text(key, "xattr name");
    pax += pax_record("SCHILY.xattr." + key, value);
  }

  if (!pax.empty()) {
    Entry extension;
    extension.mode = 0644;
    std::string label = "PaxHeaders.0/" + entry.name.substr(0, 80);
    out_.write(make_block(label, "", "", 'x', extension, pax.size()));
    out_.write(pax);
    pad(pax.size());
  }
  out_.write(make_block(name, prefix, link, type_of(entry.type), entry, entry.size));
}

void TarWriter::pad(std::uint64_t size) {
  static constexpr TarBlock zeros{};
  if (size % tar_block_bytes != 0) out_.write(std::span(zeros).first(tar_block_bytes - size % tar_block_bytes));
}

void TarWriter::add(Entry entry, std::string_view contents) {
  entry.size = contents.size();
  header(entry);
  out_.write(contents);
  pad(contents.size());
}

void TarWriter::add(const Entry& entry, ByteSource& contents) {
  header(entry);
  std::vector<std::byte> buffer(256 * 1024);
  std::uint64_t left = entry.size;
  while (left > 0) {
    auto room = std::span(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size())));
    std::size_t n = contents.read(room);
    if (n == 0)
      throw base::Error(base::Kind::corrupt, base::quoted(entry.name) + " ends " + std::to_string(left) +
                                                 " bytes before its size of " + std::to_string(entry.size));
    out_.write(room.first(n));
    left -= n;
  }
  if (contents.read(std::span(buffer).first(1)) != 0)
    throw base::Error(base::Kind::corrupt,
                      base::quoted(entry.name) + " is larger than its size of " + std::to_string(entry.size));
  pad(entry.size);
}

void TarWriter::finish() {
  static constexpr TarBlock zeros{};
  out_.write(zeros);
  out_.write(zeros);
}

Entry file_entry(std::string name) {
  Entry out;
  out.name = std::move(name);
  out.mode = 0644;
  return out;
}

Entry directory_entry(std::string name) {
  Entry out = file_entry(std::move(name));
  out.type = EntryType::directory;
  out.mode = 0755;
  return out;
}

Entry symlink_entry(std::string name, std::string target) {
  Entry out = file_entry(std::move(name));
  out.type = EntryType::symlink;
  out.mode = 0777;
  out.link_name = std::move(target);
  return out;
}

Entry hardlink_entry(std::string name, std::string target) {
  Entry out = file_entry(std::move(name));
  out.type = EntryType::hardlink;
  out.link_name = std::move(target);
  return out;
}

}  // namespace archive
