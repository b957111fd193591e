#include "core/frontend/apt_resolve.h"

#include <algorithm>
#include <set>

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
constexpr std::uint64_t max_answer_bytes = 64u << 20;

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
    for (const auto& line : block.repositories) offer(deb::parse_repository(line.value).uri, line.range);
  }
  return best;
}

base::Error at_recipe(const recipe::Recipe& recipe, const base::Error& error) {
  auto shown = recipe::error_at(recipe, blamed(recipe, error.text()), error.message(), error.kind());
  for (const auto& note : error.notes()) shown.note(note);
  return shown.fix(error.fix());
}

/// The name under which apt keeps a URI's file in its lists (URItoFileName): '/' becomes '_', so '_' is quoted.
std::string list_name(std::string_view uri) {
  if (auto scheme = uri.find("://"); scheme != std::string_view::npos) uri.remove_prefix(scheme + 3);
  if (auto at = uri.find('@'); at != std::string_view::npos && at < uri.find('/')) uri.remove_prefix(at + 1);
  std::string out;
  for (char c : uri) {
    if (c == '/')
      out += '_';
    else if (std::string_view("\\|{}[]<>\"^~_=!@#$%^&*").find(c) != std::string_view::npos)
      out += "%" + base::to_hex(std::as_bytes(std::span(&c, 1)));
    else
      out += c;
  }
  return out;
}

/// The indexes that apt used, by the URI and suite of their archive: "main/binary-amd64/Packages".
std::map<std::pair<std::string, std::string>, std::vector<std::string>> read_targets(const std::string& text) {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> out;
  for (auto line : base::split(text, '\n')) {
    auto words = base::split(line, ' ');
    if (words.size() == 3) out[{std::string(words[1]), std::string(words[2])}].emplace_back(words[0]);
  }
  return out;
}

std::vector<Release> read_releases(Gateway& gateway, const Ref& ref, const AptSetup& setup) {
  std::vector<Release> out;
  auto targets = read_targets(gateway.read_file(ref, "/targets", max_answer_bytes).value_or(""));
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& repository : setup.repositories) {
    if (repository.type != deb::Repository::Type::deb) continue;
    if (!seen.insert({repository.uri, repository.suite}).second) continue;
    std::string path = "/releases/" + list_name(repository.in_release_uri());
    // apt prints a URI with the slash that a line may lack.
    std::string uri = repository.uri + (repository.uri.ends_with('/') ? "" : "/");
    out.push_back(
        {repository, gateway.read_file(ref, path, max_answer_bytes).value_or(""), targets[{uri, repository.suite}]});
  }
  return out;
}

}  // namespace

std::map<std::string, std::string> fetch_keys(Gateway& gateway, const recipe::Recipe& recipe, const Places& places) {
  std::map<std::string, std::string> out;
  for (const auto& block : recipe.image.apt)
    for (const auto& key : block.keys) {
      if (out.contains(key.uri.value)) continue;
      llb::HttpOptions options{.checksum = {}, .filename = "key", .mode = {}};
      if (key.digest) options.checksum = base::Digest::parse(key.digest->value);
      try {
        auto ref = gateway.solve({.definition = llb::marshal(llb::http(
                                      key.uri.value, options, places.at(key.range, "[apt] key " + key.name.value))),
                                  .evaluate = true});
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
                            const AptSetup& setup, const name::Platform& platform, const Places& places) {
  auto refresh = recipe::Apt::Refresh::never;
  for (const auto& block : recipe.image.apt) refresh = std::max(refresh, block.refresh.value);
  const std::string script = std::string(update_script) + std::string(resolve_script);
  const auto count = std::count(setup.packages.begin(), setup.packages.end(), '\n');
  const std::string title = "[apt] resolve " + std::to_string(count) + (count == 1 ? " package" : " packages");
  const AptStep step{base, setup, script, refresh, platform, recipe.image.apt.front().range, title};
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
