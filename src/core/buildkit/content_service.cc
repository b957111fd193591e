#include "core/buildkit/content_service.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/buildkit/file_sync.h"

namespace buildkit {
namespace {

using base::Error;
namespace wire = containerd::services::content::v1;

const grpc::Status no_store(grpc::StatusCode::NOT_FOUND, "no such content store is offered");

grpc::Status not_there(const std::string& digest) {
  return {grpc::StatusCode::NOT_FOUND, "content " + base::printable(digest) + ": not found"};
}

/// Fills `data` from `offset` on, as far as there is some. The descriptor may be shared.
std::size_t read_at(const oci::LayoutFile& blob, std::uint64_t offset, std::string& data) {
  std::size_t done = 0;
  while (done < data.size()) {
    auto n =
        ::pread(blob.fd.get(), data.data() + done, data.size() - done, static_cast<off_t>(blob.offset + offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw base::errno_error("read a blob", errno);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

/// nullopt for a digest that is none, too.
std::optional<oci::LayoutFile> open_blob(BlobStore& store, const std::string& digest) {
  if (!base::Digest::valid(digest)) return std::nullopt;
  return store.open(base::Digest::parse(digest));
}

}  // namespace

ContentService::ContentService(const std::map<std::string, std::shared_ptr<BlobStore>>& stores, FirstProblem& problem)
    : stores_(stores.begin(), stores.end()), problem_(problem) {}

const std::vector<std::string>& ContentService::methods() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const char* name : {"Info", "Update", "Read", "Status", "ListStatuses", "Write", "Abort"})
      out.push_back(std::string("/containerd.services.content.v1.Content/") + name);
    return out;
  }();
  return names;
}

BlobStore* ContentService::find(const grpc::ServerContext& context) const {
  std::vector<std::string> ids = metadata_values(context.client_metadata(), "buildkit-attachable-store-id");
  auto found = ids.empty() ? stores_.end() : stores_.find(ids[0]);
  return found == stores_.end() ? nullptr : found->second.get();
}

grpc::Status ContentService::Info(grpc::ServerContext* context, const wire::InfoRequest* request,
                                  wire::InfoResponse* reply) {
  BlobStore* store = find(*context);
  if (store == nullptr) return no_store;
  try {
    auto blob = open_blob(*store, request->digest());
    if (!blob) return not_there(request->digest());
    reply->mutable_info()->set_digest(request->digest());
    reply->mutable_info()->set_size(static_cast<std::int64_t>(blob->size));
    return grpc::Status::OK;
  } catch (const Error& error) {
    problem_.set(error);
    return {grpc::StatusCode::UNKNOWN, error.message()};
  }
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
  BlobStore* store = find(*context);
  if (store == nullptr) return no_store;
  try {
    auto blob = open_blob(*store, request->digest());
    if (!blob) return not_there(request->digest());
    if (request->offset() < 0 || static_cast<std::uint64_t>(request->offset()) > blob->size || request->size() < 0)
      return {grpc::StatusCode::OUT_OF_RANGE, "the range lies outside of the content"};
    auto offset = static_cast<std::uint64_t>(request->offset());
    std::uint64_t left = blob->size - offset;
    if (request->size() > 0) left = std::min(left, static_cast<std::uint64_t>(request->size()));
    constexpr std::uint64_t piece_bytes = 1 << 20;
    wire::ReadContentResponse message;
    while (left > 0) {
      std::string& data = *message.mutable_data();
      data.resize(std::min(left, piece_bytes));
      std::size_t n = read_at(*blob, offset, data);
      if (n < data.size()) return {grpc::StatusCode::DATA_LOSS, "the content became shorter"};
      message.set_offset(static_cast<std::int64_t>(offset));
      if (!writer->Write(message)) return {grpc::StatusCode::CANCELLED, "the engine ended a read"};
      offset += n;
      left -= n;
    }
    return grpc::Status::OK;
  } catch (const Error& error) {
    problem_.set(error);
    return {grpc::StatusCode::UNKNOWN, error.message()};
  }
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
  BlobStore* store = find(*context);
  if (store == nullptr) return no_store;
  if (!store->writable()) return {grpc::StatusCode::PERMISSION_DENIED, "this content store is not written to"};
  try {
    std::unique_ptr<BlobWriter> blob;
    wire::WriteContentRequest request;
    std::string expected;
    std::int64_t total = 0;
    while (stream->Read(&request)) {
      if (!request.expected().empty()) expected = request.expected();
      if (request.total() > 0) total = request.total();
      if (!blob) {
        blob = store->create({request.ref(), expected, static_cast<std::uint64_t>(total), abandoned_.get_token()});
        if (!blob) return {grpc::StatusCode::ALREADY_EXISTS, "content " + expected + ": already exists"};
      }

      wire::WriteContentResponse reply;
      reply.set_action(request.action());
      if (request.action() != wire::STAT) {
        // An offset of 0 later on means: from the start again.
        if (request.offset() == 0 && blob->size() > 0 && !request.data().empty()) blob->restart();
        if (request.offset() > 0 && static_cast<std::uint64_t>(request.offset()) != blob->size())
          return {grpc::StatusCode::OUT_OF_RANGE, "a write must begin where the one before ended"};
        blob->write(request.data());
      }
      if (request.action() == wire::COMMIT) {
        if (total > 0 && static_cast<std::uint64_t>(total) != blob->size())
          return {grpc::StatusCode::FAILED_PRECONDITION, "the content has not the size that was told"};
        base::Digest digest = blob->commit(expected);
        reply.set_digest(digest.text());
      }
      reply.set_offset(static_cast<std::int64_t>(blob->size()));
      reply.set_total(total);
      if (!stream->Write(reply) || request.action() == wire::COMMIT) break;
    }
    return grpc::Status::OK;
  } catch (const Error& error) {
    if (!abandoned_.stop_requested()) problem_.set(error);
    return {grpc::StatusCode::UNKNOWN, error.message()};
  }
}

}  // namespace buildkit
