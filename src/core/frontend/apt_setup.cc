#include "core/frontend/apt_setup.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"

namespace frontend {
namespace {

constexpr std::string_view armour = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

/// The host without port: what apt's "Pin: origin" compares.
std::string host_of(const deb::Repository& repository) {
  std::string_view rest = repository.uri;
  auto scheme = rest.find("://");
  if (scheme == std::string_view::npos) return "";
  rest.remove_prefix(scheme + 3);
  rest = rest.substr(0, rest.find('/'));
  if (auto at = rest.rfind('@'); at != std::string_view::npos) rest.remove_prefix(at + 1);
  return std::string(rest.substr(0, rest.rfind(':')));
}

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

std::string package_arguments(const recipe::Recipe& recipe) {
  std::set<std::string> arguments;
  for (const auto& block : recipe.image.apt)
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

}  // namespace

AptSetup apt_setup(const recipe::Recipe& recipe, const std::vector<deb::Repository>& of_base, const deb::OsRelease& os,
                   const std::map<std::string, std::string>& keys) {
  AptSetup setup;
  std::set<std::string> base_hosts;
  for (deb::Repository repository : of_base) {
    if (!repository.remote()) continue;  // a CD or a directory of the machine that the base was made on
    if (!repository.key.empty()) {
      setup.keys.push_back({"keys/base-" + std::to_string(setup.keys.size()) + ".asc", repository.key});
      repository.key.clear();
      repository.signed_by = "/tmp/in/" + setup.keys.back().path;
    }
    base_hosts.insert(host_of(repository));
    setup.repositories.push_back(std::move(repository));
  }

  for (const auto& block : recipe.image.apt) {
    if (block.snapshot)
      throw recipe::error_at(recipe, block.snapshot->range, "snapshots cannot be built yet", base::Kind::unsupported)
          .fix("name the repository of that moment in repositories");
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
      deb::Repository repository;
      try {
        repository = deb::parse_repository(line.value);
      } catch (const base::Error& error) {
        throw recipe::error_at(recipe, line.range, error.message(), error.kind()).fix(error.fix());
      }
      if (repository.signed_by.empty()) repository.signed_by = signed_by;
      if (std::string host = host_of(repository); !base_hosts.contains(host)) extra_hosts.insert(host);
      setup.repositories.push_back(std::move(repository));
    }
    setup.preferences += pins(extra_hosts, block);
  }

  setup.repositories = deb::with_sources(std::move(setup.repositories));
  if (setup.repositories.empty())
    throw recipe::error_at(recipe, recipe.image.apt.front().range, "the base image has no apt repositories")
        .fix("add repositories to the apt block");
  if (std::string suite = deb::missing_security_suite(setup.repositories, os); !suite.empty())
    setup.warnings.push_back("no repository has the suite '" + suite +
                             "': packages are installed without their security updates");
  std::set<std::string> asked;
  for (const auto& repository : setup.repositories) {
    setup.sources_list += deb::to_line(repository) + "\n";
    if (asked.insert(repository.in_release_uri()).second) setup.in_release_uris.push_back(repository.in_release_uri());
  }
  setup.packages = package_arguments(recipe);
  return setup;
}

}  // namespace frontend
