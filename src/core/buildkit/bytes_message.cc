#include "core/buildkit/bytes_message.h"

#include <cstdint>

namespace buildkit {
namespace {

constexpr std::uint8_t data_key = 0x0A;  // field 1, length-delimited

}  // namespace

grpc::ByteBuffer bytes_message(grpc::Slice content) {
  std::uint8_t head[11] = {data_key};
  std::size_t size = 1;
  for (std::uint64_t left = content.size();; left >>= 7) {
    head[size++] = static_cast<std::uint8_t>(left < 0x80 ? left : (left & 0x7F) | 0x80);
    if (left < 0x80) break;
  }
  grpc::Slice slices[] = {grpc::Slice(head, size), std::move(content)};
  return grpc::ByteBuffer(slices, 2);
}

std::optional<grpc::Slice> bytes_message_content(const grpc::ByteBuffer& message) {
  grpc::Slice whole;
  if (!message.TrySingleSlice(&whole).ok() && !message.DumpToSingleSlice(&whole).ok()) return std::nullopt;
  if (whole.size() == 0) return grpc::Slice();
  const std::uint8_t* bytes = whole.begin();
  if (bytes[0] != data_key) return std::nullopt;
  std::uint64_t length = 0;
  std::size_t at = 1;
  for (int shift = 0;; shift += 7) {
    if (at == whole.size() || shift > 56) return std::nullopt;
    std::uint8_t byte = bytes[at++];
    length |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) break;
  }
  if (length != whole.size() - at) return std::nullopt;  // nothing else stands in these messages
  return whole.sub(at, whole.size());
}

}  // namespace buildkit
