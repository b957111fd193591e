#include "out/source_policy.h"

#include "core/recipe/recipe.h"
#include "core/recipe/syntax.h"

namespace out {
namespace {

template <class Normal>
std::optional<std::vector<recipe::Text>> rows(json::Object& object, std::string_view key, Normal&& normal) {
  if (!object.has(key)) return std::nullopt;
  std::vector<recipe::Text> out;
  for (const auto& text : object.strings(key)) {
    try {
      out.push_back({std::string(normal(text)), {}});
    } catch (const base::Error& error) {
      throw object.problem(key, error.message());
    }
  }
  return out;
}

std::optional<recipe::Placed<bool>> row(json::Object& object, std::string_view key) {
  if (auto value = object.boolean(key)) return recipe::Placed<bool>{*value, {}};
  return std::nullopt;
}

std::string pattern(const std::string& text) {
  if (std::string problem = recipe::pattern_problem(text); !problem.empty())
    throw base::Error(base::Kind::invalid, "'" + text + "' has " + problem);
  return text;
}

}  // namespace

std::optional<recipe::Policy> decode_policy(const json::Value& value) {
  if (value.is_null()) return std::nullopt;
  json::Object object(value, "source.policy");
  auto as_written = [](const std::string& text) { return text; };
  recipe::Policy policy;
  policy.allowed_bases = rows(object, "allowed_bases", pattern);
  policy.allowed_repositories = rows(object, "allowed_repositories", as_written);
  policy.allowed_keys = rows(object, "allowed_keys", recipe::syntax::fingerprint);
  policy.allowed_licenses = rows(object, "allowed_licenses", pattern);
  policy.denied_licenses = rows(object, "denied_licenses", pattern);
  policy.allowed_setuid = rows(object, "allowed_setuid", recipe::syntax::absolute_path);
  policy.require_archive_sources = row(object, "require_archive_sources");
  policy.require_commits = row(object, "require_commits");
  policy.require_non_root = row(object, "require_non_root");
  policy.require_explained = row(object, "require_explained");
  if (auto size = object.scalar("max_size")) {
    try {
      policy.max_size = {recipe::syntax::byte_size(*size), {}};
    } catch (const base::Error& error) {
      throw object.problem("max_size", error.message());
    }
  }
  object.finish();
  return policy;
}

}  // namespace out
