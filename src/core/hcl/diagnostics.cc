#include "core/hcl/diagnostics.h"

#include <algorithm>
#include <functional>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/hcl/json_text.h"

namespace hcl {

void Diagnostics::add(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::error) errors_++;
  if (kept_.size() < max_kept) {
    kept_.push_back(std::move(diagnostic));
  } else {
    dropped_++;
  }
}

void Diagnostics::add(Diagnostics&& others) {
  for (auto& file : others.files_) keep(std::move(file));
  std::size_t uncounted = others.errors_;
  for (Diagnostic& one : others.kept_) {
    if (one.severity == Severity::error) uncounted--;
    add(std::move(one));
  }
  errors_ += uncounted;
  dropped_ += others.dropped_;
}

void Diagnostics::keep(std::shared_ptr<const File> file) {
  if (std::find(files_.begin(), files_.end(), file) == files_.end()) files_.push_back(std::move(file));
}

void Diagnostics::sort_by_place() {
  std::stable_sort(kept_.begin(), kept_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    const File *in_a = a.subject.file, *in_b = b.subject.file;
    return in_a != in_b ? std::less<>()(in_a, in_b) : a.subject.begin < b.subject.begin;
  });
}

void Diagnostics::error(Range subject, std::string summary, std::string detail, std::optional<Related> related) {
  add({Severity::error, std::move(summary), std::move(detail), subject, std::move(related)});
}

void Diagnostics::warning(Range subject, std::string summary, std::string detail, std::optional<Related> related) {
  add({Severity::warning, std::move(summary), std::move(detail), subject, std::move(related)});
}

void Diagnostics::throw_if_errors() const {
  if (!has_errors()) return;
  const Diagnostic* first = nullptr;
  Diagnostics only_errors;
  for (const Diagnostic& one : kept_) {
    if (one.severity != Severity::error) continue;
    if (!first) first = &one;
    only_errors.add(one);
  }
  only_errors.dropped_ = dropped_;
  if (!first) throw base::Error(base::Kind::invalid, std::to_string(errors_) + " errors in the configuration");
  std::string message = first->summary;
  if (errors_ > 1) message += " (and " + std::to_string(errors_ - 1) + (errors_ > 2 ? " more errors)" : " more error)");
  // One error has its summary as the message, so its excerpt says only where; several say each what.
  std::string shown;
  if (errors_ == 1) {
    shown = first->subject.place();
    if (!shown.empty()) shown += "\n" + excerpt(first->subject);
    if (first->related && first->related->range) {
      shown += first->related->range.place() + ": " + first->related->label + "\n" + excerpt(first->related->range);
    }
  } else {
    shown = render(only_errors);
  }
  while (shown.ends_with('\n')) shown.pop_back();
  base::Error error(base::Kind::invalid, message);
  if (!shown.empty()) error.excerpt(shown);
  if (errors_ == 1 && !first->detail.empty()) error.fix(first->detail);
  throw error;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& names) {
  if (word.size() < 3) return {};     // everything short is near to everything short
  constexpr std::size_t most = 1000;  // names looked at: each takes some microseconds
  if (names.size() > most) return {};
  std::string near = base::nearest(word, names);
  return near.empty() ? near : "did you mean " + base::quoted(near) + "?";
}

namespace {

void append_position(std::string& out, Position at) {
  out += "{\"line\":" + std::to_string(at.line) + ",\"column\":" + std::to_string(at.column) +
         ",\"byte\":" + std::to_string(at.byte) + "}";
}

void append_range(std::string& out, Range range) {
  out += "{\"filename\":";
  append_json_string(out, range.file->name());
  out += ",\"start\":";
  append_position(out, range.start());
  out += ",\"end\":";
  append_position(out, range.stop());
  out += "}";
}

}  // namespace

std::string to_json(const Diagnostics& diagnostics) {
  std::size_t warnings = 0;
  for (const Diagnostic& one : diagnostics.list()) warnings += one.severity == Severity::warning ? 1 : 0;
  std::string out = diagnostics.has_errors() ? "{\"valid\":false" : "{\"valid\":true";
  out += ",\"error_count\":" + std::to_string(diagnostics.errors());
  out += ",\"warning_count\":" + std::to_string(warnings) + ",\"diagnostics\":[";
  bool first = true;
  for (const Diagnostic& one : diagnostics.list()) {
    out += first ? "" : ",";
    first = false;
    out += one.severity == Severity::error ? "{\"severity\":\"error\",\"summary\":"
                                           : "{\"severity\":\"warning\",\"summary\":";
    append_json_string(out, one.summary);
    out += ",\"detail\":";
    append_json_string(out, one.detail);
    if (one.subject) {
      out += ",\"range\":";
      append_range(out, one.subject);
    }
    if (one.related && one.related->range) {
      out += ",\"related\":{\"label\":";
      append_json_string(out, one.related->label);
      out += ",\"range\":";
      append_range(out, one.related->range);
      out += "}";
    }
    out += "}";
  }
  return out + "]}";
}

}  // namespace hcl
