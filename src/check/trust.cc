#include "check/trust.h"

#include "core/base/digest.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/remote/signature.h"

namespace check {
namespace {

constexpr std::size_t at_once = 8;
constexpr std::chrono::hours for_good{24};

}  // namespace

Versions trusted(Versions versions, const resource::Source& source, const std::optional<resource::Version>& known,
                 const registry::Puller& puller, const sign::PublicKey& key, Memory& memory,
                 const std::function<void(std::string_view)>& log, std::stop_token stop) {
  std::vector<char> good(versions.size(), 0);  // each written by one thread
  base::in_parallel(versions.size(), at_once, stop, [&](std::size_t i, std::stop_token any) {
    const auto& digest = versions[i].digest;
    const std::string fact = "signed " + key.hint() + " " + digest;
    if ((known && known->digest == digest) || memory.get(fact, for_good)) {
      good[i] = 1;
      return;
    }
    if (source.tag)
      remote::require_signature(puller, base::Digest::parse(digest), key, any);
    else if (!remote::is_signed(puller, base::Digest::parse(digest), key, any))
      return log("tag " + base::quoted(versions[i].tag) + " is left out: " + digest +
                 " has no signature by the key in source.cosign");
    memory.put(fact, "yes");
    good[i] = 1;
  });
  Versions out;
  for (std::size_t i = 0; i < versions.size(); ++i)
    if (good[i]) out.push_back(std::move(versions[i]));
  return out;
}

}  // namespace check
