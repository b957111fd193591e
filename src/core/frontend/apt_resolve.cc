#include "core/frontend/apt_resolve.h"

#include <algorithm>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/deb/apt_failure.h"
#include "core/frontend/apt_scripts.h"
#include "core/frontend/apt_step.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"

namespace frontend {
namespace {

constexpr std::uint64_t max_key_bytes = 1u << 20;

/// Where the recipe can be held to what apt complains about: the package or the repository that the message names.
hcl::Range blamed(const recipe::Recipe& recipe, const std::string& message) {
  hcl::Range best = recipe.image.apt.front().range;
  std::size_t longest = 0;
  auto offer = [&](const std::string& word, const hcl::Range& range) {
    if (word.size() > longest && message.find(word) != std::string::npos) {
      longest = word.size();
      best = range;
    }
  };
  for (const auto& block : recipe.image.apt) {
    for (const auto& package : block.packages) {
      offer("'" + package.name.value + "'", package.name.range);
      if (package.version) offer("'" + package.version->value + "'", package.version->range);
    }
    for (const auto& line : block.repositories) {
      std::string uri = deb::parse_repository(line.value).uri;
      if (uri.ends_with('/')) uri.pop_back();  // as apt shows it
      offer(uri, line.range);
    }
  }
  return best;
}

base::Error at_recipe(const recipe::Recipe& recipe, const base::Error& error) {
  auto shown = recipe::error_at(recipe, blamed(recipe, error.text()), error.message(), error.kind());
  for (const auto& note : error.notes()) shown.note(note);
  return shown.fix(error.fix());
}

}  // namespace

std::map<std::string, std::string> fetch_keys(Gateway& gateway, const recipe::Recipe& recipe, const BaseImage& base,
                                              const name::Platform& platform, const Hosts& hosts,
                                              const Places& places) {
  std::map<std::string, std::string> out;
  for (const auto& block : recipe.image.apt)
    for (const auto& key : block.keys) {
      if (out.contains(key.uri.value)) continue;
      std::optional<base::Digest> digest;
      if (key.digest) digest = base::Digest::parse(key.digest->value);
      try {
        auto tree = fetch(key.uri.value, digest, "key", hosts, base, platform,
                          places.at(key.range, "[apt] key " + key.name.value));
        auto ref = gateway.solve({.definition = llb::marshal(tree), .evaluate = true});
        out[key.uri.value] = gateway.read_file(ref.ref, "/key", max_key_bytes).value_or("");
      } catch (const base::Error& error) {
        if (error.kind() == base::Kind::cancelled) throw;
        throw recipe::error_at(recipe, key.uri.range,
                               "key " + base::quoted(key.name.value) + " cannot be fetched: " + error.message(),
                               error.kind());
      }
    }
  return out;
}

Resolution resolve_packages(Gateway& gateway, const recipe::Recipe& recipe, const BaseImage& base,
                            const AptSetup& setup, const name::Platform& platform, const Hosts& hosts,
                            const Places& places) {
  auto refresh = recipe::Apt::Refresh::never;
  std::vector<hcl::Range> blocks;
  for (const auto& block : recipe.image.apt) {
    refresh = std::max(refresh, block.refresh.value);
    blocks.push_back(block.range);
  }
  const std::string script = std::string(update_script) + std::string(resolve_script);
  const auto count = std::count(setup.packages.begin(), setup.packages.end(), '\n');
  const std::string title = "[apt] resolve " + std::to_string(count) + (count == 1 ? " package" : " packages");
  const AptStep step{base, setup, script, refresh, platform, std::move(blocks), title, hosts};
  Ref ref = ask_apt(gateway, step, places,
                    [&](const std::string& words) { throw at_recipe(recipe, deb::explain_apt_failure(words)); });
  auto read = [&](const Ref& from, const char* path) { return read_answer(gateway, from, path); };
  try {
    deb::refuse_apt_warnings(read(ref, "/update"));
  } catch (const base::Error& error) {
    throw at_recipe(recipe, error);
  }
  AptAnswers answers{read(ref, "/plan"),    read(ref, "/uris"),        read(ref, "/binaries"),
                     read(ref, "/sources"), read(ref, "/source-uris"), read(ref, "/base-uris")};
  return {base::within("reading what apt would install", [&] { return read_plan(answers, recipe, base.packages); }),
          read_releases(gateway, ref, setup)};
}

}  // namespace frontend
