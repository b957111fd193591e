#include "cli/output_option.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/name/reference.h"

namespace cli {
namespace {

using base::Error;
using base::Kind;

std::string canonical_names(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const std::string& each : names) out.push_back(name::Reference::parse(each).text());
  return base::join(out, ",");
}

base::Fd open_file(const std::string& path) {
  base::Fd out(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!out) throw base::errno_error("create " + base::quoted(path), errno);
  return out;
}

}  // namespace

Output parse_output(const std::string& text, const std::vector<std::string>& names) {
  std::map<std::string, std::string> given;
  std::string type;
  for (auto piece : base::split(text, ',')) {
    auto equals = piece.find('=');
    std::string key(piece.substr(0, equals)), value(equals == std::string_view::npos ? "" : piece.substr(equals + 1));
    if (equals == std::string_view::npos && type.empty() && given.empty())
      type = key;
    else if (key == "type" && equals != std::string_view::npos)
      type = value;
    else if (key.empty() || equals == std::string_view::npos)
      throw Error(Kind::invalid, "--output has " + base::quoted(piece) + " where KEY=VALUE is wanted");
    else
      given[key] = value;
  }
  const std::vector<std::string> types = {"image", "push", "oci", "docker", "tar", "local"};
  bool directory_alone = given.empty() && type.find('/') != std::string::npos;
  if (directory_alone || type == ".") {
    given["dest"] = type;
    type = "local";
  }
  if (std::find(types.begin(), types.end(), type) == types.end()) {
    Error error(Kind::invalid,
                "--output has the type " + base::quoted(type) + ": image, push, oci, docker, tar and local are there");
    if (auto near = base::nearest(type, types); !near.empty()) error.fix("did you mean '" + near + "'?");
    throw error;
  }

  Output out;
  std::string destination;
  if (auto dest = given.find("dest"); dest != given.end()) {
    destination = dest->second;
    given.erase(dest);
  }
  auto& exporter = out.exporter;
  exporter.type = type == "push" ? "image" : type;
  exporter.attributes = std::move(given);
  if (type == "push") exporter.attributes["push"] = "true";
  bool image = type == "image" || type == "push", archive = type == "oci" || type == "docker";
  bool pushed = image && exporter.attributes.contains("push") && exporter.attributes.at("push") == "true";
  if (image || archive) {
    exporter.attributes.emplace("oci-mediatypes", "true");
    if (!names.empty()) exporter.attributes.emplace("name", canonical_names(names));
    if (pushed) exporter.attributes.emplace("store", "false");
  }
  if (image) {
    if (!destination.empty()) throw Error(Kind::invalid, "--output type " + type + " has no dest");
    if (!exporter.attributes.contains("name"))
      throw Error(Kind::invalid, "the image has no name").fix("give one: --tag registry.example/team/app:1.0");
    return out;
  }
  bool layout = archive && exporter.attributes.contains("tar") && exporter.attributes.at("tar") == "false";
  if (type == "local" || layout) {
    if (destination.empty()) throw Error(Kind::invalid, "--output type " + type + " needs dest=DIRECTORY");
    exporter.target.directory = destination;
    return out;
  }
  if (destination.empty() || destination == "-") {
    if (isatty(STDOUT_FILENO) == 1)
      throw Error(Kind::invalid, "an archive is not written to a terminal").fix("give dest=FILE, or a pipe");
    exporter.target.fd = STDOUT_FILENO;
  } else {
    out.file = open_file(destination);
    exporter.target.fd = out.file.get();
  }
  return out;
}

}  // namespace cli
