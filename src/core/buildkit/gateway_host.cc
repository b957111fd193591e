#include "core/buildkit/gateway_host.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/buildkit/error_message.h"
#include "core/buildkit/go_mode.h"
#include "core/buildkit/result_message.h"
#include "core/llb/protobuf.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;
namespace wire = moby::buildkit::v1::frontend;

/// Replies are limited to 16 MiB.
constexpr std::uint64_t piece_bytes = 8 << 20;

/// Engines have no better sign for a missing file than these words.
bool says_missing(const grpc::Status& status) {
  const std::string& text = status.error_message();
  return text.find("no such file or directory") != std::string::npos ||
         text.find("not a directory") != std::string::npos;
}

frontend::FileInfo file_info(const fsutil::types::Stat& stat) {
  frontend::FileInfo out;
  auto slash = stat.path().rfind('/');
  out.name = slash == std::string::npos ? stat.path() : stat.path().substr(slash + 1);
  out.mode = from_go_mode(stat.mode());
  out.size = stat.size();
  return out;
}

const char* text_of(frontend::Gateway::ResolveMode mode) {
  switch (mode) {
    case frontend::Gateway::ResolveMode::pull:
      return "pull";
    case frontend::Gateway::ResolveMode::local:
      return "local";
    case frontend::Gateway::ResolveMode::default_:
      break;
  }
  return "default";
}

}  // namespace

GatewayHost::GatewayHost(const std::shared_ptr<grpc::Channel>& channel, Calls& calls, Options options,
                         VertexNames names)
    : stub_(Bridge::NewStub(channel)), calls_(calls), options_(std::move(options)), names_(std::move(names)) {
  wire::PongResponse pong =
      call<wire::PingRequest, wire::PongResponse>(&Bridge::Stub::Ping, {}, "asking the engine what it can do");
  for (const auto* list : {&pong.frontendapicaps(), &pong.llbcaps()})
    for (const auto& capability : *list)
      if (capability.enabled()) capabilities_.insert(capability.id());
}

template <class Request, class Reply>
grpc::Status GatewayHost::try_call(Method<Request, Reply> method, const Request& request, Reply& reply) {
  Calls::Call call(calls_);
  if (!options_.build_id.empty()) call.context().AddMetadata("buildkit-controlapi-buildid", options_.build_id);
  return (*stub_.*method)(&call.context(), request, &reply);
}

template <class Request, class Reply>
Reply GatewayHost::call(Method<Request, Reply> method, const Request& request, const std::string& doing) {
  Reply reply;
  grpc::Status status = try_call(method, request, reply);
  if (!status.ok()) throw error_of(status, doing);
  return reply;
}

base::Error GatewayHost::error_of(const grpc::Status& status, const std::string& doing) {
  // When everything was cancelled, the reason is not what this call says.
  if (auto cause = calls_.cause()) return *cause;
  Error out = rpc_error(status, doing, names_);
  // An engine that is told to end finishes the calls that it has, Solve among them, and takes no new one.
  if (engine_gone(status)) calls_.lose(out);
  std::lock_guard lock(mutex_);
  if (!out.excerpt().empty()) details_[out.excerpt()] = status.error_details();
  return out;
}

frontend::ResolvedImage GatewayHost::resolve_image(const std::string& reference, const name::Platform& platform,
                                                   ResolveMode mode) {
  wire::ResolveImageConfigRequest request;
  request.set_ref(reference);
  request.set_resolvemode(text_of(mode));
  return resolve(std::move(request), platform);
}

frontend::ResolvedImage GatewayHost::resolve_layout(const std::string& reference, const std::string& store,
                                                    const name::Platform& platform) {
  constexpr int oci_layout = 1;
  wire::ResolveImageConfigRequest request;
  request.set_ref(reference);
  request.set_resolvertype(oci_layout);
  request.set_storeid(store);
  request.set_sessionid(options_.session_id);
  return resolve(std::move(request), platform);
}

