#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/hcl/source.h"

namespace hcl {

enum class Severity { error, warning };
enum class Colour { never, always };

/// The other place of a clash: "first set here".
struct Related {
  Range range;
  std::string label;
};

/// One thing that is wrong, and where. Summary and detail are written as base::Error's message and fix are.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string summary;  ///< what is wrong
  std::string detail;   ///< what was expected, or what to do; may be empty
  Range subject;        ///< may be without a file
  std::optional<Related> related;
};

/// All that is wrong with some files, in the order found. Keeps alive the files that were parsed into it.
class Diagnostics {
 public:
  /// More than these are counted, not kept.
  static constexpr std::size_t max_kept = 100;

  void add(Diagnostic diagnostic);
  void add(Diagnostics&& others);
  void error(Range subject, std::string summary, std::string detail = {}, std::optional<Related> related = {});
  void warning(Range subject, std::string summary, std::string detail = {}, std::optional<Related> related = {});

  bool has_errors() const { return errors_ > 0; }
  std::size_t errors() const { return errors_; }
  bool empty() const { return kept_.empty(); }
  const std::vector<Diagnostic>& list() const { return kept_; }
  /// How many were counted only.
  std::size_t dropped() const { return dropped_; }

  /// Keeps `file` alive for as long as this lives.
  void keep(std::shared_ptr<const File> file);

  /// By file, then by place in it; of one place in the order found.
  void sort_by_place();

  /// Throws one invalid: the first error's summary (and how many more there are), every excerpt, the first detail as
  /// fix. Warnings are not part of it.
  void throw_if_errors() const;

 private:
  std::vector<std::shared_ptr<const File>> files_;
  std::vector<Diagnostic> kept_;
  std::size_t errors_ = 0;
  std::size_t dropped_ = 0;
};

/// As a person would draw it, several lines, a newline at the end:
///
///     estaleiro.hcl:3:3: error: unknown argument 'entrypont'
///       3 |   entrypont = ["/bin/sh"]
///         |   ^~~~~~~~~ did you mean 'entrypoint'?
///
/// Tabs and wide characters keep the carets right, long lines are cut around the span, a span of several lines shows
/// the first and the last. A related place is a second excerpt. Control characters of the file are shown escaped.
std::string render(const Diagnostic& diagnostic, Colour colour = Colour::never);
/// All of them with an empty line between, and how many were dropped.
std::string render(const Diagnostics& diagnostics, Colour colour = Colour::never);

/// The excerpt alone: source lines and carets, `label` after the last caret.
std::string excerpt(Range range, std::string_view label = {}, Colour colour = Colour::never);

/// "did you mean 'entrypoint'?" if one of `names` is near enough to `word`, else "".
std::string suggestion(std::string_view word, const std::vector<std::string>& names);

/// For editors: {"valid":…,"error_count":…,"warning_count":…,"diagnostics":[{"severity","summary","detail","range":
/// {"filename","start":{"line","column","byte"},"end":{…}},"related":{"label","range"}}]}, in one line, as
/// `terraform validate -json` names these things.
std::string to_json(const Diagnostics& diagnostics);

}  // namespace hcl
