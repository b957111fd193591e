#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace base {

/// What went wrong, for programs. The text is for people.
enum class Kind {
  invalid,      ///< the user's input is wrong: recipe, request, reference, credentials' shape
  denied,       ///< not allowed: authentication, authorisation, policy
  not_found,    ///< the named thing does not exist
  unavailable,  ///< may work later: network, overloaded or dead server, timeout
  corrupt,      ///< data does not match what it claims to be
  cancelled,    ///< stopped by a signal or by the other side's wish
  unsupported,  ///< the other side lacks what is needed
  failed,       ///< a build step, or the operating system, said no
};

/// The one exception of this project: kind for programs; message, notes and fix for people.
///
///     throw base::Error(base::Kind::invalid, "tag 'a b' has a blank").fix("use letters, digits, '.', '_' and '-'");
///
/// Messages are lower case, without a full stop, with names in quotes, the value seen and the value wanted.
class Error : public std::exception {
 public:
  Error(Kind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

  /// Adds what was being done: "while reading layer x". The innermost note comes first.
  Error& note(std::string text) &;
  Error&& note(std::string text) &&;
  /// Says what to do about it; the first fix given stays.
  Error& fix(std::string text) &;
  Error&& fix(std::string text) &&;
  /// A ready-made excerpt (file:line:column, source line, caret), shown between message and notes.
  Error& excerpt(std::string text) &;
  Error&& excerpt(std::string text) &&;

  Kind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  const std::vector<std::string>& notes() const { return notes_; }
  const std::string& fix() const { return fix_; }
  const std::string& excerpt() const { return excerpt_; }

  /// The whole story, several lines, without "error: " in front and without a final newline.
  std::string text() const;
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  Kind kind_;
  std::string message_;
  std::string excerpt_;
  std::vector<std::string> notes_;
  std::string fix_;
};

/// Runs `body`; an Error that leaves it gets the note "while <doing>".
template <class Body>
auto within(std::string_view doing, Body&& body) -> decltype(body()) {
  try {
    return std::forward<Body>(body)();
  } catch (Error& error) {
    error.note("while " + std::string(doing));
    throw;
  }
}

/// An Error made of errno: "cannot <doing>: No space left on device". Disk full and the like get a fix.
Error errno_error(std::string_view doing, int error_number);

}  // namespace base