frontend::ResolvedImage GatewayHost::resolve(wire::ResolveImageConfigRequest request, const name::Platform& platform) {
  request.mutable_platform()->set_os(platform.os());
  request.mutable_platform()->set_architecture(platform.architecture());
  request.mutable_platform()->set_variant(platform.variant());
  request.set_logname("[internal] load metadata for " + request.ref());
  std::string doing = "resolving image " + base::quoted(request.ref()) + " for " + platform.text();
  auto reply = call<wire::ResolveImageConfigRequest, wire::ResolveImageConfigResponse>(
      &Bridge::Stub::ResolveImageConfig, request, doing);
  return base::within(doing, [&] {
    return frontend::ResolvedImage{base::Digest::parse(reply.digest()), std::move(*reply.mutable_config())};
  });
}

frontend::SolveResult GatewayHost::solve(const frontend::SolveRequest& request) {
  wire::SolveRequest message;
  // Without these two, engines answer in forms that are long deprecated.
  message.set_allowresultreturn(true);
  message.set_allowresultarrayref(true);
  message.set_evaluate(request.evaluate);
  if (request.frontend.empty()) {
    *message.mutable_definition() = llb::to_protobuf(request.definition);
  } else {
    message.set_frontend(request.frontend);
    message.mutable_frontendopt()->insert(request.options.begin(), request.options.end());
    for (const auto& [key, input] : request.inputs) (*message.mutable_frontendinputs())[key] = llb::to_protobuf(input);
  }
  for (const CacheEntry& entry : options_.cache_imports) {
    auto* added = message.add_cacheimports();
    added->set_type(entry.type);
    added->mutable_attrs()->insert(entry.attributes.begin(), entry.attributes.end());
  }
  std::string doing =
      request.frontend.empty() ? "building" : "building with the frontend " + base::quoted(request.frontend);
  auto reply = call<wire::SolveRequest, wire::SolveResponse>(&Bridge::Stub::Solve, message, doing);
  return from_message(reply.result());
}

std::optional<std::string> GatewayHost::read_range(const frontend::Ref& ref, const std::string& path,
                                                   std::uint64_t offset, std::uint64_t length) {
  wire::ReadFileRequest request;
  request.set_ref(ref.id);
  request.set_filepath(path);
  request.mutable_range()->set_offset(static_cast<std::int64_t>(offset));
  request.mutable_range()->set_length(static_cast<std::int64_t>(length));
  wire::ReadFileResponse reply;
  grpc::Status status = try_call(&Bridge::Stub::ReadFile, request, reply);
  if (!status.ok() && !calls_.cause() && says_missing(status)) return std::nullopt;
  if (!status.ok()) throw error_of(status, "reading " + base::quoted(path) + " in the build");
  return std::move(*reply.mutable_data());
}

std::optional<std::string> GatewayHost::read_file(const frontend::Ref& ref, const std::string& path,
                                                  std::uint64_t max_bytes) {
  if (ref.id.empty()) return std::nullopt;
  std::string out;
  for (;;) {
    const std::uint64_t wish = std::min(piece_bytes, max_bytes - out.size() + 1);
    auto piece = read_range(ref, path, out.size(), wish);
    if (!piece) return std::nullopt;
    const std::size_t got = piece->size();
    if (out.empty())
      out = std::move(*piece);
    else
      out += *piece;
    if (out.size() > max_bytes)
      throw Error(Kind::invalid, "file " + base::quoted(path) + " in the build is larger than " +
                                     base::human_bytes(max_bytes) + ", the most that is read");
    if (got < wish) return out;
  }
}

bool GatewayHost::read_pieces(const frontend::Ref& ref, const std::string& path,
                              const std::function<void(std::string_view)>& take) {
  if (ref.id.empty()) return false;
  for (std::uint64_t offset = 0;;) {
    auto piece = read_range(ref, path, offset, piece_bytes);
    if (!piece) return false;
    take(*piece);
    offset += piece->size();
    if (piece->size() < piece_bytes) return true;
  }
}

