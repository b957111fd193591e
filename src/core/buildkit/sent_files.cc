#include "core/buildkit/sent_files.h"

#include <cstring>

namespace buildkit {
namespace {

char* put_varint(char* at, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) *at++ = static_cast<char>(value | 0x80);
  *at++ = static_cast<char>(value);
  return at;
}

std::uint64_t take_varint(const char*& at) {
  std::uint64_t out = 0;
  for (int shift = 0;; shift += 7) {
    auto byte = static_cast<unsigned char>(*at++);
    out |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return out;
  }
}

}  // namespace

void SentFiles::add_file(std::string_view directory, std::string_view name, std::uint64_t size) {
  std::lock_guard lock(mutex_);
  auto keep = [&](std::string_view prefix, std::string_view text) {
    char* at = blocks_.take(prefix.size() + text.size() + 1);
    std::memcpy(at, prefix.data(), prefix.size());
    std::memcpy(at + prefix.size(), text.data(), text.size());
    at[prefix.size() + text.size()] = '\0';
    return at;
  };
  if (directories_.empty() || directory != directories_.back()) directories_.push_back(keep("", directory));
  char numbers[20];
  char* end = put_varint(put_varint(numbers, directories_.size() - 1), size);
  records_.push_back(keep(std::string_view(numbers, static_cast<std::size_t>(end - numbers)), name));
}

void SentFiles::add_other() {
  std::lock_guard lock(mutex_);
  records_.push_back(nullptr);
}

bool SentFiles::claim(std::uint32_t id) {
  std::lock_guard lock(mutex_);
  if (id >= records_.size() || records_[id] == nullptr) return false;
  if (claimed_.size() <= id) claimed_.resize(records_.size());
  if (claimed_[id]) return false;
  claimed_[id] = true;
  return true;
}

SentFiles::File SentFiles::get(std::uint32_t id) const {
  std::lock_guard lock(mutex_);
  const char* at = records_.at(id);
  File out;
  out.directory = directories_[take_varint(at)];
  out.size = take_varint(at);
  out.name = at;
  return out;
}

}  // namespace buildkit
