#include "core/buildkit/file_sync.h"

#include <fcntl.h>

#include <cerrno>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/buildkit/beneath.h"
#include "core/frontend/ignore_file.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;

/// The patterns of the first ignore file that the directory has. A symlink is not followed: it could lead out.
std::vector<std::string> read_ignore_file(int root, const LocalDirectory& directory) {
  for (const std::string& name : directory.ignore_files) {
    base::Fd fd = open_beneath(root, name, O_RDONLY | O_NONBLOCK);
    if (!fd && (errno == ENOENT || errno == ENOTDIR)) continue;
    std::string what = base::quoted((directory.root / name).string());
    if (!fd && errno == ELOOP)
      throw Error(Kind::invalid, what + " is a symbolic link").fix("put a file there: links are not followed");
    if (!fd) throw base::errno_error("read " + what, errno);
    constexpr std::size_t enough = (1 << 20) + 1;  // parse_ignore_file says that it is too much
    std::string text(enough, '\0');
    text.resize(base::read_full(fd.get(), std::as_writable_bytes(std::span(text)), what));
    return frontend::parse_ignore_file(text, what);
  }
  return {};
}

PathFilter own_filter(int root, const LocalDirectory& directory) {
  std::vector<std::string> exclude = read_ignore_file(root, directory);
  for (const std::string& pattern : directory.exclude) exclude.push_back(frontend::normal_pattern(pattern));
  return PathFilter({}, exclude);
}

}  // namespace

FileSync::FileSync(const std::vector<LocalDirectory>& directories, TransferCounters& counters, FirstProblem& problem)
    : counters_(counters),
      problem_(problem),
      service_("/moby.filesync.v1.FileSync/DiffCopy",
               [this](grpc::ServerContext& context, RawStream& stream) { return diff_copy(context, stream); }) {
  for (const LocalDirectory& directory : directories) {
    base::Fd root = open_root(directory.root, directory.inside);
    PathFilter filter = own_filter(root.get(), directory);
    sources_.emplace(directory.name, Source{std::move(root), std::move(filter)});
  }
}

grpc::Status FileSync::diff_copy(grpc::ServerContext& context, RawStream& stream) {
  const auto& metadata = context.client_metadata();
  std::vector<std::string> names = metadata_values(metadata, "dir-name");
  auto source = sources_.find(names.empty() ? "" : names[0]);
  if (source == sources_.end()) {
    Error error(Kind::not_found, "no directory " + base::quoted(names.empty() ? "" : names[0]) + " is offered");
    problem_.set(error);
    return {grpc::StatusCode::NOT_FOUND, error.message()};
  }
  try {
    int root = source->second.root.get();
    std::vector<std::string> include = metadata_values(metadata, "include-patterns");
    for (std::string& path : follow_paths(root, metadata_values(metadata, "followpaths")))
      include.push_back(std::move(path));
    PathFilter wanted(include, metadata_values(metadata, "exclude-patterns"));
    send_directory(root, {&source->second.filter, &wanted}, context, stream, counters_);
    return grpc::Status::OK;
  } catch (Error& error) {
    error.note("while sending the directory " + base::quoted(source->first));
    // A transfer that the engine gives up, or that broke, has its cause on the other side.
    if (error.kind() != Kind::cancelled && error.kind() != Kind::unavailable) problem_.set(error);
    return {grpc::StatusCode::UNKNOWN, error.message()};
  }
}

}  // namespace buildkit
