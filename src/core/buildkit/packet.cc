#include "core/buildkit/packet.h"

#include <grpcpp/support/proto_buffer_reader.h>
#include <sys/sysmacros.h>

#include <vector>

#include "core/buildkit/go_mode.h"

namespace buildkit {
namespace {

constexpr char type_key = 0x08, id_key = 0x18, data_key = 0x22;  // fields 1 and 3 as varints, 4 as bytes

char* put_varint(char* at, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) *at++ = static_cast<char>(value | 0x80);
  *at++ = static_cast<char>(value);
  return at;
}

char* put_data_head(char* at, std::uint32_t id) {
  *at++ = type_key;
  *at++ = Packet::PACKET_DATA;
  if (id == 0) return at;  // proto3 leaves zeroes out
  *at++ = id_key;
  return put_varint(at, id);
}

}  // namespace

grpc::ByteBuffer to_bytes(const Packet& packet) {
  std::size_t size = packet.ByteSizeLong();
  grpc_slice slice = grpc_slice_malloc(size);
  packet.SerializeWithCachedSizesToArray(GRPC_SLICE_START_PTR(slice));
  grpc::Slice owner(slice, grpc::Slice::STEAL_REF);
  return grpc::ByteBuffer(&owner, 1);
}

bool from_bytes(const grpc::ByteBuffer& bytes, Packet& packet) {
  grpc::Slice whole;
  if (bytes.TrySingleSlice(&whole).ok() || bytes.DumpToSingleSlice(&whole).ok())
    return packet.ParseFromArray(whole.begin(), static_cast<int>(whole.size()));
  return false;
}

grpc::ByteBuffer data_packet(std::uint32_t id, grpc::Slice content) {
  char head[20];
  char* end = put_data_head(head, id);
  *end++ = data_key;
  end = put_varint(end, content.size());
  grpc::Slice slices[] = {grpc::Slice(head, static_cast<std::size_t>(end - head)), std::move(content)};
  return grpc::ByteBuffer(slices, 2);
}

grpc::ByteBuffer data_end_packet(std::uint32_t id) {
  char head[8];
  char* end = put_data_head(head, id);
  grpc::Slice slice(head, static_cast<std::size_t>(end - head));
  return grpc::ByteBuffer(&slice, 1);
}

void fill_stat(const Entry& entry, Packet& packet) {
  packet.Clear();
  packet.set_type(Packet::PACKET_STAT);
  auto& stat = *packet.mutable_stat();
  const struct stat& status = entry.status;
  stat.set_path(entry.path.data(), entry.path.size());
  stat.set_mode(to_go_mode(status.st_mode));
  if (!S_ISDIR(status.st_mode)) stat.set_size(status.st_size);
  stat.set_modtime(status.st_mtim.tv_sec * std::int64_t{1'000'000'000} + status.st_mtim.tv_nsec);
  if (S_ISLNK(status.st_mode)) stat.set_linkname(entry.target);
  if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) {
    stat.set_devmajor(major(status.st_rdev));
    stat.set_devminor(minor(status.st_rdev));
  }
  for (const auto& [key, value] : entry.attributes) (*stat.mutable_xattrs())[key] = value;
}

}  // namespace buildkit
