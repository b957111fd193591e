#include "core/deb/deb822.h"

#include <strings.h>

#include <algorithm>
#include <istream>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/deb/scan.h"

namespace deb {
namespace {

constexpr std::size_t block_bytes = 64 << 10;
constexpr std::string_view blanks = " \t";

bool blank(char c) { return c == ' ' || c == '\t'; }

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trim_right(std::string_view text) {
  auto last = text.find_last_not_of(blanks);
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

/// deb822(5): printable US-ASCII without colon and blanks, not beginning with '#' or '-'.
bool valid_field_name(std::string_view name) {
  if (name.empty() || name[0] == '-' || name[0] == '#') return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~' && c != ':'; });
}

}  // namespace

const std::string* Stanza::find(std::string_view name) const {
  for (const Field& field : fields_)
    if (same_name(field.name, name)) return &field.value;
  return nullptr;
}

std::string_view Stanza::get(std::string_view name) const {
  const std::string* value = find(name);
  return value ? std::string_view(*value) : std::string_view();
}

const std::string& Stanza::required(std::string_view name, std::string_view what) const {
  const std::string* value = find(name);
  if (!value || value->empty()) throw problem(what, line_, "the stanza has no " + std::string(name) + " field");
  return *value;
}

StanzaReader::StanzaReader(std::string_view text, std::string what, StanzaLimits limits)
    : rest_(text), what_(std::move(what)), limits_(limits), at_end_(true) {}

StanzaReader::StanzaReader(std::istream& in, std::string what, StanzaLimits limits)
    : in_(&in), what_(std::move(what)), limits_(limits) {}

bool StanzaReader::next(Stanza& stanza) {
  stanza.fields_.clear();
  stanza_bytes_ = 0;
  for (std::string_view line; next_line(line);) {
    if (trim_right(line).empty()) {
      if (!stanza.fields_.empty()) return true;
    } else if (line[0] != '#') {
      add_line(stanza, line);
    }
  }
  return !stanza.fields_.empty();
}

bool StanzaReader::next_line(std::string_view& line) {
  std::size_t searched = 0;
  for (;;) {
    auto end = rest_.find('\n', searched);
    if (end != std::string_view::npos || (at_end_ && !rest_.empty())) {
      line = rest_.substr(0, end);
      rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
      line_++;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.size() > limits_.max_stanza_bytes)
        throw problem(what_, line_, "longer than " + base::human_bytes(limits_.max_stanza_bytes));
      if (line.find('\0') != std::string_view::npos) throw problem(what_, line_, "has a NUL byte");
      return true;
    }
    if (at_end_) return false;
    if (rest_.size() > limits_.max_stanza_bytes)
      throw problem(what_, line_ + 1, "longer than " + base::human_bytes(limits_.max_stanza_bytes));
    searched = rest_.size();
    buffer_.erase(0, buffer_.size() - rest_.size());
    buffer_.resize(searched + block_bytes);
    in_->read(buffer_.data() + searched, block_bytes);
    buffer_.resize(searched + static_cast<std::size_t>(in_->gcount()));
    rest_ = buffer_;
    if (in_->bad()) throw base::Error(base::Kind::failed, "cannot read " + what_);
    at_end_ = in_->eof() || in_->gcount() == 0;
  }
}

void StanzaReader::add_line(Stanza& stanza, std::string_view line) {
  stanza_bytes_ += line.size() + 1;
  if (stanza_bytes_ > limits_.max_stanza_bytes)
    throw problem(what_, line_, "the stanza is larger than " + base::human_bytes(limits_.max_stanza_bytes));
  if (blank(line[0])) {
    if (stanza.fields_.empty()) throw problem(what_, line_, "a continuation line without a field before it");
    stanza.fields_.back().value.append("\n").append(trim_right(line.substr(1)));
    return;
  }
  auto colon = line.find(':');
  if (colon == std::string_view::npos)
    throw problem(what_, line_, base::quoted(line, 60) + " is not of the form 'Name: value'");
  std::string_view name = trim_right(line.substr(0, colon));
  if (!valid_field_name(name)) throw problem(what_, line_, base::quoted(name, 60) + " is no field name");
  if (stanza.find(name)) throw problem(what_, line_, "the field " + base::quoted(name, 60) + " stands twice");
  if (stanza.fields_.size() >= limits_.max_fields)
    throw problem(what_, line_, "the stanza has more than " + std::to_string(limits_.max_fields) + " fields");
  if (stanza.fields_.empty()) stanza.line_ = line_;
  stanza.fields_.push_back({std::string(name), std::string(base::trim(line.substr(colon + 1))), line_});
}

std::vector<std::string_view> value_lines(std::string_view value) {
  std::vector<std::string_view> out;
  for (std::string_view line : base::split(value, '\n'))
    if (auto text = base::trim(line); !text.empty()) out.push_back(text);
  return out;
}

std::vector<std::string_view> words(std::string_view value) {
  constexpr std::string_view separators = " \t\n\r";
  std::vector<std::string_view> out;
  for (std::size_t at = 0; (at = value.find_first_not_of(separators, at)) != std::string_view::npos;) {
    auto end = std::min(value.find_first_of(separators, at), value.size());
    out.push_back(value.substr(at, end - at));
    at = end;
  }
  return out;
}

}  // namespace deb
