#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstdint>
#include <string_view>

#include "core/buildkit/walk.h"
#include "fsutil.pb.h"

namespace buildkit {

using fsutil::types::Packet;

/// One fsutil message as bytes.
grpc::ByteBuffer to_bytes(const Packet& packet);
/// False for bytes that are no Packet.
bool from_bytes(const grpc::ByteBuffer& bytes, Packet& packet);

/// A DATA packet of file `id` around `content`, which is not copied; empty content ends the file.
grpc::ByteBuffer data_packet(std::uint32_t id, grpc::Slice content);
grpc::ByteBuffer data_end_packet(std::uint32_t id);

/// Fills a STAT packet, replacing all that is in it. Owners are left out, as upstream's client does.
void fill_stat(const Entry& entry, Packet& packet);

}  // namespace buildkit