std::optional<std::vector<frontend::FileInfo>> GatewayHost::read_directory(const frontend::Ref& ref,
                                                                           const std::string& path) {
  if (ref.id.empty()) return std::nullopt;
  wire::ReadDirRequest request;
  request.set_ref(ref.id);
  request.set_dirpath(path);
  wire::ReadDirResponse reply;
  grpc::Status status = try_call(&Bridge::Stub::ReadDir, request, reply);
  if (!status.ok() && !calls_.cause() && says_missing(status)) return std::nullopt;
  if (!status.ok()) throw error_of(status, "reading directory " + base::quoted(path) + " in the build");
  std::vector<frontend::FileInfo> out;
  for (const auto& entry : reply.entries()) out.push_back(file_info(entry));
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

std::optional<frontend::FileInfo> GatewayHost::stat(const frontend::Ref& ref, const std::string& path) {
  if (ref.id.empty()) return std::nullopt;
  wire::StatFileRequest request;
  request.set_ref(ref.id);
  request.set_path(path);
  wire::StatFileResponse reply;
  grpc::Status status = try_call(&Bridge::Stub::StatFile, request, reply);
  if (!status.ok() && !calls_.cause() && says_missing(status)) return std::nullopt;
  if (!status.ok()) throw error_of(status, "looking at " + base::quoted(path) + " in the build");
  return file_info(reply.stat());
}

void GatewayHost::warn(const std::string& vertex, const std::string& text, const std::string& detail) {
  wire::WarnRequest request;
  request.set_digest(vertex);
  request.set_level(1);
  request.set_short_(text);
  if (!detail.empty()) request.add_detail(detail);
  call<wire::WarnRequest, wire::WarnResponse>(&Bridge::Stub::Warn, request, "reporting a warning");
}

void GatewayHost::warn_at(const llb::SourcePlace& place, const std::string& text, const std::string& detail) {
  if (!place.file) return warn("", text, detail);
  wire::WarnRequest request;
  request.set_level(1);
  request.set_short_(text);
  if (!detail.empty()) request.add_detail(detail);
  request.mutable_info()->set_filename(place.file->name);
  request.mutable_info()->set_language(place.file->language);
  request.mutable_info()->set_data(place.file->text);
  auto& range = *request.add_ranges();
  range.mutable_start()->set_line(place.first_line);
  range.mutable_start()->set_character(place.first_column);
  range.mutable_end()->set_line(place.last_line);
  range.mutable_end()->set_character(place.last_column);
  call<wire::WarnRequest, wire::WarnResponse>(&Bridge::Stub::Warn, request, "reporting a warning");
}

std::map<std::string, llb::Definition> GatewayHost::inputs() {
  auto reply =
      call<wire::InputsRequest, wire::InputsResponse>(&Bridge::Stub::Inputs, {}, "asking for the build's inputs");
  std::map<std::string, llb::Definition> out;
  for (const auto& [name, definition] : reply.definitions()) out.emplace(name, llb::from_protobuf(definition));
  return out;
}

void GatewayHost::return_result(const frontend::Result& result) {
  wire::ReturnRequest request;
  *request.mutable_result() = to_message(result);
  call<wire::ReturnRequest, wire::ReturnResponse>(&Bridge::Stub::Return, request, "handing the result to the engine");
}

void GatewayHost::return_error(const base::Error& error) {
  std::string details;
  if (std::lock_guard lock(mutex_); details_.contains(error.excerpt())) details = details_[error.excerpt()];
  wire::ReturnRequest request;
  *request.mutable_error() = error_message(error, details);
  call<wire::ReturnRequest, wire::ReturnResponse>(&Bridge::Stub::Return, request, "handing an error to the engine");
}

}  // namespace buildkit
