#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "filesync.grpc.pb.h"

/// A gRPC server for one service, reached in this process.
class InProcess {
 public:
  explicit InProcess(grpc::Service& service) {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service);
    server_ = builder.BuildAndStart();
    channel_ = server_->InProcessChannel({});
  }
  ~InProcess() { server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1)); }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

/// What the engine's side saw of one FileSync transfer.
struct Received {
  std::vector<fsutil::types::Stat> entries;
  std::map<std::string, std::string> content;
  std::string error;  ///< of an ERR packet
  grpc::Status status;

  std::vector<std::string> paths() const {
    std::vector<std::string> out;
    for (const auto& entry : entries) out.push_back(entry.path());
    return out;
  }
  const fsutil::types::Stat& at(const std::string& path) const {
    for (const auto& entry : entries)
      if (entry.path() == path) return entry;
    throw std::runtime_error("no entry " + path);
  }
};

/// Receives as the engine does: asks for each regular file that is no hard link and that `wanted` says.
inline Received receive(
    const std::shared_ptr<grpc::Channel>& channel, const std::vector<std::pair<std::string, std::string>>& metadata,
    const std::function<bool(const std::string&)>& wanted = [](const std::string&) { return true; },
    const std::function<void()>& after_list = {}) {
  using fsutil::types::Packet;
  constexpr std::uint32_t type_bits = 0x8F280000;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
  auto stub = moby::filesync::v1::FileSync::NewStub(channel);
  auto stream = stub->DiffCopy(&context);
  Received out;
  std::vector<std::uint32_t> ids;
  std::map<std::uint32_t, std::string> open;
  auto send = [&](Packet::PacketType type, std::uint32_t id = 0) {
    Packet packet;
    packet.set_type(type);
    packet.set_id(id);
    stream->Write(packet);
  };
  bool listed = false;
  Packet packet;
  while (stream->Read(&packet)) {
    if (packet.type() == Packet::PACKET_STAT && packet.has_stat()) {
      const auto& stat = packet.stat();
      if ((stat.mode() & type_bits) == 0 && stat.linkname().empty() && wanted(stat.path())) {
        open[static_cast<std::uint32_t>(out.entries.size())] = stat.path();
        ids.push_back(static_cast<std::uint32_t>(out.entries.size()));
      }
      out.entries.push_back(stat);
    } else if (packet.type() == Packet::PACKET_STAT) {
      listed = true;
      if (after_list) after_list();
      for (std::uint32_t id : ids) send(Packet::PACKET_REQ, id);
    } else if (packet.type() == Packet::PACKET_DATA) {
      if (packet.data().empty()) {
        out.content[open.at(packet.id())];  // an empty file has no other packet
        open.erase(packet.id());
      } else {
        out.content[open.at(packet.id())] += packet.data();
      }
    } else if (packet.type() == Packet::PACKET_ERR) {
      out.error = packet.data();
      stream->WritesDone();
    } else if (packet.type() == Packet::PACKET_FIN) {
      break;
    }
    if (listed && open.empty() && out.error.empty()) {
      listed = false;
      send(Packet::PACKET_FIN);
    }
  }
  if (out.error.empty()) stream->WritesDone();
  while (stream->Read(&packet)) {
  }
  out.status = stream->Finish();
  return out;
}
