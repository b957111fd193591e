#include "core/llb/exec.h"

#include <algorithm>
#include <set>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/llb/node.h"

namespace llb {
namespace {

base::Error invalid(std::string message) { return base::Error(base::Kind::invalid, std::move(message)); }

Mount make_mount(Mount::Kind kind, std::string destination, Output source = {}) {
  Mount mount;
  mount.kind = kind;
  mount.destination = std::move(destination);
  mount.source = std::move(source);
  return mount;
}

/// In the order in which the engine mounts them: a directory before what lies in it, secrets and sockets last.
std::vector<const Mount*> in_order(const std::vector<Mount>& mounts) {
  std::vector<const Mount*> out;
  std::set<std::string_view> seen;
  for (const Mount& mount : mounts) {
    const std::string& at = utf8(mount.destination, "mount");
    if (at.empty() || at.front() != '/' || at == "/")
      throw invalid("mount at " + base::quoted(at) + ": want an absolute path below '/'");
    if (!seen.insert(at).second) throw invalid("mount at " + base::quoted(at) + " is given twice");
    out.push_back(&mount);
  }
  auto key = [](const Mount* mount) {
    bool last = mount->kind == Mount::Kind::secret || mount->kind == Mount::Kind::ssh;
    return std::pair(last, std::string_view(mount->destination));
  };
  std::sort(out.begin(), out.end(), [&](const Mount* a, const Mount* b) { return key(a) < key(b); });
  return out;
}

pb::CacheSharingOpt sharing_mode(CacheSharing sharing) {
  switch (sharing) {
    case CacheSharing::shared:
      return pb::SHARED;
    case CacheSharing::private_:
      return pb::PRIVATE;
    case CacheSharing::locked:
      return pb::LOCKED;
  }
  return pb::LOCKED;
}

pb::NetMode network_mode(Network network) {
  switch (network) {
    case Network::sandbox:
      return pb::UNSET;
    case Network::host:
      return pb::HOST;
    case Network::none:
      return pb::NONE;
  }
  return pb::NONE;
}

template <class Message>
void set_access(Message* to, const Mount& mount) {
  to->set_id(utf8(mount.id, "secret"));
  to->set_uid(mount.access.uid);
  to->set_gid(mount.access.gid);
  to->set_mode(mount.access.mode);
  to->set_optional(mount.access.optional);
}

/// All but input and output.
void describe(pb::Mount* to, const Mount& mount) {
  to->set_dest(mount.destination);
  switch (mount.kind) {
    case Mount::Kind::bind:
      to->set_readonly(true);
      to->set_selector(utf8(mount.selector, "mount selector"));
      break;
    case Mount::Kind::output:
      break;
    case Mount::Kind::cache:
      to->set_mounttype(pb::CACHE);
      to->mutable_cacheopt()->set_id(utf8(mount.id, "cache"));
      to->mutable_cacheopt()->set_sharing(sharing_mode(mount.sharing));
      break;
    case Mount::Kind::tmpfs:
      to->set_mounttype(pb::TMPFS);
      to->mutable_tmpfsopt()->set_size(mount.max_bytes);
      break;
    case Mount::Kind::secret:
      to->set_mounttype(pb::SECRET);
      set_access(to->mutable_secretopt(), mount);
      break;
    case Mount::Kind::ssh:
      to->set_mounttype(pb::SSH);
      set_access(to->mutable_sshopt(), mount);
      break;
  }
}

void describe(pb::ExecOp* exec, const ExecOptions& options) {
  pb::Meta* meta = exec->mutable_meta();
  for (const std::string& arg : options.args) meta->add_args(utf8(arg, "argument"));
  for (const std::string& variable : options.env) meta->add_env(utf8(variable, "variable"));
  meta->set_cwd(options.cwd.empty() ? "/" : utf8(options.cwd, "working directory"));
  meta->set_user(utf8(options.user, "user"));
  meta->set_hostname(utf8(options.hostname, "host name"));
  for (const auto& [host, address] : options.extra_hosts) {
    pb::HostIP* extra = meta->add_extrahosts();
    extra->set_host(utf8(host, "host name"));
    extra->set_ip(utf8(address, "address"));
  }
  // Mount points that the engine had to make would otherwise stay behind in the layer.
  meta->set_removemountstubsrecursive(true);
  exec->set_network(network_mode(options.network));
  for (const SecretVariable& variable : options.secret_env) {
    pb::SecretEnv* secret = exec->add_secretenv();
    secret->set_id(utf8(variable.id, "secret"));
    secret->set_name(utf8(variable.name, "variable"));
    secret->set_optional(variable.optional);
  }
}

}  // namespace

Mount bind_mount(std::string destination, Output source, std::string selector) {
  Mount mount = make_mount(Mount::Kind::bind, std::move(destination), std::move(source));
  mount.selector = std::move(selector);
  return mount;
}

Mount output_mount(std::string destination, Output source) {
  return make_mount(Mount::Kind::output, std::move(destination), std::move(source));
}

Mount cache_mount(std::string destination, std::string id, CacheSharing sharing, Output source) {
  Mount mount = make_mount(Mount::Kind::cache, std::move(destination), std::move(source));
  mount.id = std::move(id);
  mount.sharing = sharing;
  return mount;
}

Mount tmpfs_mount(std::string destination, std::int64_t max_bytes) {
  Mount mount = make_mount(Mount::Kind::tmpfs, std::move(destination));
  mount.max_bytes = max_bytes;
  return mount;
}

Mount secret_mount(std::string destination, std::string id, SecretAccess access) {
  Mount mount = make_mount(Mount::Kind::secret, std::move(destination));
  mount.id = std::move(id);
  mount.access = access;
  return mount;
}

Mount ssh_mount(std::string destination, std::string id, SecretAccess access) {
  Mount mount = make_mount(Mount::Kind::ssh, std::move(destination));
  mount.id = std::move(id);
  mount.access = access;
  return mount;
}

const Output& Exec::output(std::string_view destination) const {
  auto found = outputs_.find(destination);
  if (found == outputs_.end()) throw invalid("no output mount at " + base::quoted(destination));
  return found->second;
}

Exec exec(const Output& root, const ExecOptions& options, const Metadata& metadata) {
  if (options.args.empty()) throw invalid("a command without arguments");

  NodeMaker maker;
  maker.platform(options.platform);
  pb::Op body;
  describe(body.mutable_exec(), options);

  // The engine numbers outputs by counting the mounts whose output is not negative and does not look at the number
  // itself, so the count is made here, in the order of the list, and nowhere else.
  std::int64_t outputs = 0;
  auto add = [&](const Output& source, bool has_output) {
    pb::Mount* mount = body.mutable_exec()->add_mounts();
    mount->set_input(maker.input(source));
    mount->set_output(has_output ? outputs++ : -1);
    return mount;
  };

  pb::Mount* root_mount = add(root, !options.read_only_root);
  root_mount->set_dest("/");
  root_mount->set_readonly(options.read_only_root);
  std::map<std::string, std::int64_t> numbers;
  for (const Mount* mount : in_order(options.mounts)) {
    if (mount->kind == Mount::Kind::output) numbers[mount->destination] = outputs;
    describe(add(mount->source, mount->kind == Mount::Kind::output), *mount);
  }

  auto node = maker.make(body, metadata);
  Exec exec;
  exec.vertex_ = node->digest();
  exec.root_ = options.read_only_root ? root : Output(node, 0);
  for (const auto& [destination, number] : numbers) exec.outputs_.emplace(destination, Output(node, number));
  return exec;
}

}  // namespace llb
