#include "core/llb/file.h"

#include <cstdio>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/llb/node.h"

namespace llb {
namespace {

/// From the root, and with the final '/' that tells a copy to go into a directory.
std::string path_text(const std::string& path) {
  utf8(path, "path");
  return path.empty() || path.front() != '/' ? "/" + path : path;
}

std::int64_t time_value(const std::optional<FileTime>& time) { return time ? time->time_since_epoch().count() : -1; }

/// The engine drops setuid, setgid and sticky bits of what it makes itself.
std::int32_t permissions(std::uint32_t mode, const std::string& path) {
  if (mode > 0777) {
    char octal[16];
    std::snprintf(octal, sizeof octal, "%04o", mode);
    throw base::Error(base::Kind::invalid,
                      "mode " + std::string(octal) + " of " + base::quoted(path) + ": want at most 0777");
  }
  return static_cast<std::int32_t>(mode);
}

void set_id(pb::UserOpt* to, const Owner::Id& id, std::int64_t base_input) {
  if (const auto* number = std::get_if<std::uint32_t>(&id)) {
    to->set_byid(*number);
  } else {
    to->mutable_byname()->set_name(utf8(std::get<std::string>(id), "user"));
    to->mutable_byname()->set_input(base_input);
  }
}

/// Writes one action's own message; `base` is the input whose users and groups names refer to.
struct Writer {
  pb::FileAction* to;
  std::int64_t base;

  template <class Message>
  void owner(Message* message, const std::optional<Owner>& owner) const {
    if (!owner) return;
    pb::ChownOpt* chown = message->mutable_owner();
    if (owner->user) set_id(chown->mutable_user(), *owner->user, base);
    if (owner->group) set_id(chown->mutable_group(), *owner->group, base);
  }

  void operator()(const FileAction::Copy& action) const {
    const CopyOptions& options = action.options;
    pb::FileActionCopy* copy = to->mutable_copy();
    copy->set_src(path_text(action.from));
    copy->set_dest(path_text(action.to));
    owner(copy, options.owner);
    copy->set_mode(options.mode ? static_cast<std::int32_t>(*options.mode) : -1);
    copy->set_timestamp(time_value(options.time));
    copy->set_followsymlink(options.follow_symlink);
    copy->set_dircopycontents(options.contents_only);
    copy->set_attemptunpackdockercompatibility(options.unpack);
    copy->set_createdestpath(options.create_destination);
    copy->set_allowwildcard(options.wildcard);
    copy->set_allowemptywildcard(options.wildcard && options.allow_no_match);
    for (const std::string& pattern : options.include) copy->add_include_patterns(utf8(pattern, "pattern"));
    for (const std::string& pattern : options.exclude) copy->add_exclude_patterns(utf8(pattern, "pattern"));
  }

  void operator()(const FileAction::Mkfile& action) const {
    pb::FileActionMkFile* mkfile = to->mutable_mkfile();
    mkfile->set_path(path_text(action.path));
    mkfile->set_data(action.data);
    mkfile->set_mode(permissions(action.options.mode, action.path));
    owner(mkfile, action.options.owner);
    mkfile->set_timestamp(time_value(action.options.time));
  }

  void operator()(const FileAction::Mkdir& action) const {
    pb::FileActionMkDir* mkdir = to->mutable_mkdir();
    mkdir->set_path(path_text(action.path));
    mkdir->set_mode(permissions(action.options.mode, action.path));
    mkdir->set_makeparents(action.options.parents);
    owner(mkdir, action.options.owner);
    mkdir->set_timestamp(time_value(action.options.time));
  }

  void operator()(const FileAction::Rm& action) const {
    pb::FileActionRm* rm = to->mutable_rm();
    rm->set_path(path_text(action.path));
    rm->set_allownotfound(action.options.allow_missing);
    rm->set_allowwildcard(action.options.wildcard);
  }

  void operator()(const FileAction::Symlink& action) const {
    pb::FileActionSymlink* symlink = to->mutable_symlink();
    symlink->set_oldpath(utf8(action.target, "path"));
    symlink->set_newpath(path_text(action.path));
    owner(symlink, action.options.owner);
    symlink->set_timestamp(time_value(action.options.time));
  }
};

}  // namespace

FileAction copy(Output source, std::string from, std::string to, CopyOptions options) {
  return {FileAction::Copy{std::move(source), std::move(from), std::move(to), std::move(options)}};
}

FileAction mkfile(std::string path, std::string data, MkfileOptions options) {
  return {FileAction::Mkfile{std::move(path), std::move(data), std::move(options)}};
}

FileAction mkdir(std::string path, MkdirOptions options) {
  return {FileAction::Mkdir{std::move(path), std::move(options)}};
}

FileAction rm(std::string path, RmOptions options) { return {FileAction::Rm{std::move(path), options}}; }

FileAction symlink(std::string target, std::string path, SymlinkOptions options) {
  return {FileAction::Symlink{std::move(target), std::move(path), std::move(options)}};
}

Output file(const Output& base, const std::vector<FileAction>& actions, const Metadata& metadata) {
  if (actions.empty()) return base;

  NodeMaker maker;
  const std::int64_t base_input = maker.input(base);
  std::vector<std::int64_t> sources;
  for (const FileAction& action : actions) {
    const auto* copy = std::get_if<FileAction::Copy>(&action.action);
    sources.push_back(copy ? maker.input(copy->source) : -1);
    if (std::holds_alternative<FileAction::Symlink>(action.action)) maker.require(symlink_capability);
  }

  pb::Op body;
  pb::FileOp* op = body.mutable_file();
  for (std::size_t i = 0; i < actions.size(); i++) {
    pb::FileAction* to = op->add_actions();
    // Numbers from the count of inputs on are earlier actions: each goes on from the one before.
    to->set_input(i == 0 ? base_input : maker.inputs() + static_cast<std::int64_t>(i) - 1);
    to->set_secondaryinput(sources[i]);
    to->set_output(i + 1 == actions.size() ? 0 : -1);
    std::visit(Writer{to, base_input}, actions[i].action);
  }
  return Output(maker.make(body, metadata), 0);
}

}  // namespace llb
