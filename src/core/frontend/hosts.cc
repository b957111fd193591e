#include "core/frontend/hosts.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/llb/exec.h"
#include "core/llb/source.h"

namespace frontend {

std::string host_of(std::string_view uri) {
  auto scheme = uri.find("://");
  if (scheme == std::string_view::npos) return "";
  uri.remove_prefix(scheme + 3);
  uri = uri.substr(0, uri.find('/'));
  if (auto at = uri.rfind('@'); at != std::string_view::npos) uri.remove_prefix(at + 1);
  if (uri.starts_with('[')) return std::string(uri.substr(0, uri.find(']') + 1));
  return std::string(uri.substr(0, uri.rfind(':')));
}

bool is_among(const Hosts& hosts, std::string_view uri) {
  const std::string host = base::lower(host_of(uri));
  return std::any_of(hosts.begin(), hosts.end(), [&](const auto& each) { return base::lower(each.first) == host; });
}

llb::Output fetch(const std::string& uri, const std::optional<base::Digest>& digest, const std::string& filename,
                  const Hosts& hosts, const BaseImage& image, const name::Platform& platform, llb::Metadata metadata) {
  if (!is_among(hosts, uri)) return llb::http(uri, {.checksum = digest, .filename = filename}, metadata);
  llb::ExecOptions options;
  options.args = {"/usr/lib/apt/apt-helper", "-oAPT::Sandbox::User=root", "download-file", uri, "/tmp/out/" + filename};
  if (digest) options.args.push_back("SHA256:" + std::string(digest->hex()));
  for (const auto& entry : image.config.env)
    if (entry.starts_with("PATH=")) options.env.push_back(entry);
  options.extra_hosts = hosts;
  options.platform = llb::Platform{platform.os(), platform.architecture(), platform.variant()};
  options.mounts = {llb::tmpfs_mount("/tmp"), llb::output_mount("/tmp/out")};
  return llb::exec(image.tree, options, metadata).output("/tmp/out");
}

}  // namespace frontend
