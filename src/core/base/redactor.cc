#include "core/base/redactor.h"

#include <algorithm>

#include "core/base/digest.h"
#include "core/base/text.h"

namespace base {
namespace {

constexpr std::size_t shortest = 4;

/// The characters of base64 that depend on `secret` alone when it stands `offset` bytes into a group of three.
std::string base64_core(std::string_view secret, std::size_t offset) {
  std::string text = to_base64(std::string(offset, '\0') + std::string(secret));
  std::size_t first = offset == 0 ? 0 : offset == 1 ? 2 : 3;
  std::size_t whole_groups = (offset + secret.size()) / 3 * 4;
  std::size_t rest = (offset + secret.size()) % 3;
  std::size_t last = whole_groups + (rest == 0 ? 0 : rest);  // 1 byte left fixes 1 character, 2 bytes fix 2
  return last > first ? text.substr(first, last - first) : std::string();
}

/// As HTML forms have it, and as some servers print it.
std::string with_plus_for_blanks(std::string url) {
  for (std::size_t at = 0; (at = url.find("%20", at)) != std::string::npos;) url.replace(at, 3, "+");
  return url;
}
std::string with_lower_case_hex(std::string url) {
  for (std::size_t at = 0; (at = url.find('%', at)) != std::string::npos; at += 3)
    for (std::size_t i = at + 1; i < at + 3; i++)
      if (url[i] >= 'A' && url[i] <= 'F') url[i] = static_cast<char>(url[i] - 'A' + 'a');
  return url;
}

std::string json_escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else
      out += c;
  }
  return out;
}

}  // namespace

void Redactor::add_form(std::string form) {
  if (form.size() < shortest || std::find(forms_.begin(), forms_.end(), form) != forms_.end()) return;
  auto longer = [&](const std::string& other) { return other.size() >= form.size(); };
  forms_.insert(std::find_if_not(forms_.begin(), forms_.end(), longer), std::move(form));
}

void Redactor::add(std::string_view secret) {
  secret = trim(secret);
  if (secret.size() < shortest) return;
  std::lock_guard lock(mutex_);
  add_form(std::string(secret));
  for (const auto& url : {url_encode(secret), with_plus_for_blanks(url_encode(secret))}) {
    add_form(url);
    add_form(with_lower_case_hex(url));
  }
  add_form(json_escaped(secret));
  for (std::size_t offset = 0; offset < 3; offset++) {
    std::string core = base64_core(secret, offset);
    add_form(core);
    std::replace(core.begin(), core.end(), '+', '-');
    std::replace(core.begin(), core.end(), '/', '_');
    add_form(core);
  }
  if (secret.find('\n') != std::string_view::npos)
    for (auto line : split(secret, '\n'))
      if (trim(line).size() >= 8) add_form(std::string(trim(line)));
}

std::string Redactor::clean(std::string_view text) const {
  std::lock_guard lock(mutex_);
  std::string out(text);
  for (const auto& form : forms_)
    for (std::size_t at = 0; (at = out.find(form, at)) != std::string::npos;) {
      out.replace(at, form.size(), "((redacted))");
      at += 12;
    }
  return out;
}

Redactor& redactor() {
  static Redactor instance;
  return instance;
}

}  // namespace base
