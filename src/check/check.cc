#include "check/check.h"

#include "core/base/error.h"
#include "core/remote/repository.h"

namespace check {

std::vector<resource::Version> tag_versions(const registry::Puller& puller, const std::string& tag,
                                            const std::optional<resource::Version>& known, std::stop_token stop) {
  auto current = puller.resolve(tag, stop);
  if (!current) return {};
  resource::Version now{tag, current->digest.text()};
  if (!known || known->digest == now.digest || !base::Digest::valid(known->digest)) return {now};
  // Registries that collect garbage forget what no tag names; such a version cannot be fetched any more.
  if (!puller.resolve(known->digest, stop)) return {now};
  return {{tag, known->digest}, now};
}

std::string run(const resource::Call& call) {
  auto [source, version] = resource::decode_check(call.request);
  if (!source.tag)
    throw base::Error(base::Kind::unsupported, "source.tag is missing: only single tags can be watched")
        .fix("set source.tag");
  name::Tag tag = name::Tag::parse(*source.tag);
  remote::Repository repository(
      source, [](std::string_view line) { resource::log(std::string(line) + "\n"); }, true);
  return resource::versions_reply(tag_versions(repository.puller(), tag.text(), version, call.stop));
}

}  // namespace check
