#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <optional>

namespace buildkit {

/// BuildKit's BytesMessage{data=1}, which carries the session and byte exports, without copying the data.
grpc::ByteBuffer bytes_message(grpc::Slice content);

/// The data of a message; nullopt for bytes that are no BytesMessage.
std::optional<grpc::Slice> bytes_message_content(const grpc::ByteBuffer& message);

}  // namespace buildkit
