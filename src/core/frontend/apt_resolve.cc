#include "core/frontend/apt_resolve.h"

#include <algorithm>
#include <set>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/deb/apt_failure.h"
#include "core/frontend/apt_scripts.h"
#include "core/llb/exec.h"
#include "core/llb/file.h"
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

llb::Output input_files(const AptSetup& setup) {
  std::vector<llb::FileAction> files;
  auto add = [&](std::string path, std::string text) {
    files.push_back(llb::mkfile(std::move(path), std::move(text), {.time = llb::FileTime{}}));
  };
  add("/apt.conf", std::string(apt_conf) + "APT::Install-Recommends \"" + (setup.recommends ? "1" : "0") + "\";\n");
  add("/sources.list", setup.sources_list);
  add("/preferences", setup.preferences);
  add("/packages", setup.packages);
  add("/resolve.sh", std::string(resolve_script));
  if (!setup.keys.empty()) files.push_back(llb::mkdir("/keys", {.time = llb::FileTime{}}));
  for (const auto& key : setup.keys) add("/" + key.path, key.content);
  return llb::file(llb::scratch(), files, {.name = "[apt] configuration"});
}

llb::Output resolve_graph(const recipe::Recipe& recipe, const BaseImage& base, const AptSetup& setup,
                          const name::Platform& platform, recipe::Apt::Refresh refresh, const std::string& nonce,
                          const Places& places) {
  llb::ExecOptions options;
  options.args = {"/bin/sh", "/tmp/in/resolve.sh"};
  for (const auto& entry : base.config.env)
    if (entry.starts_with("PATH=")) options.env.push_back(entry);
  if (!nonce.empty()) options.env.push_back("ESTALEIRO_NONCE=" + nonce);
  options.platform = llb::Platform{platform.os(), platform.architecture(), platform.variant()};
  // The base's own /tmp exists and is hidden, so mount points leave no trace in any tree.
  options.mounts = {llb::tmpfs_mount("/tmp"), llb::bind_mount("/tmp/in", input_files(setup)),
                    llb::output_mount("/tmp/out")};
  hcl::Range place = recipe.image.apt.front().range;
  if (refresh == recipe::Apt::Refresh::changed)
    for (std::size_t i = 0; i < setup.in_release_uris.size(); i++) {
      const std::string& uri = setup.in_release_uris[i];
      options.mounts.push_back(
          llb::bind_mount("/tmp/in-release/" + std::to_string(i),
                          llb::http(uri, {.filename = "InRelease"}, places.at(place, "[apt] ask " + uri))));
    }
  std::size_t count = static_cast<std::size_t>(std::count(setup.packages.begin(), setup.packages.end(), '\n'));
  auto metadata = places.at(place, "[apt] resolve " + std::to_string(count) + (count == 1 ? " package" : " packages"));
  return llb::exec(base.tree, options, metadata).output("/tmp/out");
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
  std::string nonce = refresh == recipe::Apt::Refresh::always ? base::random_hex(8) : "";
  auto run = [&] {
    auto output = resolve_graph(recipe, base, setup, platform, refresh, nonce, places);
    return gateway.solve({.definition = llb::marshal(output), .evaluate = true}).ref;
  };
  auto read = [&](const Ref& ref, const char* path) {
    return gateway.read_file(ref, path, max_answer_bytes).value_or("");
  };
  Ref ref = run();
  if (!read(ref, "/failed").empty()) {
    // The engine keeps this answer; a mirror that was away for a minute must not be a build that fails for ever.
    nonce = base::random_hex(8);
    ref = run();
    if (!read(ref, "/failed").empty()) throw at_recipe(recipe, deb::explain_apt_failure(read(ref, "/errors")));
  }
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
