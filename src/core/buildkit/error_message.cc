#include "core/buildkit/error_message.h"

#include <grpcpp/support/status.h>

#include "core/base/digest.h"
#include "core/frontend/located_error.h"
#include "core/json/decode.h"

namespace buildkit {
namespace {

json::Ordered position(std::int32_t line, std::int32_t character) { return {{"line", line}, {"character", character}}; }

/// errdefs.Source, as BuildKit packs its typed errors: JSON in an Any.
std::string source_detail(const std::vector<llb::SourcePlace>& places) {
  json::Ordered ranges = json::Ordered::array();
  for (const auto& place : places)
    ranges.push_back({{"start", position(place.first_line, place.first_column)},
                      {"end", position(place.last_line, place.last_column)}});
  const auto& file = *places.front().file;
  return json::write(
      {{"info", {{"filename", file.name}, {"data", base::to_base64(file.text)}, {"language", file.language}}},
       {"ranges", std::move(ranges)}});
}

}  // namespace

google::rpc::Status error_message(const base::Error& error, const std::string& details) {
  google::rpc::Status out;
  google::rpc::Status given;
  bool known = !details.empty() && given.ParseFromString(details);
  if (known) *out.mutable_details() = given.details();
  base::Error told(error.kind(), error.message());
  if (!known) {
    told.excerpt(error.excerpt());
    for (const auto& note : error.notes()) told.note(note);
  }
  told.fix(error.fix());
  out.set_code(error.kind() == base::Kind::cancelled ? grpc::StatusCode::CANCELLED : grpc::StatusCode::UNKNOWN);
  out.set_message(told.text());
  if (auto* located = dynamic_cast<const frontend::LocatedError*>(&error); located && !located->places().empty()) {
    auto* detail = out.add_details();
    detail->set_type_url("github.com/moby/buildkit/errdefs.Source+json");
    detail->set_value(source_detail(located->places()));
  }
  return out;
}

}  // namespace buildkit
