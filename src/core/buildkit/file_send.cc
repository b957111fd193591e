#include "core/buildkit/file_send.h"

#include <charconv>

#include "control.pb.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"
#include "core/buildkit/beneath.h"
#include "core/buildkit/bytes_message.h"
#include "core/buildkit/file_sync.h"
#include "core/buildkit/receive_directory.h"
#include "core/buildkit/sigpipe.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;

/// Which exporter calls. One that does not say is the only one: engines before 0.13 have no more.
std::size_t exporter_index(const grpc::ServerContext& context) {
  std::vector<std::string> ids = metadata_values(context.client_metadata(), "buildkit-attachable-exporter-id");
  std::size_t out = 0;
  if (!ids.empty()) std::from_chars(ids[0].data(), ids[0].data() + ids[0].size(), out);
  return out;
}

void receive_bytes(int fd, grpc::ServerContext& context, RawStream& stream) {
  refuse_sigpipe();
  grpc::ByteBuffer message;
  while (stream.Read(&message)) {
    auto content = bytes_message_content(message);
    if (!content) throw Error(Kind::corrupt, "the engine sent a malformed message with an export");
    std::span bytes(reinterpret_cast<const std::byte*>(content->begin()), content->size());
    base::write_all(fd, bytes, "the export");
  }
  if (context.IsCancelled()) throw Error(Kind::cancelled, "the engine cancelled an export");
}

}  // namespace

FileSend::FileSend(std::vector<ExportTarget> targets, FirstProblem& problem)
    : targets_(std::move(targets)),
      problem_(problem),
      service_("/moby.filesync.v1.FileSend/DiffCopy",
               [this](grpc::ServerContext& context, RawStream& stream) { return diff_copy(context, stream); }) {}

grpc::Status FileSend::diff_copy(grpc::ServerContext& context, RawStream& stream) {
  std::size_t index = exporter_index(context);
  if (index >= targets_.size()) return {grpc::StatusCode::NOT_FOUND, "no such exporter"};
  const ExportTarget& target = targets_[index];
  try {
    if (target.fd >= 0) {
      receive_bytes(target.fd, context, stream);
    } else if (!target.directory.empty()) {
      std::error_code ignored;  // open_root says what is wrong
      std::filesystem::create_directories(target.directory, ignored);
      base::Fd root = open_root(target.directory);
      receive_directory(root.get(), context, stream);
    } else {
      return {grpc::StatusCode::NOT_FOUND, "nothing is to be received from this exporter"};
    }
    return grpc::Status::OK;
  } catch (Error& error) {
    error.note("while receiving what the build exports");
    if (error.kind() != Kind::cancelled && error.kind() != Kind::unavailable) problem_.set(error);
    return {grpc::StatusCode::UNKNOWN, error.message()};
  }
}

}  // namespace buildkit
