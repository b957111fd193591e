#include "core/deb/source_option.h"

#include <algorithm>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/deb/package_name.h"
#include "core/deb/scan.h"

namespace deb {
namespace {

struct Option {
  std::string_view name;
  std::string_view field;
};

/// sources.list(5), "deb and deb-src: Options".
constexpr Option options[] = {{"arch", "architectures"},
                              {"lang", "languages"},
                              {"target", "targets"},
                              {"pdiffs", "pdiffs"},
                              {"by-hash", "by-hash"},
                              {"signed-by", "signed-by"},
                              {"trusted", "trusted"},
                              {"allow-insecure", "allow-insecure"},
                              {"allow-weak", "allow-weak"},
                              {"allow-downgrade-to-insecure", "allow-downgrade-to-insecure"},
                              {"check-valid-until", "check-valid-until"},
                              {"valid-until-min", "valid-until-min"},
                              {"valid-until-max", "valid-until-max"},
                              {"check-date", "check-date"},
                              {"date-max-future", "date-max-future"},
                              {"inrelease-path", "inrelease-path"},
                              {"snapshot", "snapshot"},
                              {"include", "include"},
                              {"exclude", "exclude"}};

bool insecure(std::string_view name) { return name == "trusted" || name.starts_with("allow-"); }

base::Error unknown(const std::string& name) {
  std::vector<std::string> names;
  for (const Option& option : options) names.emplace_back(option.name);
  base::Error error(base::Kind::invalid, "repository option " + base::quoted(name, 60) + " is not one that apt knows");
  if (std::string near = base::nearest(name, names); !near.empty()) error.fix("did you mean '" + near + "'?");
  return error;
}

}  // namespace

bool is_true(std::string_view value) {
  auto words = {"yes", "true", "with", "on", "enable", "1"};
  return std::find(words.begin(), words.end(), value) != words.end();
}

std::string option_of_field(std::string_view field) {
  std::string name = base::lower(field);
  for (const Option& option : options)
    if (option.field == name) return std::string(option.name);
  return "";
}

void set_option(Repository& repository, const std::string& name, std::string_view value) {
  auto known = [&](const Option& option) { return option.name == name; };
  if (std::none_of(std::begin(options), std::end(options), known)) throw unknown(name);
  bool plain = !value.empty() && value.size() <= 2048 && std::all_of(value.begin(), value.end(), [](char c) {
    return c > ' ' && c <= '~' && c != '[' && c != ']' && c != '"' && c != '\'';
  });
  if (!plain)
    throw base::Error(base::Kind::invalid, "repository option " + name + " has the value " + base::quoted(value, 60) +
                                               ", which is empty or has odd characters");
  if (insecure(name)) {
    if (is_true(base::lower(value)))
      throw base::Error(base::Kind::denied, "repository option " + name + "=" + std::string(value) +
                                                " would switch the check of signatures off")
          .fix("give the repository's key instead: signed-by=… or a `key` block");
    return;  // "no" is the default
  }
  if (name == "arch") {
    for (std::string_view architecture : base::split(value, ',')) {
      if (!valid_architecture(architecture))
        throw base::Error(base::Kind::invalid, base::quoted(architecture, 60) + " in arch= is no architecture");
      repository.architectures.emplace_back(architecture);
    }
  } else if (name == "signed-by") {
    repository.signed_by = value;
  } else {
    repository.options[name] = value;
  }
}

}  // namespace deb
