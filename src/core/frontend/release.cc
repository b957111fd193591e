#include "core/frontend/release.h"

#include <map>
#include <set>
#include <span>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/frontend/apt_step.h"

namespace frontend {
namespace {

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

}  // namespace

std::vector<Release> read_releases(Gateway& gateway, const Ref& ref, const AptSetup& setup) {
  std::vector<Release> out;
  auto targets = read_targets(read_answer(gateway, ref, "/targets"));
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& repository : setup.repositories) {
    if (repository.type != deb::Repository::Type::deb) continue;
    if (!seen.insert({repository.uri, repository.suite}).second) continue;
    std::string path = "/releases/" + list_name(repository.in_release_uri());
    // apt prints a URI with the slash that a line may lack.
    std::string uri = repository.uri + (repository.uri.ends_with('/') ? "" : "/");
    out.push_back({repository, read_answer(gateway, ref, path.c_str()), targets[{uri, repository.suite}]});
  }
  return out;
}

}  // namespace frontend
