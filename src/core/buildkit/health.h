#pragma once

#include "core/buildkit/raw_service.h"

namespace buildkit {

/// grpc.health.v1.Health/Check, which the engine calls every 5 seconds; without an answer it gives the session up.
inline RawService health_service() {
  return RawService("/grpc.health.v1.Health/Check",
                    [](grpc::ServerContext&, const grpc::ByteBuffer&, grpc::ByteBuffer& reply) {
                      grpc::Slice serving("\x08\x01");  // HealthCheckResponse{status = SERVING}
                      reply = grpc::ByteBuffer(&serving, 1);
                      return grpc::Status::OK;
                    });
}

}  // namespace buildkit
