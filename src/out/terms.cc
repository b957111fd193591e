#include "out/terms.h"

#include "core/base/error.h"
#include "core/base/inside.h"
#include "core/base/text.h"
#include "core/bom/yaml_reader.h"

namespace out {

Terms read_terms(std::optional<recipe::Policy> policy, const resource::PutParams& params,
                 const std::filesystem::path& inputs, const recipe::Recipe& recipe) {
  Terms terms{std::move(policy), {}};
  if (terms.policy) {
    hcl::Diagnostics violations;
    recipe::check_policy(recipe, *terms.policy, "source.policy", violations);
    violations.throw_if_errors();
  }
  for (const auto& lock : params.locks)
    terms.locks.push_back(
        bom::read_yaml(base::read_file_inside(inputs, lock, "params.lock", bom::max_bill_bytes), lock));
  return terms;
}

std::uint64_t image_bytes(const oci::Manifest& manifest) {
  std::uint64_t sum = manifest.config.size;
  for (const auto& layer : manifest.layers) sum += layer.size;
  return sum;
}

void check_size(const recipe::Recipe& recipe, const Terms& terms, const oci::Document& image,
                const std::string& which) {
  std::uint64_t bytes = image_bytes(oci::parse_manifest(image));
  auto check = [&](const recipe::Policy& policy, std::string_view whose) {
    if (!policy.max_size || bytes <= policy.max_size->value) return;
    throw recipe::error_at(recipe, policy.max_size->range,
                           which + " of " + base::human_bytes(bytes) + " is not allowed by " + std::string(whose) +
                               ": at most " + base::human_bytes(policy.max_size->value));
  };
  check(recipe.policy, "the recipe's policy");
  if (terms.policy) check(*terms.policy, "source.policy");
}

}  // namespace out
