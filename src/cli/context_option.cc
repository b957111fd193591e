#include "cli/context_option.h"

#include <filesystem>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/buildkit/layout_store.h"
#include "core/oci/layout.h"

namespace cli {
namespace {

constexpr std::string_view layout_scheme = "oci-layout://";

/// The layout at "DIRECTORY", "DIRECTORY:TAG" or "DIRECTORY@DIGEST" as "oci-layout://STORE@DIGEST".
std::string layout_option(const std::string& text, buildkit::BuildRequest& request) {
  std::string directory = text, tag, digest;
  if (auto at = directory.rfind('@'); at != std::string::npos) {
    digest = base::Digest::parse(directory.substr(at + 1)).text();
    directory.resize(at);
  } else if (!std::filesystem::exists(directory)) {
    if (auto colon = directory.rfind(':');
        colon != std::string::npos && directory.find('/', colon) == std::string::npos) {
      tag = directory.substr(colon + 1);
      directory.resize(colon);
    }
  }
  if (digest.empty()) {
    const oci::Layout layout(directory);
    const auto root = layout.root(tag);
    if (root.digest == layout.index().digest)
      throw base::Error(base::Kind::invalid, "layout " + base::quoted(directory) + " has several images")
          .fix("choose one: oci-layout://" + base::printable(directory) + ":TAG or …@DIGEST");
    digest = root.digest.text();
  }
  std::string store = "context-" + std::to_string(request.layouts.size());
  request.layouts[store] = std::make_shared<buildkit::LayoutStore>(directory);
  return std::string(layout_scheme) + store + "@" + digest;
}

}  // namespace

std::pair<std::string, std::string> context_option(const std::string& text, buildkit::BuildRequest& request) {
  auto equals = text.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == text.size())
    throw base::Error(base::Kind::invalid, "--build-context has " + base::quoted(text) + " where NAME=VALUE is wanted");
  const std::string name = text.substr(0, equals);
  std::string value = text.substr(equals + 1);
  if (value.starts_with(layout_scheme)) {
    value = layout_option(value.substr(layout_scheme.size()), request);
  } else if (value.find("://") == std::string::npos && !value.starts_with("git@")) {
    request.directories.push_back({.name = name, .root = value});
    value = "local:" + name;
  }
  return {"context:" + name, value};
}

}  // namespace cli
