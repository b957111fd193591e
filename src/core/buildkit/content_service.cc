#include "core/buildkit/content_service.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/buildkit/beneath.h"
#include "core/buildkit/blob_writer.h"
#include "core/buildkit/file_sync.h"

namespace buildkit {
namespace {

using base::Error;
namespace wire = containerd::services::content::v1;

const grpc::Status no_store(grpc::StatusCode::NOT_FOUND, "no such content store is offered");

grpc::Status not_there(const std::string& digest) {
  return {grpc::StatusCode::NOT_FOUND, "content " + base::printable(digest) + ": not found"};
}

/// Opens a blob of the layout, whose path is made of a checked digest alone. Empty when it is not there.
base::Fd open_blob(int root, const std::string& digest, std::uint64_t& size) {
  if (!base::Digest::valid(digest)) return {};
  base::Fd fd = open_beneath(root, blob_path(base::Digest::parse(digest)), O_RDONLY | O_NONBLOCK);
  struct stat status;
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  size = static_cast<std::uint64_t>(status.st_size);
  return fd;
}

}  // namespace

ContentService::ContentService(const std::map<std::string, ContentStore>& stores, FirstProblem& problem)
    : problem_(problem) {
  for (const auto& [id, store] : stores) {
    std::error_code ignored;  // open_root says what is wrong
    if (store.writable) std::filesystem::create_directories(store.directory / "blobs/sha256", ignored);
    stores_.emplace(id, Opened{open_root(store.directory), store.writable});
  }
}

const std::vector<std::string>& ContentService::methods() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const char* name : {"Info", "Update", "Read", "Status", "ListStatuses", "Write", "Abort"})
      out.push_back(std::string("/containerd.services.content.v1.Content/") + name);
    return out;
  }();
  return names;
}

const ContentService::Opened* ContentService::find(const grpc::ServerContext& context) const {
  std::vector<std::string> ids = metadata_values(context.client_metadata(), "buildkit-attachable-store-id");
  auto found = ids.empty() ? stores_.end() : stores_.find(ids[0]);
  return found == stores_.end() ? nullptr : &found->second;
}

grpc::Status ContentService::Info(grpc::ServerContext* context, const wire::InfoRequest* request,
                                  wire::InfoResponse* reply) {
  const Opened* store = find(*context);
  if (store == nullptr) return no_store;
  std::uint64_t size = 0;
  if (!open_blob(store->root.get(), request->digest(), size)) return not_there(request->digest());
  reply->mutable_info()->set_digest(request->digest());
  reply->mutable_info()->set_size(static_cast<std::int64_t>(size));
  return grpc::Status::OK;
}

// Labels serve a garbage collection that layouts do not have: they are taken and forgotten.
grpc::Status ContentService::Update(grpc::ServerContext* context, const wire::UpdateRequest* request,
                                    wire::UpdateResponse* reply) {
  if (find(*context) == nullptr) return no_store;
  *reply->mutable_info() = request->info();
  return grpc::Status::OK;
}

grpc::Status ContentService::Read(grpc::ServerContext* context, const wire::ReadContentRequest* request,
                                  grpc::ServerWriter<wire::ReadContentResponse>* writer) {
  const Opened* store = find(*context);
  if (store == nullptr) return no_store;
  std::uint64_t size = 0;
  base::Fd fd = open_blob(store->root.get(), request->digest(), size);
  if (!fd) return not_there(request->digest());
  if (request->offset() < 0 || static_cast<std::uint64_t>(request->offset()) > size || request->size() < 0)
    return {grpc::StatusCode::OUT_OF_RANGE, "the range lies outside of the content"};

  auto offset = static_cast<std::uint64_t>(request->offset());
  std::uint64_t left = size - offset;
  if (request->size() > 0) left = std::min(left, static_cast<std::uint64_t>(request->size()));
  ::lseek(fd.get(), request->offset(), SEEK_SET);
  constexpr std::uint64_t piece_bytes = 1 << 20;
  wire::ReadContentResponse message;
  try {
    while (left > 0) {
      std::string& data = *message.mutable_data();
      data.resize(std::min(left, piece_bytes));
      std::size_t n = base::read_full(fd.get(), std::as_writable_bytes(std::span(data)), "a blob");
      if (n < data.size()) return {grpc::StatusCode::DATA_LOSS, "the content became shorter"};
      message.set_offset(static_cast<std::int64_t>(offset));
      if (!writer->Write(message)) return {grpc::StatusCode::CANCELLED, "the engine ended a read"};
      offset += n;
      left -= n;
    }
  } catch (const Error& error) {
    problem_.set(error);
    return {grpc::StatusCode::UNKNOWN, error.message()};
  }
  return grpc::Status::OK;
}

grpc::Status ContentService::Status(grpc::ServerContext* context, const wire::StatusRequest* request,
                                    wire::StatusResponse*) {
  // A write that broke off leaves nothing, so there is never one to go on with.
  return find(*context) == nullptr ? no_store : not_there(request->ref());
}

grpc::Status ContentService::ListStatuses(grpc::ServerContext* context, const wire::ListStatusesRequest*,
                                          wire::ListStatusesResponse*) {
  return find(*context) == nullptr ? no_store : grpc::Status::OK;
}

grpc::Status ContentService::Abort(grpc::ServerContext* context, const wire::AbortRequest* request, wellknown::Empty*) {
  return find(*context) == nullptr ? no_store : not_there(request->ref());
}

grpc::Status ContentService::Write(
    grpc::ServerContext* context,
    grpc::ServerReaderWriter<wire::WriteContentResponse, wire::WriteContentRequest>* stream) {
  const Opened* store = find(*context);
  if (store == nullptr) return no_store;
  if (!store->writable) return {grpc::StatusCode::PERMISSION_DENIED, "this content store is not written to"};
  try {
    BlobWriter blob(store->root.get());
    wire::WriteContentRequest request;
    std::string expected;
    std::int64_t total = 0;
    while (stream->Read(&request)) {
      if (!request.expected().empty()) expected = request.expected();
      if (request.total() > 0) total = request.total();
      std::uint64_t ignored = 0;
      if (!expected.empty() && open_blob(store->root.get(), expected, ignored))
        return {grpc::StatusCode::ALREADY_EXISTS, "content " + expected + ": already exists"};

      wire::WriteContentResponse reply;
      reply.set_action(request.action());
      if (request.action() != wire::STAT) {
        // An offset of 0 later on means: from the start again.
        if (request.offset() == 0 && blob.size() > 0 && !request.data().empty()) blob.restart();
        if (request.offset() > 0 && static_cast<std::uint64_t>(request.offset()) != blob.size())
          return {grpc::StatusCode::OUT_OF_RANGE, "a write must begin where the one before ended"};
        blob.write(request.data());
      }
      if (request.action() == wire::COMMIT) {
        if (total > 0 && static_cast<std::uint64_t>(total) != blob.size())
          return {grpc::StatusCode::FAILED_PRECONDITION, "the content has not the size that was told"};
        base::Digest digest = blob.commit(expected);
        reply.set_digest(digest.text());
      }
      reply.set_offset(static_cast<std::int64_t>(blob.size()));
      reply.set_total(total);
      if (!stream->Write(reply) || request.action() == wire::COMMIT) break;
    }
    return grpc::Status::OK;
  } catch (const Error& error) {
    problem_.set(error);
    return {grpc::StatusCode::UNKNOWN, error.message()};
  }
}

}  // namespace buildkit
