#include "core/buildkit/go_mode.h"

namespace buildkit {
namespace {

// Go's os.FileMode bits (package io/fs).
constexpr std::uint32_t go_dir = 1u << 31, go_symlink = 1u << 27, go_device = 1u << 26, go_fifo = 1u << 25,
                        go_socket = 1u << 24, go_setuid = 1u << 23, go_setgid = 1u << 22, go_char = 1u << 21,
                        go_sticky = 1u << 20, go_irregular = 1u << 19;
constexpr std::uint32_t go_type = go_dir | go_symlink | go_device | go_fifo | go_socket | go_char | go_irregular;

}  // namespace

std::uint32_t to_go_mode(mode_t mode) {
  std::uint32_t out = mode & 0777;
  if (S_ISDIR(mode)) out |= go_dir;
  if (S_ISLNK(mode)) out |= go_symlink;
  if (S_ISFIFO(mode)) out |= go_fifo;
  if (S_ISBLK(mode)) out |= go_device;
  if (S_ISCHR(mode)) out |= go_device | go_char;
  if (mode & S_ISUID) out |= go_setuid;
  if (mode & S_ISGID) out |= go_setgid;
  if (mode & S_ISVTX) out |= go_sticky;
  return out;
}

mode_t from_go_mode(std::uint32_t mode) {
  mode_t out = mode & 0777;
  if (mode & go_dir)
    out |= S_IFDIR;
  else if (mode & go_symlink)
    out |= S_IFLNK;
  else if (mode & go_fifo)
    out |= S_IFIFO;
  else if (mode & go_device)
    out |= (mode & go_char) ? S_IFCHR : S_IFBLK;
  else if (mode & go_socket)
    out |= S_IFSOCK;
  else
    out |= S_IFREG;
  if (mode & go_setuid) out |= S_ISUID;
  if (mode & go_setgid) out |= S_ISGID;
  if (mode & go_sticky) out |= S_ISVTX;
  return out;
}

bool is_regular_go_mode(std::uint32_t mode) { return (mode & go_type) == 0; }

}  // namespace buildkit
