#include "core/bom/document.h"

#include <algorithm>
#include <tuple>

#include "core/base/digest.h"
#include "core/bom/yaml_writer.h"

namespace bom {
namespace {

/// This project's name space for version 5 UUIDs: a random one, once and for all.
constexpr unsigned char name_space[16] = {0x5c, 0x1d, 0x3e, 0x90, 0x8a, 0x4b, 0x4f, 0x0e,
                                          0x9b, 0x27, 0x6d, 0x51, 0xe2, 0x7f, 0x03, 0xc4};

bool good(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

}  // namespace

std::string document_uuid(const Bill& bill, std::string_view kind) {
  std::string name(reinterpret_cast<const char*>(name_space), sizeof name_space);
  name.append(kind).append(" ").append(bill.image.digest.empty() ? to_yaml(bill) : bill.image.digest);
  std::string hex = base::hash_hex("sha1", name).substr(0, 32);
  hex[12] = '5';
  // The two highest bits of the variant's digit are 10.
  auto digit = static_cast<unsigned>(hex[16] <= '9' ? hex[16] - '0' : hex[16] - 'a' + 10);
  hex[16] = "89ab"[digit & 3];
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
         hex.substr(20);
}

std::string document_time(const Bill& bill) {
  // Both formats want whole seconds; a base image's time may have fractions.
  const std::string& created = bill.image.created;
  constexpr std::string_view shape = "0000-00-00T00:00:00";
  bool usable = created.size() > shape.size() && created.back() == 'Z';
  for (std::size_t i = 0; usable && i < shape.size(); i++)
    usable = shape[i] == '0' ? created[i] >= '0' && created[i] <= '9' : created[i] == shape[i];
  return usable ? created.substr(0, shape.size()) + "Z" : "1970-01-01T00:00:00Z";
}

std::vector<const Package*> remaining_base_packages(const Bill& bill) {
  auto key = [](const Package& package) {
    return std::tuple<std::string_view, std::string_view>(package.name, package.architecture);
  };
  std::set<std::tuple<std::string_view, std::string_view>> gone;
  for (const auto* list : {&bill.changeset.packages, &bill.changeset.removed.packages})
    for (const Package& package : *list)
      if (package.state != files_only) gone.insert(key(package));
  std::vector<const Package*> out;
  for (const Package& package : bill.base_image.packages)
    if (!gone.contains(key(package))) out.push_back(&package);
  return out;
}

deb::SourceName source_of(const Package& package) {
  if (!package.source.name.empty()) return package.source;
  return {package.source_package.empty() ? package.name : package.source_package, package.version};
}

std::string vcs_url(std::string_view repository_uri) {
  auto colon = repository_uri.find(':');
  bool scp_like = colon != std::string_view::npos && repository_uri.find("://") == std::string_view::npos &&
                  repository_uri.substr(0, colon).find('/') == std::string_view::npos;
  if (!scp_like) return std::string(repository_uri);
  return "ssh://" + std::string(repository_uri.substr(0, colon)) + "/" + std::string(repository_uri.substr(colon + 1));
}

std::string UniqueNames::make(std::string_view text) {
  std::string name(text);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !good(c); }, '-');
  std::string unique = name;
  for (unsigned number = 2; !taken_.insert(unique).second; number++) unique = name + "-" + std::to_string(number);
  return unique;
}

}  // namespace bom
