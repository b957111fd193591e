#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "content.grpc.pb.h"
#include "core/buildkit/blob_store.h"
#include "core/buildkit/problem.h"
#include "core/buildkit/session.h"

namespace buildkit {

/// Stores of blobs, each under the id that the engine names in a call (containerd.services.content.v1, as far as
/// BuildKit uses it): for image sources, for caches, and for exports that come blob by blob.
class ContentService final : public containerd::services::content::v1::Content::Service {
 public:
  /// Borrows `problem`.
  ContentService(const std::map<std::string, std::shared_ptr<BlobStore>>& stores, FirstProblem& problem);

  /// The methods that are served, as a session announces them.
  static const std::vector<std::string>& methods();

  /// Ends the writes under way, however long their blobs would take, and each that comes later. What fails from then on
  /// is no problem. Thread-safe.
  void abandon() { abandoned_.request_stop(); }

  grpc::Status Info(grpc::ServerContext* context, const containerd::services::content::v1::InfoRequest* request,
                    containerd::services::content::v1::InfoResponse* reply) override;
  grpc::Status Update(grpc::ServerContext* context, const containerd::services::content::v1::UpdateRequest* request,
                      containerd::services::content::v1::UpdateResponse* reply) override;
  grpc::Status Read(grpc::ServerContext* context, const containerd::services::content::v1::ReadContentRequest* request,
                    grpc::ServerWriter<containerd::services::content::v1::ReadContentResponse>* writer) override;
  grpc::Status Status(grpc::ServerContext* context, const containerd::services::content::v1::StatusRequest* request,
                      containerd::services::content::v1::StatusResponse* reply) override;
  grpc::Status ListStatuses(grpc::ServerContext* context,
                            const containerd::services::content::v1::ListStatusesRequest* request,
                            containerd::services::content::v1::ListStatusesResponse* reply) override;
  grpc::Status Write(grpc::ServerContext* context,
                     grpc::ServerReaderWriter<containerd::services::content::v1::WriteContentResponse,
                                              containerd::services::content::v1::WriteContentRequest>* stream) override;
  grpc::Status Abort(grpc::ServerContext* context, const containerd::services::content::v1::AbortRequest* request,
                     wellknown::Empty* reply) override;

 private:
  BlobStore* find(const grpc::ServerContext& context) const;

  std::map<std::string, std::shared_ptr<BlobStore>, std::less<>> stores_;
  FirstProblem& problem_;
  std::stop_source abandoned_;
};

}  // namespace buildkit
