#include "core/bom/license_expression.h"

#include <algorithm>
#include <set>

#include "core/base/error.h"
#include "core/base/text.h"

namespace bom {
namespace {

using Operator = Expression::Operator;
constexpr std::size_t max_words = 10'000;
constexpr int max_levels = 50;

bool good(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '+' || c == ':';
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ' ') {
      i++;
      continue;
    }
    std::size_t end = i + 1;
    if (good(text[i]))
      while (end < text.size() && good(text[end])) end++;
    else if (text[i] != '(' && text[i] != ')')
      throw base::Error(base::Kind::invalid,
                        "licence expression " + base::quoted(text) + " has a character that none has");
    out.emplace_back(text.substr(i, end - i));
    i = end;
    if (out.size() > max_words)
      throw base::Error(base::Kind::invalid, "the licence expression has more than 10000 words");
  }
  return out;
}

class Parser {
 public:
  Parser(std::string_view text) : text_(text), words_(words_of(text)) {}

  Expression parse() {
    Expression out = any_of(0);
    if (at_ != words_.size()) fail();
    return out;
  }

 private:
  [[noreturn]] void fail() const {
    std::string where = at_ < words_.size() ? "at " + base::quoted(words_[at_]) : "at its end";
    throw base::Error(base::Kind::invalid, "licence expression " + base::quoted(text_) + " cannot be read " + where);
  }
  bool take(std::string_view word) {
    if (at_ == words_.size() || words_[at_] != word) return false;
    at_++;
    return true;
  }
  Expression any_of(int level) {
    std::vector<Expression> parts = {all_of(level)};
    while (take("OR")) parts.push_back(all_of(level));
    return combine(Operator::any_of, std::move(parts));
  }
  Expression all_of(int level) {
    std::vector<Expression> parts = {one(level)};
    while (take("AND")) parts.push_back(one(level));
    return combine(Operator::all_of, std::move(parts));
  }
  Expression one(int level) {
    if (level > max_levels) fail();
    if (take("(")) {
      Expression inner = any_of(level + 1);
      if (!take(")")) fail();
      return inner;
    }
    Expression leaf{Operator::leaf, name(), {}};
    if (take("WITH")) leaf.license += " WITH " + name();
    return leaf;
  }
  std::string name() {
    if (at_ == words_.size() || !good(words_[at_][0])) fail();
    for (std::string_view reserved : {"AND", "OR", "WITH"})
      if (words_[at_] == reserved) fail();
    return words_[at_++];
  }

  std::string_view text_;
  std::vector<std::string> words_;
  std::size_t at_ = 0;
};

void collect(const Expression& expression, std::set<std::string>& out) {
  if (expression.op == Operator::leaf) out.insert(expression.license);
  for (const Expression& part : expression.parts) collect(part, out);
}

}  // namespace

Expression combine(Operator op, std::vector<Expression> parts) {
  std::vector<Expression> flat;
  for (Expression& part : parts) {
    if (part.op == op)
      std::move(part.parts.begin(), part.parts.end(), std::back_inserter(flat));
    else
      flat.push_back(std::move(part));
  }
  std::vector<std::pair<std::string, Expression>> sorted;
  for (Expression& part : flat) {
    std::string text = to_text(part);
    sorted.emplace_back(std::move(text), std::move(part));
  }
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  sorted.erase(
      std::unique(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first == b.first; }),
      sorted.end());
  Expression out{op, "", {}};
  for (auto& [text, part] : sorted) out.parts.push_back(std::move(part));
  if (out.parts.empty()) return {};
  if (out.parts.size() == 1) return Expression(out.parts.front());
  return out;
}

std::string to_text(const Expression& expression) {
  if (expression.op == Operator::leaf) return expression.license;
  std::string out;
  for (const Expression& part : expression.parts) {
    if (!out.empty()) out += expression.op == Operator::all_of ? " AND " : " OR ";
    bool nested = part.op != Operator::leaf;
    out += nested ? "(" + to_text(part) + ")" : to_text(part);
  }
  return out;
}

Expression parse_expression(std::string_view text) { return Parser(text).parse(); }

bool satisfied(const Expression& expression, const std::function<bool(const std::string&)>& allowed) {
  auto holds = [&](const Expression& part) { return satisfied(part, allowed); };
  if (expression.op == Operator::all_of) return std::all_of(expression.parts.begin(), expression.parts.end(), holds);
  if (expression.op == Operator::any_of) return std::any_of(expression.parts.begin(), expression.parts.end(), holds);
  return allowed(expression.license);
}

std::vector<std::string> licenses_of(const Expression& expression) {
  std::set<std::string> out;
  collect(expression, out);
  return {out.begin(), out.end()};
}

}  // namespace bom
