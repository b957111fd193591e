#include "core/registry/challenge.h"

#include <algorithm>

#include "core/base/text.h"

namespace registry {
namespace {

constexpr std::size_t max_challenges = 16;
constexpr std::size_t max_parameters = 32;
constexpr std::size_t max_header = 8 * 1024;

bool token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

/// Reads the header from the left; every step takes at least a character or says no.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool done() const { return at_ == text_.size(); }
  void skip() { ++at_; }
  void skip_blanks_and_commas() {
    while (!done() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == ',')) ++at_;
  }
  std::string_view token() {
    auto begin = at_;
    while (!done() && token_character(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  /// "=" with blanks around it, as servers write it; "==" is the end of a base64 text and none.
  bool equals() {
    auto saved = at_;
    skip_blanks();
    if (!done() && text_[at_] == '=' && (at_ + 1 == text_.size() || text_[at_ + 1] != '=')) {
      ++at_;
      skip_blanks();
      return true;
    }
    at_ = saved;
    return false;
  }
  std::string value() {
    if (done() || text_[at_] != '"') return std::string(token());
    std::string out;
    for (++at_; !done() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_];
    }
    if (!done()) ++at_;
    return out;
  }

 private:
  void skip_blanks() {
    while (!done() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string Challenge::parameter(const std::string& name) const {
  auto found = parameters.find(name);
  return found == parameters.end() ? "" : found->second;
}

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> out;
  Reader reader(header.substr(0, max_header));
  for (reader.skip_blanks_and_commas(); !reader.done(); reader.skip_blanks_and_commas()) {
    auto word = reader.token();
    if (word.empty()) {
      reader.skip();
    } else if (!reader.equals()) {
      if (out.size() == max_challenges) return out;
      out.push_back({.scheme = base::lower(word), .parameters = {}});
    } else {
      auto value = reader.value();
      if (!out.empty() && out.back().parameters.size() < max_parameters)
        out.back().parameters.emplace(base::lower(word), std::move(value));
    }
  }
  return out;
}

}  // namespace registry
