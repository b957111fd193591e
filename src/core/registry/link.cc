#include "core/registry/link.h"

#include "core/base/error.h"
#include "core/base/redact_url.h"
#include "core/base/text.h"

namespace registry {
namespace {

/// Whether the parameters behind `<target>` say rel=next, quoted or not, alone or among others.
bool is_next(std::string_view parameters) {
  for (auto parameter : base::split(parameters, ';')) {
    auto equals = parameter.find('=');
    if (equals == std::string_view::npos || base::lower(base::trim(parameter.substr(0, equals))) != "rel") continue;
    auto value = base::trim(parameter.substr(equals + 1));
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
    for (auto word : base::split(value, ' '))
      if (base::lower(word) == "next") return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> next_link(const http::Headers& headers) {
  for (const auto& value : headers.all("Link")) {
    std::string_view rest = value;
    for (auto open = rest.find('<'); open != std::string_view::npos; open = rest.find('<')) {
      auto close = rest.find('>', open);
      if (close == std::string_view::npos) break;
      auto target = rest.substr(open + 1, close - open - 1);
      rest.remove_prefix(close + 1);
      if (is_next(rest.substr(0, rest.find('<')))) return std::string(target);
    }
  }
  return std::nullopt;
}

std::string next_page(const http::Url& page, std::string_view target) {
  auto wrong = [&](const std::string& why) {
    return base::Error(base::Kind::corrupt, "registry " + base::quoted(page.authority()) + " continues its list at " +
                                                base::quoted(base::redact_url(target)) + ", " + why);
  };
  auto next = [&] {
    try {
      return page.resolve(target);
    } catch (const base::Error& error) {
      throw wrong("which is no URL: " + error.message());
    }
  }();
  // A registry behind a proxy that ends TLS may not know its own scheme and port; the name it has to know.
  if (next.host() != page.host()) throw wrong("on another host");
  if (!next.path().starts_with("/v2/")) throw wrong("outside of its API");
  return next.path() + (next.query().empty() ? "" : "?" + next.query());
}

}  // namespace registry
