#include "check/check.h"

#include "check/drift.h"
#include "check/modes.h"
#include "check/trust.h"
#include "core/remote/repository.h"

namespace check {
namespace {

void log_line(std::string_view line) { resource::log(std::string(line) + "\n"); }

Versions versions(const Lookup& lookup, const resource::Source& source, const std::optional<resource::Version>& known) {
  if (source.tag)
    return tag_versions(lookup, source, known,
                        std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  if (source.tag_regex) return regex_versions(lookup, source);
  return semver_versions(lookup, source, known, http::system_clock());
}

}  // namespace

name::Platform wanted_platform(const resource::Source& source) {
  return source.platform ? name::Platform::make(source.platform->os, source.platform->architecture)
                         : name::Platform::host();
}

std::string run(const resource::Call& call) {
  const auto [source, known] = resource::decode_check(call.request);
  if (source.tag) name::Tag::parse(*source.tag);
  remote::Repository repository(source, log_line, call.stop, remote::Tokens::remembered);
  std::optional<sign::PublicKey> key;
  if (!source.cosign.public_key.empty()) key = sign::PublicKey::parse(source.cosign.public_key);
  // A tag by itself is one request: there is nothing to remember.
  const bool drift = !source.rebuild_on.empty();
  const bool worth_it = !source.tag || source.platform_digest || key || drift;
  Memory memory(worth_it ? remote::cache_file(source, "check") : std::filesystem::path());
  std::optional<name::Platform> platform;
  if (source.platform_digest) platform = wanted_platform(source);
  Lookup lookup(repository.puller(), memory, platform, log_line, call.stop);
  auto found = drift ? drift_versions(lookup, source, known, repository, memory, log_line, call.stop)
                     : versions(lookup, source, known);
  if (key) found = trusted(std::move(found), source, known, repository.puller(), *key, memory, log_line, call.stop);
  memory.save();
  return resource::versions_reply(found);
}

}  // namespace check
