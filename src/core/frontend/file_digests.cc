#include "core/frontend/file_digests.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/frontend/apt_scripts.h"
#include "core/llb/exec.h"
#include "core/llb/marshal.h"

namespace frontend {
namespace {

constexpr std::uint64_t max_listing_bytes = 1u << 30;
constexpr int max_directory_depth = 256;

TreeDigests digest_on_engine(Gateway& gateway, const llb::Output& tree, const Tools& tools,
                             const llb::Metadata& vertex) {
  llb::ExecOptions options;
  options.args = {"/bin/sh", "-c", std::string(digest_script)};
  options.env = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"};
  options.network = llb::Network::none;
  options.platform = tools.platform;
  options.mounts = {llb::tmpfs_mount("/tmp"), llb::bind_mount("/tmp/tree", tree), llb::output_mount("/tmp/out")};
  auto out = llb::exec(tools.tree, options, vertex).output("/tmp/out");
  Ref ref = gateway.solve({.definition = llb::marshal(out), .evaluate = true}).ref;
  TreeDigests digests;
  digests.files = parse_digests(gateway.read_file(ref, "/digests", max_listing_bytes).value_or(""),
                                gateway.read_file(ref, "/modes", max_listing_bytes).value_or(""));
  std::string others = gateway.read_file(ref, "/others", max_listing_bytes).value_or("");
  for (auto path : base::split(others, '\0'))
    if (!path.empty()) digests.others.push_back("/" + std::string(path));
  return digests;
}

void digest_through_gateway(Gateway& gateway, const Ref& ref, const std::string& directory, int depth,
                            TreeDigests& out) {
  if (depth > max_directory_depth)
    throw base::Error(base::Kind::invalid, "directories are nested too deep at " + base::quoted(directory));
  auto entries = gateway.read_directory(ref, directory.empty() ? "/" : directory);
  if (!entries) return;
  for (const auto& entry : *entries) {
    std::string path = directory + "/" + entry.name;
    if (S_ISDIR(entry.mode)) digest_through_gateway(gateway, ref, path, depth + 1, out);
    if (!S_ISREG(entry.mode)) {
      out.others.push_back(path);
      continue;
    }
    base::Sha256 hash;
    if (gateway.read_pieces(ref, path, [&](std::string_view piece) { hash.update(piece); }))
      out.files.push_back({path, hash.finish().text(), entry.mode & 07777u});
  }
}

/// Splits "FIRST SEPARATOR PATH\0" records.
template <class Take>
void each_record(std::string_view text, std::string_view separator, Take take) {
  while (!text.empty()) {
    auto end = text.find('\0');
    auto record = text.substr(0, end);
    auto at = record.find(separator);
    if (end == std::string_view::npos || at == std::string_view::npos)
      throw base::Error(base::Kind::corrupt, "the list of files ends in the middle of a record");
    take(record.substr(0, at), record.substr(at + separator.size()));
    text.remove_prefix(end + 1);
  }
}

}  // namespace

bool has_programs(Gateway& gateway, const llb::Output& tree, std::initializer_list<const char*> programs) {
  if (tree.is_scratch()) return false;
  Ref ref = gateway.solve({.definition = llb::marshal(tree)}).ref;
  return std::all_of(programs.begin(), programs.end(),
                     [&](const char* program) { return gateway.stat(ref, program).has_value(); });
}

std::vector<FileDigest> parse_digests(std::string_view digests, std::string_view modes) {
  std::map<std::string_view, unsigned> mode_of;
  each_record(modes, " ", [&](std::string_view mode, std::string_view path) {
    unsigned value = 0;
    for (char c : mode) {
      if (c < '0' || c > '7' || value > 07777u)
        throw base::Error(base::Kind::corrupt, "mode " + base::quoted(mode) + " is not octal");
      value = value * 8 + static_cast<unsigned>(c - '0');
    }
    mode_of[path] = value;
  });
  std::vector<FileDigest> out;
  each_record(digests, "  ", [&](std::string_view hex, std::string_view path) {
    auto mode = mode_of.find(path);
    if (mode == mode_of.end())
      throw base::Error(base::Kind::corrupt, "file " + base::quoted(path) + " has a digest but no mode");
    out.push_back({"/" + std::string(path), base::Digest::parse("sha256:" + std::string(hex)).text(), mode->second});
  });
  if (out.size() != mode_of.size()) throw base::Error(base::Kind::corrupt, "some files have a mode but no digest");
  std::sort(out.begin(), out.end(), [](const FileDigest& a, const FileDigest& b) { return a.path < b.path; });
  return out;
}

TreeDigests digest_files(Gateway& gateway, const llb::Output& tree, const Tools& tools, const std::string& what,
                         const llb::Metadata& vertex) {
  if (tree.is_scratch()) return {};
  return base::within("hashing " + what, [&] {
    if (has_programs(gateway, tools.tree, {"/bin/sh", "/usr/bin/sha256sum", "/usr/bin/find", "/usr/bin/xargs"}))
      return digest_on_engine(gateway, tree, tools, vertex);
    TreeDigests out;
    Ref ref = gateway.solve({.definition = llb::marshal(tree), .evaluate = true}).ref;
    digest_through_gateway(gateway, ref, "", 0, out);
    std::sort(out.files.begin(), out.files.end(),
              [](const FileDigest& a, const FileDigest& b) { return a.path < b.path; });
    return out;
  });
}

}  // namespace frontend
