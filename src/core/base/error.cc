#include "core/base/error.h"

#include <cerrno>
#include <cstring>

namespace base {

Error& Error::note(std::string text) & {
  notes_.push_back(std::move(text));
  return *this;
}
Error&& Error::note(std::string text) && { return std::move(note(std::move(text))); }

Error& Error::fix(std::string text) & {
  if (fix_.empty()) fix_ = std::move(text);
  return *this;
}
Error&& Error::fix(std::string text) && { return std::move(fix(std::move(text))); }

Error& Error::excerpt(std::string text) & {
  if (excerpt_.empty()) excerpt_ = std::move(text);
  return *this;
}
Error&& Error::excerpt(std::string text) && { return std::move(excerpt(std::move(text))); }

std::string Error::text() const {
  std::string out = message_;
  if (!excerpt_.empty()) out += "\n" + excerpt_;
  for (const auto& note : notes_) out += "\n  " + note;
  if (!fix_.empty()) out += "\n  fix: " + fix_;
  return out;
}

Error errno_error(std::string_view doing, int error_number) {
  Kind kind = Kind::failed;
  if (error_number == ENOENT) kind = Kind::not_found;
  if (error_number == EACCES || error_number == EPERM) kind = Kind::denied;
  Error error(kind, "cannot " + std::string(doing) + ": " + std::strerror(error_number));
  if (error_number == ENOSPC || error_number == EDQUOT)
    error.fix("free some space on that file system, or use another one");
  if (error_number == EMFILE || error_number == ENFILE) error.fix("raise the limit of open files");
  return error;
}

}  // namespace base
