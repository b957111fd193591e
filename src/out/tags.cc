#include "out/tags.h"

#include <algorithm>
#include <optional>

#include "core/base/error.h"
#include "core/base/inside.h"
#include "core/base/text.h"
#include "core/name/semver.h"

namespace out {
namespace {

using name::SemanticVersion;
using name::Tag;

constexpr std::uint64_t max_tags_file = 1u << 20;
constexpr std::size_t max_tags = 1000;
constexpr std::string_view blanks = " \t\r\n\v\f";

std::string bare_tag(const std::string& variant) { return variant.empty() ? "latest" : variant; }
std::string suffix(const std::string& variant) { return variant.empty() ? "" : "-" + variant; }

SemanticVersion version_of(const resource::PutParams& params) {
  auto version = SemanticVersion::parse(params.version);
  if (!version)
    throw base::Error(base::Kind::invalid,
                      "params.version is " + base::quoted(params.version, 100) + ", a version like '1.2.3' is wanted");
  return *std::move(version);
}

/// Which names follow the release `version`, given what there is: the more precise first.
std::vector<std::string> aliases(const SemanticVersion& version, const std::string& variant,
                                 const std::vector<std::string>& existing) {
  bool latest = true, major = true, minor = true;
  for (const auto& tag : existing) {
    if (!tag.ends_with(suffix(variant))) continue;
    auto other = SemanticVersion::parse(std::string_view(tag).substr(0, tag.size() - suffix(variant).size()));
    if (!other || !other->is_final() || *other <= version) continue;
    latest = false;
    if (other->major() == version.major()) major = false;
    if (other->major() == version.major() && other->minor() == version.minor()) minor = false;
  }
  std::vector<std::string> out;
  const auto major_text = std::to_string(version.major());
  if (minor) out.push_back(major_text + "." + std::to_string(version.minor()) + suffix(variant));
  if (major) out.push_back(major_text + suffix(variant));
  if (latest) out.push_back(bare_tag(variant));
  return out;
}

std::vector<std::string> additional_tags(const resource::PutParams& params, const std::filesystem::path& inputs) {
  std::vector<std::string> out;
  if (params.additional_tags.empty()) return out;
  const auto text = base::read_file_inside(inputs, params.additional_tags, "params.additional_tags", max_tags_file);
  for (std::size_t begin = 0; (begin = text.find_first_not_of(blanks, begin)) != std::string::npos;) {
    auto end = std::min(text.find_first_of(blanks, begin), text.size());
    if (out.size() == max_tags)
      throw base::Error(base::Kind::invalid, "params.additional_tags names a file with more than 1000 tags");
    out.push_back(params.tag_prefix + text.substr(begin, end - begin));
    begin = end;
  }
  if (out.empty() && !params.tag_prefix.empty())
    throw base::Error(base::Kind::invalid, "params.tag_prefix has nothing to stand before: the file " +
                                               base::quoted(params.additional_tags) + " names no tag");
  return out;
}

}  // namespace

Tags planned_tags(const resource::Source& source, const resource::PutParams& params,
                  const std::filesystem::path& inputs, const std::function<std::vector<std::string>()>& existing) {
  std::vector<std::string> exact, moving;
  if (!params.version.empty()) {
    const auto version = version_of(params);
    exact.push_back(version.text() + suffix(source.variant));
    if (params.bump_aliases && version.is_final()) moving = aliases(version, source.variant, existing());
  }
  for (auto& tag : additional_tags(params, inputs)) exact.push_back(std::move(tag));

  Tags out;
  auto add = [&](const std::string& text) {
    auto tag = Tag::parse(text);
    if (std::find(out.in_order.begin(), out.in_order.end(), tag) == out.in_order.end()) out.in_order.push_back(tag);
  };
  const auto bare = bare_tag(source.variant);
  for (const auto& tag : exact)
    if (tag != bare) add(tag);
  if (source.tag && *source.tag != bare) add(*source.tag);
  for (const auto& tag : moving)
    if (tag != bare) add(tag);
  // Last of all, whoever asked for it.
  for (const auto* list : {&exact, &moving})
    if (std::find(list->begin(), list->end(), bare) != list->end()) add(bare);
  if (source.tag == bare) add(bare);
  if (out.in_order.empty())
    throw base::Error(base::Kind::invalid, "the image gets no tag")
        .fix("give source.tag, params.version or params.additional_tags");
  out.reported = source.tag ? Tag::parse(*source.tag) : Tag::parse(exact.front());
  return out;
}

}  // namespace out
