#include "core/buildkit/rpc_error.h"

#include <algorithm>
#include <optional>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/json/decode.h"
#include "status.pb.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;

/// What the details of a BuildKit error tell (google.rpc.Status, each an Any holding JSON).
struct Details {
  std::string vertex;
  std::optional<std::int64_t> exit_code;
  std::string excerpt;
};

constexpr std::size_t max_details_bytes = 8 << 20;

/// The lines of the user's file that the engine blames, the blamed ones marked (errdefs.Source).
std::string source_excerpt(json::Object source) {
  auto info = source.object("info");
  auto ranges = source.objects("ranges");
  if (!info || ranges.empty()) return {};
  std::string data = base::from_base64(info->string("data").value_or(""));
  auto lines = base::split(data, '\n');
  auto line_count = static_cast<std::int64_t>(lines.size());
  std::int64_t first = line_count, last = 0;
  for (auto& range : ranges) {
    auto start = range.object("start"), end = range.object("end");
    std::int64_t from = start ? start->integer("line").value_or(0) : 0, to = end ? end->integer("line").value_or(0) : 0;
    first = std::min(first, from);
    last = std::max({last, from, to});
  }
  if (first < 1 || last > line_count) return {};
  constexpr std::int64_t around = 2, longest = 20;
  last = std::min(last, first + longest);
  std::string out = base::printable(info->string("filename").value_or("")) + ":" + std::to_string(first);
  std::size_t width = std::to_string(std::min(last + around, line_count)).size();
  for (std::int64_t line = std::max<std::int64_t>(1, first - around); line <= std::min(last + around, line_count);
       line++) {
    std::string number = std::to_string(line);
    bool blamed = line >= first && line <= last;
    out += "\n" + std::string(width - number.size(), ' ') + number + (blamed ? " >>> " : " |   ") +
           base::printable(lines[static_cast<std::size_t>(line - 1)].substr(0, 200));
  }
  return out;
}

void read_detail(std::string_view type, const std::string& value, Details& out) {
  json::Value parsed = json::parse(value, "error detail");
  json::Object object(parsed, "error detail");
  if (type == "errdefs.Vertex+json") {
    if (out.vertex.empty()) out.vertex = object.string("digest").value_or("");
  } else if (type.ends_with(".ExitMessage+json")) {
    out.exit_code = object.integer("Code");
  } else if (type == "errdefs.Source+json") {
    out.excerpt = source_excerpt(object);
  }
}

Details read_details(const std::string& bytes) {
  Details out;
  google::rpc::Status parsed;
  if (bytes.size() > max_details_bytes || !parsed.ParseFromString(bytes)) return out;
  for (const auto& detail : parsed.details()) {
    std::string_view type = detail.type_url();
    if (auto slash = type.rfind('/'); slash != std::string_view::npos) type.remove_prefix(slash + 1);
    bool wanted = type == "errdefs.Vertex+json" || type == "errdefs.Source+json" || type.ends_with(".ExitMessage+json");
    try {
      if (wanted) read_detail(type, detail.value(), out);
    } catch (const Error&) {
      // Details are an extra: a malformed one must not hide the error that carries it.
    }
  }
  return out;
}

struct Known {
  std::string_view text;
  Kind kind;
  std::string_view fix;
};

/// Failures that come as text only, the more telling first.
constexpr Known known[] = {
    {"no active session", Kind::unavailable,
     "try again; if it stays, see the engine's log for why it gave the session up"},
    {"no space left on device", Kind::failed,
     "free space where the engine keeps its state: buildctl prune, docker builder prune"},
    {"network.host is not allowed", Kind::denied,
     "allow the entitlement in the build, and at the daemon: buildkitd --allow-insecure-entitlement network.host"},
    {"security.insecure is not allowed", Kind::denied,
     "allow the entitlement in the build, and at the daemon: buildkitd --allow-insecure-entitlement security.insecure"},
    {"401 Unauthorized", Kind::denied, "give the credentials of that registry"},
    {"no basic auth credentials", Kind::denied, "give the credentials of that registry"},
    {"insufficient_scope", Kind::denied, "give credentials that may read, or push, that repository"},
    {"403 Forbidden", Kind::denied, "give credentials that may read, or push, that repository"},
    {"server gave HTTP response to HTTPS client", Kind::invalid,
     "the registry speaks plain HTTP: set insecure, and tell the engine's own configuration so"},
    {"certificate signed by unknown authority", Kind::denied,
     "give the registry's CA to the engine (buildkitd.toml, or /etc/docker/certs.d)"},
    {"could not be found", Kind::unsupported, ""},
    {"unknown cache exporter", Kind::unsupported,
     "a Docker Engine has caches of the types registry, local, inline and gha: take one of these, or a buildkitd"},
    {"no such host", Kind::unavailable, "see whether the engine can resolve that name"},
    {"connection refused", Kind::unavailable, "see whether the engine can reach that server"},
    {"i/o timeout", Kind::unavailable, "see whether the engine can reach that server"},
};

Kind kind_of(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::CANCELLED:
      return Kind::cancelled;
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::OUT_OF_RANGE:
      return Kind::invalid;
    case grpc::StatusCode::NOT_FOUND:
      return Kind::not_found;
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED:
      return Kind::denied;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return Kind::unavailable;
    case grpc::StatusCode::UNIMPLEMENTED:
      return Kind::unsupported;
    case grpc::StatusCode::DATA_LOSS:
      return Kind::corrupt;
    default:
      return Kind::failed;
  }
}

}  // namespace

bool engine_gone(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE && status.error_details().empty();
}

base::Error rpc_error(const grpc::Status& status, std::string_view doing, const VertexNames& names) {
  std::string message(base::trim(base::printable(status.error_message())));
  Kind kind = kind_of(status.error_code());
  std::string_view fix;
  Details details = read_details(status.error_details());
  // A step's own output may quote anything: only failures of the engine itself are looked up.
  if (!details.exit_code && kind != Kind::cancelled) {
    auto found = std::find_if(std::begin(known), std::end(known), [&](const Known& each) {
      bool exporter_only = each.text != "could not be found" || message.find("exporter") != std::string::npos;
      return exporter_only && message.find(each.text) != std::string::npos;
    });
    if (found != std::end(known)) {
      kind = found->kind;
      fix = found->fix;
    }
  }
  if (message.empty()) message = "the engine gives no reason (gRPC code " + std::to_string(status.error_code()) + ")";

  // What gRPC itself says of a broken connection ("Socket closed") means nothing to people.
  const bool gone = engine_gone(status);
  Error out(kind, gone ? "the BuildKit engine went away" : message);
  if (gone) out.note(message);
  if (kind == Kind::unsupported && fix.empty() && message.find("exporter") != std::string::npos)
    fix = "use BuildKit 0.13 or newer; a Docker Engine needs its containerd image store switched on";
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE && fix.empty())
    fix = "see whether the daemon still runs, and its log";
  if (!fix.empty()) out.fix(std::string(fix));
  if (!details.excerpt.empty()) out.excerpt(details.excerpt);
  if (!details.vertex.empty()) {
    std::string name = names ? names(details.vertex) : "";
    out.note(name.empty() ? "in the step " + base::quoted(details.vertex)
                          : "in the step " + base::quoted(name) + " (" + base::printable(details.vertex) + ")");
  }
  if (details.exit_code) out.note("its exit code was " + std::to_string(*details.exit_code));
  if (!doing.empty()) out.note("while " + std::string(doing));
  return out;
}

}  // namespace buildkit
