// Versions and constraints out of tags and requests: the order is one, and what prints reads back the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/base/error.h"
#include "core/name/semver_constraint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto at = text.find('\n');
  auto left = name::SemanticVersion::parse(text.substr(0, at));
  auto right = name::SemanticVersion::parse(at == std::string_view::npos ? "1.0.0" : text.substr(at + 1));
  if (left && name::SemanticVersion::parse(left->text()) != left) std::abort();
  if (left && right && (*left < *right) != (*right > *left)) std::abort();
  try {
    auto constraint = name::SemverConstraint::parse(text.substr(0, at));
    if (right) constraint.allows(*right);
  } catch (const base::Error&) {
  }
  return 0;
}
