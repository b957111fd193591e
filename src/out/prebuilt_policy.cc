#include "out/prebuilt_policy.h"

#include <span>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/oci/config.h"
#include "core/oci/manifest.h"
#include "out/terms.h"

namespace out {
namespace {

constexpr int max_depth = 4;
constexpr std::uint64_t max_config_bytes = 16u << 20;

using base::Error;
using base::Kind;

void refuse_rows_about_contents(const recipe::Policy& policy) {
  auto refuse = [](bool there, const char* row) {
    if (there)
      throw Error(Kind::denied, std::string("source.policy.") + row +
                                    " cannot be held for params.image: nothing says what is in that image")
          .fix("build it from a recipe, or put it through a resource without that row");
  };
  auto asked = [](const std::optional<recipe::Placed<bool>>& row) { return row && row->value; };
  refuse(policy.allowed_bases.has_value(), "allowed_bases");
  refuse(policy.allowed_repositories.has_value(), "allowed_repositories");
  refuse(policy.allowed_keys.has_value(), "allowed_keys");
  refuse(policy.allowed_licenses.has_value(), "allowed_licenses");
  refuse(policy.denied_licenses.has_value(), "denied_licenses");
  refuse(policy.allowed_setuid.has_value(), "allowed_setuid");
  refuse(asked(policy.require_archive_sources), "require_archive_sources");
  refuse(asked(policy.require_commits), "require_commits");
  refuse(asked(policy.require_explained), "require_explained");
}

oci::ImageConfig config_of(const Prebuilt& image, const oci::Manifest& manifest) {
  const auto& config = manifest.config;
  if (config.size > max_config_bytes)
    throw Error(Kind::invalid, "the image's config has " + base::human_bytes(config.size) + ", at most " +
                                   base::human_bytes(max_config_bytes) + " are read");
  std::string text(static_cast<std::size_t>(config.size), '\0');
  const auto bytes = std::as_writable_bytes(std::span(text));
  auto source = image.open(config);
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t n = source->read(bytes.subspan(at));
    if (n == 0) break;
    at += n;
  }
  if (base::sha256(text) != config.digest) throw Error(Kind::corrupt, "the image's config is not what its digest says");
  return oci::parse_config(text);
}

void check_image(const recipe::Policy& policy, const Prebuilt& image, const oci::Manifest& manifest) {
  const std::uint64_t bytes = image_bytes(manifest);
  if (policy.max_size && bytes > policy.max_size->value)
    throw Error(Kind::denied, "an image of " + base::human_bytes(bytes) + " is not allowed by source.policy: at most " +
                                  base::human_bytes(policy.max_size->value));
  if (!policy.require_non_root || !policy.require_non_root->value) return;
  const std::string user = config_of(image, manifest).user;
  if (recipe::is_root(user))
    throw Error(Kind::denied,
                "user " + base::quoted(user.empty() ? "root" : user) + " is not allowed by source.policy");
}

/// What an index holds besides images: BuildKit's attestations.
bool is_image(const oci::Descriptor& child) { return !child.annotations.contains("vnd.docker.reference.type"); }

void check_document(const recipe::Policy& policy, const Prebuilt& image, const oci::Document& document, int depth) {
  if (depth > max_depth) throw Error(Kind::invalid, "the image nests too many indexes");
  if (!document.is_index()) return check_image(policy, image, oci::parse_manifest(document));
  for (const auto& child : oci::parse_index(document).manifests)
    if (is_image(child)) check_document(policy, image, image.document(child), depth + 1);
}

}  // namespace

void check_prebuilt(const recipe::Policy& policy, const Prebuilt& image) {
  refuse_rows_about_contents(policy);
  check_document(policy, image, image.root(), 0);
}

}  // namespace out
