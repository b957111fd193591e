#include "check/lookup.h"

#include <algorithm>
#include <mutex>

#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/oci/media_type.h"

namespace check {
namespace {

/// Enough to hide the way to a distant registry, few enough for one that counts connections.
constexpr std::size_t at_once = 16;
/// What a digest names never changes; facts about it are forgotten only to keep the file small.
constexpr std::chrono::hours unchanging{24};
constexpr const char* nothing = "none";

std::string tag_fact(std::string_view tag, const std::optional<name::Platform>& platform) {
  return "tag " + (platform ? platform->text() + " " : "") + std::string(tag);
}

}  // namespace

Lookup::Lookup(const registry::Puller& puller, Memory& memory, std::optional<name::Platform> platform,
               std::function<void(std::string_view)> log, std::stop_token stop)
    : puller_(puller), memory_(memory), platform_(std::move(platform)), log_(std::move(log)), stop_(std::move(stop)) {}

std::vector<std::string> Lookup::tags() const {
  RememberedPages pages(memory_);
  auto out = puller_.tags(stop_, &pages);
  std::erase_if(out, [](const std::string& tag) { return name::is_fallback_tag(tag); });
  return out;
}

std::optional<std::string> Lookup::child(const oci::Descriptor& index, std::stop_token stop) const {
  const std::string fact = "child " + platform_->text() + " " + index.digest.text();
  if (auto known = memory_.get(fact, unchanging))
    return *known == nothing ? std::nullopt : std::optional(*std::move(known));
  auto parsed = oci::parse_index(puller_.document(index, stop));
  const auto* found = oci::find_platform(parsed, *platform_);
  memory_.put(fact, found ? found->digest.text() : nothing);
  if (!found) return std::nullopt;
  return found->digest.text();
}

std::optional<std::string> Lookup::ask_one(const std::string& tag, std::stop_token stop) const {
  auto found = puller_.resolve(tag, stop);
  if (!found) return std::nullopt;
  std::optional<std::string> digest = found->digest.text();
  if (platform_ && oci::media_type::is_index(found->media_type)) {
    digest = child(*found, stop);
    if (!digest) log_("tag " + base::quoted(tag) + " is left out: it has nothing for " + platform_->text());
  }
  if (digest) memory_.put(tag_fact(tag, platform_), *digest);
  return digest;
}

Digests Lookup::ask(const std::vector<std::string>& tags) const {
  Digests out;
  std::mutex mutex;
  base::in_parallel(tags.size(), at_once, stop_, [&](std::size_t i, std::stop_token stop) {
    auto digest = ask_one(tags[i], stop);
    if (!digest) return;
    std::lock_guard lock(mutex);
    out.insert_or_assign(tags[i], *std::move(digest));
  });
  return out;
}

Digests Lookup::recall(const std::vector<std::string>& tags, std::chrono::seconds age) const {
  Digests out;
  std::vector<std::string> unknown;
  for (const auto& tag : tags) {
    if (auto known = memory_.get(tag_fact(tag, platform_), age))
      out.insert_or_assign(tag, *std::move(known));
    else
      unknown.push_back(tag);
  }
  out.merge(ask(unknown));
  return out;
}

bool Lookup::stands(const std::string& tag) const {
  auto known = memory_.get(tag_fact(tag, platform_), settled_for);
  return known && ask_one(tag, stop_) == known;
}

bool Lookup::exists(const std::string& digest) const { return puller_.resolve(digest, stop_).has_value(); }

std::optional<oci::Timestamp> Lookup::created_one(const std::string& digest, const name::Platform& platform,
                                                  std::stop_token stop) const {
  const std::string fact = "created " + platform.text() + " " + digest;
  if (auto known = memory_.get(fact, unchanging)) return oci::parse_timestamp(*known).value_or(oci::Timestamp());
  auto document = puller_.manifest(digest, stop);
  if (!document)
    throw base::Error(base::Kind::not_found, "manifest " + digest + " is gone: somebody deleted it just now");
  if (document->is_index()) {
    auto index = oci::parse_index(*document);
    const auto* found = oci::find_platform(index, platform);
    if (!found) return std::nullopt;
    document = puller_.document(*found, stop);
  }
  auto text = puller_.config(oci::parse_manifest(*document), stop).created;
  auto time = oci::parse_timestamp(text);
  memory_.put(fact, time ? text : nothing);
  return time.value_or(oci::Timestamp());
}

std::map<std::string, oci::Timestamp> Lookup::created(const Digests& images, const name::Platform& platform) const {
  const std::vector<std::pair<std::string, std::string>> list(images.begin(), images.end());
  std::map<std::string, oci::Timestamp> out;
  std::mutex mutex;
  base::in_parallel(list.size(), at_once, stop_, [&](std::size_t i, std::stop_token stop) {
    const auto& [tag, digest] = list[i];
    std::optional<oci::Timestamp> time;
    try {
      time = created_one(digest, platform, stop);
    } catch (const base::Error& error) {
      // What lies at one tag, a cache or a chart, is no reason to see none of the others.
      if (error.kind() != base::Kind::unsupported) throw;
      return log_("tag " + base::quoted(tag) + " is left out: " + error.message());
    }
    if (!time) return log_("tag " + base::quoted(tag) + " is left out: it has nothing for " + platform.text());
    std::lock_guard lock(mutex);
    out.insert_or_assign(tag, *time);
  });
  return out;
}

}  // namespace check
