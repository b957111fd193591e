#include "core/base/text.h"
#include "core/recipe/decode.h"
#include "core/recipe/syntax.h"

namespace recipe {
namespace {

template <class Parse>
std::optional<std::vector<Text>> rows(Reader& reader, std::string_view name, Parse&& parse) {
  auto texts = reader.list(name);
  if (texts) {
    for (Text& text : *texts) text = reader.normal(text, parse);
  }
  return texts;
}

std::string pattern(std::string_view text) {
  if (const std::string problem = pattern_problem(text); !problem.empty()) {
    throw base::Error(base::Kind::invalid, base::quoted(text) + " has " + problem);
  }
  return std::string(text);
}

std::string as_written(std::string_view text) { return std::string(text); }

}  // namespace

Policy decode_policy(Reader& reader) {
  Policy policy;
  policy.allowed_bases = rows(reader, "allowed_bases", pattern);
  policy.allowed_repositories = rows(reader, "allowed_repositories", as_written);
  policy.allowed_keys = rows(reader, "allowed_keys", syntax::fingerprint);
  policy.allowed_licenses = rows(reader, "allowed_licenses", as_written);
  policy.denied_licenses = rows(reader, "denied_licenses", as_written);
  policy.allowed_setuid = rows(reader, "allowed_setuid", syntax::absolute_path);
  policy.require_archive_sources = reader.boolean("require_archive_sources");
  policy.require_commits = reader.boolean("require_commits");
  policy.require_non_root = reader.boolean("require_non_root");
  policy.require_explained = reader.boolean("require_explained");
  if (const auto size = reader.text("max_size")) {
    if (const auto bytes = reader.parsed(*size, syntax::byte_size)) policy.max_size = {*bytes, size->range};
  }
  return policy;
}

}  // namespace recipe
