#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <optional>

#include "core/archive/layer_applier.h"
#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "tests/support/error_text.h"
#include "tests/support/layer_builder.h"
#include "tests/support/tree.h"

// What an unprivileged container is to Concourse: root of a user namespace, whose ids are others outside.

namespace {

using support::LayerBuilder;

constexpr unsigned first_outside = 100000, ids = 1000;

/// What `inside` returns, run by root of a user namespace of `ids` ids; nullopt where such a thing is not permitted.
std::optional<std::string> in_user_namespace(const std::function<std::string()>& inside) {
  std::array<int, 2> ready, go, answer;
  for (auto* both : {&ready, &go, &answer}) REQUIRE(::pipe2(both->data(), O_CLOEXEC) == 0);
  pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    char mapped = 0;
    bool alone = ::unshare(CLONE_NEWUSER) == 0;
    (void)!::write(ready[1], alone ? "y" : "n", 1);
    (void)!::read(go[0], &mapped, 1);
    if (mapped == 'y' && ::setresgid(0, 0, 0) == 0 && ::setresuid(0, 0, 0) == 0) {
      std::string text = inside() + "\n";
      (void)!::write(answer[1], text.data(), text.size());
    }
    ::_exit(0);
  }
  for (int fd : {ready[1], go[0], answer[1]}) ::close(fd);
  char alone = 0;
  (void)!::read(ready[0], &alone, 1);
  bool mapped = false;
  if (alone == 'y') {
    std::string map = "0 " + std::to_string(first_outside) + " " + std::to_string(ids),
                proc = "/proc/" + std::to_string(child);
    auto write = [](const std::string& file, const std::string& text) {
      base::Fd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
      return fd && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
    };
    mapped = write(proc + "/uid_map", map) && write(proc + "/gid_map", map);
  }
  (void)!::write(go[1], mapped ? "y" : "n", 1);
  ::close(go[1]);
  std::string text;
  std::array<char, 4096> piece;
  while (ssize_t n = ::read(answer[0], piece.data(), piece.size())) {
    if (n < 0) break;
    text.append(piece.data(), static_cast<std::size_t>(n));
  }
  ::close(ready[0]);
  ::close(answer[0]);
  ::waitpid(child, nullptr, 0);
  if (text.empty()) return std::nullopt;
  return text.substr(0, text.size() - 1);
}

archive::Entry owned(archive::Entry entry, std::uint32_t uid, std::uint32_t gid, std::uint32_t mode) {
  entry.uid = uid;
  entry.gid = gid;
  entry.mode = mode;
  entry.mtime = {1600000000, 5};
  return entry;
}

}  // namespace

TEST_CASE("in a user namespace owners are those of the namespace, and what it may not make is left out") {
  base::TemporaryDirectory directory("user-namespace");
  if (::chown(directory.path().c_str(), first_outside, first_outside) != 0) return;  // not root
  auto file = owned(archive::file_entry("d/f"), 5, 6, 04755);
  file.xattrs["security.capability"] =
      std::string("\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 20);
  file.xattrs["trusted.note"] = "x";
  auto device = owned(archive::file_entry("dev"), 0, 0, 0600);
  device.type = archive::EntryType::character_device;
  device.device_major = 1;
  device.device_minor = 3;
  std::string tar = LayerBuilder()
                        .add(owned(archive::directory_entry("d"), 999, 0, 0750))
                        .add(file, "x")
                        .add(device)
                        .add(owned(archive::symlink_entry("l", "d"), 7, 8, 0777))
                        .tar();
  auto apply = [&](const std::string& layer) {
    archive::MemorySource source(layer);
    archive::BufferedPieces pieces(source);
    base::Fd root(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY));
    archive::ApplyOptions options;
    options.layer = "L";
    return archive::apply_layer(pieces, root.get(), options).skipped;
  };
  auto told = in_user_namespace([&] {
    std::string out;
    auto error = support::error_text([&] {
      auto skipped = apply(tar);
      for (const auto& example : skipped.examples) out += example + "; ";
    });
    return out + error;
  });
  if (!told) {
    MESSAGE("user namespaces are not permitted here");
    return;
  }
  CHECK(*told == "xattr 'trusted.note' of 'd/f'; device 'dev'; no error");
  CHECK(support::paths(directory.path()) == std::vector<std::string>{"d", "d/f", "l"});
  CHECK(support::describe(directory.path() / "d") == "directory 0750 100999:100000 @1600000000.000000005");
  auto line = support::describe(directory.path() / "d/f");
  CHECK(line.find("links 1 4755 100005:100006 @1600000000.000000005 security.capability=") != std::string::npos);
  CHECK(support::describe(directory.path() / "l") == "link to d 0777 100007:100008 @1600000000.000000005");

  auto beyond = in_user_namespace([&] {
    return support::error_text(
        [&] { apply(LayerBuilder().add(owned(archive::file_entry("beyond"), ids, 0, 0644)).tar()); });
  });
  CHECK(beyond.value_or("") ==
        "cannot set the owner 1000:0 of 'beyond': Invalid argument\n"
        "  while applying tar entry 'beyond' at byte 0\n"
        "  while applying layer 'L'\n"
        "  fix: the user namespace has no such id: use a larger range of ids, or run privileged");
}
