#include "core/frontend/apt_setup.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/frontend/hosts.h"

namespace frontend {
namespace {

constexpr std::string_view armour = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

std::string file_name(const std::string& name) {
  std::string out;
  for (char c : name) out += std::isalnum(static_cast<unsigned char>(c)) ? c : '-';
  return out.substr(0, 64);
}

/// apt decides by the file's name whether a key is armoured, and the wrong one is a "NO_PUBKEY": look at the bytes.
std::string key_ending(const recipe::Recipe& recipe, const recipe::Key& key, const std::string& content) {
  if (content.find(armour) != std::string::npos) return ".asc";
  // An OpenPGP public-key packet: tag 6 in the old (0x98, 0x99) or new (0xC6) form.
  unsigned char first = content.empty() ? 0 : static_cast<unsigned char>(content[0]);
  if (first == 0x98 || first == 0x99 || first == 0xC6) return ".gpg";
  throw recipe::error_at(recipe, key.uri.range, "key " + base::quoted(key.name.value) + " is no OpenPGP public key")
      .fix("give the URI of the key file itself, armoured or binary");
}

std::string package_arguments(std::span<const recipe::Apt> blocks) {
  std::set<std::string> arguments;
  for (const auto& block : blocks)
    for (const auto& package : block.packages)
      arguments.insert(package.version ? package.name.value + "=" + package.version->value : package.name.value);
  // Where one block pins a version and another does not, the pin alone counts.
  for (auto it = arguments.begin(); it != arguments.end();) {
    auto pinned = arguments.lower_bound(*it + "=");
    bool has_pin = it->find('=') == std::string::npos && pinned != arguments.end() && pinned->starts_with(*it + "=");
    it = has_pin ? arguments.erase(it) : std::next(it);
  }
  std::string out;
  for (const auto& argument : arguments) out += argument + "\n";
  return out;
}

std::string pins(const std::set<std::string>& hosts, const recipe::Apt& block) {
  std::string out, names;
  for (const auto& package : block.packages) names += (names.empty() ? "" : " ") + package.name.value;
  for (const auto& host : hosts) {
    out += "Package: *\nPin: origin \"" + host + "\"\nPin-Priority: 100\n\n";
    if (!names.empty()) out += "Package: " + names + "\nPin: origin \"" + host + "\"\nPin-Priority: 500\n\n";
  }
  return out;
}

bool is_snapshot(const recipe::Text& line) { return line.value.find(recipe::snapshot_mark) != std::string::npos; }

/// One line of a block, with the moment that its snapshot stands for.
deb::Repository read_repository(const recipe::Recipe& recipe, const recipe::Apt& block, const recipe::Text& line) {
  std::string text = line.value;
  if (block.snapshot)
    for (std::size_t at = 0; (at = text.find(recipe::snapshot_mark, at)) != std::string::npos;)
      text.replace(at, recipe::snapshot_mark.size(), block.snapshot->value);
  try {
    deb::Repository repository = deb::parse_repository(text);
    // What an archive said long ago has run out since; its signature still counts.
    if (is_snapshot(line)) repository.options["check-valid-until"] = "no";
    return repository;
  } catch (const base::Error& error) {
    throw recipe::error_at(recipe, line.range, error.message(), error.kind()).fix(error.fix());
  }
}

}  // namespace

AptSetup apt_setup(const recipe::Recipe& recipe, std::span<const recipe::Apt> blocks, const hcl::Range& place,
                   const std::vector<deb::Repository>& of_image, const deb::OsRelease& os,
                   const std::map<std::string, std::string>& keys) {
  AptSetup setup;
  std::set<std::string> own_hosts;
  std::string own_signed_by;
  const bool of_today =
      std::none_of(blocks.begin(), blocks.end(), [](const auto& block) { return block.snapshot.has_value(); });
  for (deb::Repository repository : of_image) {
    if (!repository.remote()) continue;  // a CD or a directory of the machine that the image was made on
    if (!repository.key.empty()) {
      setup.keys.push_back({"keys/base-" + std::to_string(setup.keys.size()) + ".asc", repository.key});
      repository.key.clear();
      repository.signed_by = "/tmp/in/" + setup.keys.back().path;
    }
    own_hosts.insert(host_of(repository.uri));
    if (own_signed_by.empty()) own_signed_by = repository.signed_by;
    if (of_today) setup.repositories.push_back(std::move(repository));
  }

  for (const auto& block : blocks) {
    setup.recommends = setup.recommends || block.recommends.value;
    std::string signed_by;
    for (const auto& key : block.keys) {
      const std::string& content = keys.at(key.uri.value);
      std::string path = "keys/" + std::to_string(setup.keys.size()) + "-" + file_name(key.name.value) +
                         key_ending(recipe, key, content);
      setup.keys.push_back({path, content});
      signed_by += (signed_by.empty() ? "/tmp/in/" : ",/tmp/in/") + path;
    }
    std::set<std::string> extra_hosts;
    for (const auto& line : block.repositories) {
      deb::Repository repository = read_repository(recipe, block, line);
      if (repository.signed_by.empty()) repository.signed_by = signed_by;
      if (repository.signed_by.empty() && is_snapshot(line)) repository.signed_by = own_signed_by;
      // The moments of the distribution's own archive are the distribution, not a vendor.
      const bool extra = !own_hosts.contains(host_of(repository.uri)) && !is_snapshot(line);
      if (extra) extra_hosts.insert(host_of(repository.uri));
      setup.declared_at.emplace(repository.in_release_uri(), line.range);
      setup.repositories.push_back(std::move(repository));
    }
    setup.preferences += pins(extra_hosts, block);
  }

  setup.repositories = deb::with_sources(std::move(setup.repositories));
  if (setup.repositories.empty())
    throw recipe::error_at(recipe, place, "the image that apt is asked in has no repositories")
        .fix("add repositories to an apt block");
  if (std::string suite = deb::missing_security_suite(setup.repositories, os); !suite.empty())
    setup.warnings.push_back("no repository has the suite '" + suite +
                             "': packages are installed without their security updates");
  std::set<std::string> asked;
  for (const auto& repository : setup.repositories) {
    setup.sources_list += deb::to_line(repository) + "\n";
    if (asked.insert(repository.in_release_uri()).second) setup.in_release_uris.push_back(repository.in_release_uri());
  }
  setup.packages = package_arguments(blocks);
  return setup;
}

}  // namespace frontend
