// Formatting twice gives the same as once, keeps every word of the file, and changes no value.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/hcl/evaluate.h"
#include "core/hcl/format.h"
#include "core/hcl/lexer.h"
#include "core/hcl/parser.h"

namespace {

std::vector<std::string> words(const hcl::File& file) {
  hcl::Diagnostics diagnostics;
  std::vector<std::string> out;
  for (const auto& token : hcl::tokenize(file, diagnostics)) {
    std::string text(file.text().substr(token.begin, token.end - token.begin));
    // The blanks in front of a heredoc's closing marker are layout.
    if (token.kind == hcl::TokenKind::close_heredoc) text.erase(0, text.find_first_not_of(" \t"));
    out.push_back(std::move(text));
  }
  return out;
}

void values(const hcl::Body& body, std::vector<hcl::Value>& out) {
  hcl::Scope scope(hcl::standard_functions(), {100'000, 4 << 20, 1 << 20, 1 << 14});
  for (const auto& attribute : body.attributes) {
    hcl::Diagnostics diagnostics;
    out.push_back(hcl::evaluate(*attribute.expression, scope, diagnostics));
  }
  for (const auto& block : body.blocks) values(block.body, out);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto file = hcl::File::make("fuzz", std::string(reinterpret_cast<const char*>(data), size));
  hcl::Diagnostics diagnostics;
  std::string once = hcl::format(file, diagnostics);
  if (diagnostics.has_errors()) return 0;
  auto formatted = hcl::File::make("fuzz", once);
  hcl::Diagnostics none;
  if (hcl::format(formatted, none) != once || none.has_errors()) std::abort();

  auto before = words(*file), after = words(*formatted);
  if (after.size() == before.size() + 1 && !once.empty()) after.erase(after.end() - 2);  // the newline at the end
  if (before != after) std::abort();

  hcl::Diagnostics ignored;
  auto first = hcl::parse(file, ignored), second = hcl::parse(formatted, ignored);
  std::vector<hcl::Value> a, b;
  values(first.body(), a);
  values(second.body(), b);
  if (a != b) std::abort();
  return 0;
}
