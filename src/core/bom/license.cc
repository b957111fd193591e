#include "core/bom/license.h"

#include <algorithm>
#include <map>
#include <optional>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/deb/copyright.h"
#include "core/deb/deb822.h"

namespace bom {
namespace {

struct Row {
  std::string_view debian, spdx;
};

/// Short names, lower case, whose meaning is sure. Those with versions are made by rule, see versioned().
constexpr Row listed[] = {
    {"0bsd", "0BSD"},
    {"afl-2.1", "AFL-2.1"},
    {"apache-1.1", "Apache-1.1"},
    {"apache-2", "Apache-2.0"},
    {"apache-2.0", "Apache-2.0"},
    {"artistic", "Artistic-1.0-Perl"},
    {"artistic-1", "Artistic-1.0-Perl"},
    {"artistic-2", "Artistic-2.0"},
    {"artistic-2.0", "Artistic-2.0"},
    {"beerware", "Beerware"},
    {"boost", "BSL-1.0"},
    {"boost-1.0", "BSL-1.0"},
    {"bsd-1-clause", "BSD-1-Clause"},
    {"bsd-2-clause", "BSD-2-Clause"},
    {"bsd-3-clause", "BSD-3-Clause"},
    {"bsd-4-clause", "BSD-4-Clause"},
    {"bsd-4-clause-uc", "BSD-4-Clause-UC"},
    {"bsl-1.0", "BSL-1.0"},
    {"cc-by-3.0", "CC-BY-3.0"},
    {"cc-by-4.0", "CC-BY-4.0"},
    {"cc-by-sa-3.0", "CC-BY-SA-3.0"},
    {"cc-by-sa-4.0", "CC-BY-SA-4.0"},
    {"cc0", "CC0-1.0"},
    {"cc0-1.0", "CC0-1.0"},
    {"cddl-1.0", "CDDL-1.0"},
    {"cddl-1.1", "CDDL-1.1"},
    {"curl", "curl"},
    {"epl-1.0", "EPL-1.0"},
    {"epl-2.0", "EPL-2.0"},
    {"expat", "MIT"},
    {"fsfap", "FSFAP"},
    {"fsful", "FSFUL"},
    {"fsfullr", "FSFULLR"},
    {"ftl", "FTL"},
    {"hpnd", "HPND"},
    {"icu", "ICU"},
    {"isc", "ISC"},
    {"libpng", "Libpng"},
    {"lpgl-2.1+", "LGPL-2.1-or-later"},
    {"mit", "MIT"},
    {"mpl-1.1", "MPL-1.1"},
    {"mpl-2.0", "MPL-2.0"},
    {"ncsa", "NCSA"},
    {"ofl-1.1", "OFL-1.1"},
    {"openldap-2.8", "OLDAP-2.8"},
    {"openssl", "OpenSSL"},
    {"perl", "Artistic-1.0-Perl OR GPL-1.0-or-later"},
    {"php-3.01", "PHP-3.01"},
    {"postgresql", "PostgreSQL"},
    {"psf-2", "PSF-2.0"},
    {"python-2.0", "Python-2.0"},
    {"rsa-md", "RSA-MD"},
    {"ruby", "Ruby"},
    {"sil-1.1", "OFL-1.1"},
    {"sleepycat", "Sleepycat"},
    {"tcl", "TCL"},
    {"unicode-dfs-2016", "Unicode-DFS-2016"},
    {"unlicense", "Unlicense"},
    {"vim", "Vim"},
    {"w3c", "W3C"},
    {"wtfpl", "WTFPL"},
    {"wtfpl-2", "WTFPL"},
    {"x11", "X11"},
    {"zlib", "Zlib"},
    {"zlib/libpng", "Zlib"},
    {"zpl-2.1", "ZPL-2.1"},
};

constexpr Row exceptions[] = {
    {"autoconf", "Autoconf-exception-generic"},
    {"bison", "Bison-exception-2.2"},
    {"classpath", "Classpath-exception-2.0"},
    {"font", "Font-exception-2.0"},
    {"gcc", "GCC-exception-3.1"},
    {"libtool", "Libtool-exception"},
    {"llvm", "LLVM-exception"},
};

struct Family {
  std::string_view name;
  std::vector<std::string_view> versions;
};

/// "gpl-2+", "lgpl-2.1", "gfdl-niv-1.3+": the families whose ids end in -only and -or-later.
std::string versioned(std::string_view name) {
  static const Family families[] = {{"GPL", {"1.0", "2.0", "3.0"}},
                                    {"LGPL", {"2.0", "2.1", "3.0"}},
                                    {"AGPL", {"1.0", "3.0"}},
                                    {"GFDL", {"1.1", "1.2", "1.3"}}};
  bool later = name.ends_with('+') || name.ends_with("-or-later");
  if (name.ends_with('+')) name.remove_suffix(1);
  for (std::string_view ending : {"-or-later", "-only"})
    if (name.ends_with(ending)) name.remove_suffix(ending.size());
  for (const Family& family : families) {
    std::string prefix = base::lower(family.name);
    if (!name.starts_with(prefix)) continue;
    std::string_view rest = name.substr(prefix.size());
    std::string_view middle;
    for (std::string_view invariants : {"-niv", "-no-invariants"})
      if (family.name == "GFDL" && rest.starts_with(invariants)) {
        rest.remove_prefix(invariants.size());
        middle = "-no-invariants";
      }
    if (!rest.starts_with('-') && !rest.starts_with('v')) continue;
    rest.remove_prefix(rest.starts_with("-v") ? 2 : 1);
    std::string version(rest);
    if (version.find('.') == std::string::npos) version += ".0";
    if (std::find(family.versions.begin(), family.versions.end(), version) == family.versions.end()) continue;
    return std::string(family.name) + "-" + version + std::string(middle) + (later ? "-or-later" : "-only");
  }
  return "";
}

std::string plain_license(std::string_view name) {
  std::string lower = base::lower(name);
  for (const Row& row : listed)
    if (row.debian == lower) return std::string(row.spdx);
  return versioned(lower);
}

std::string identifier(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
    if (good || (!out.empty() && out.back() != '-')) out += good ? c : '-';
    if (out.size() == 100) break;
  }
  while (out.ends_with('-')) out.pop_back();
  return out.empty() ? "unnamed" : out;
}

/// Only what YAML and JSON can hold: bytes that are no UTF-8 become '?'.
std::string clean(std::string_view text) {
  std::string out(text);
  if (!base::valid_utf8(out))
    std::replace_if(
        out.begin(), out.end(), [](char c) { return static_cast<signed char>(c) < 0; }, '?');
  std::replace_if(
      out.begin(), out.end(), [](char c) { return (c >= 0 && c < ' ' && c != '\n' && c != '\t') || c == 0x7f; }, ' ');
  return out;
}

/// Splits a synopsis at one of `operators`, which stand between blanks.
std::vector<std::vector<std::string_view>> split(const std::vector<std::string_view>& words,
                                                 std::initializer_list<std::string_view> operators) {
  std::vector<std::vector<std::string_view>> out(1);
  for (auto word : words) {
    if (std::find(operators.begin(), operators.end(), base::lower(word)) != operators.end())
      out.emplace_back();
    else
      out.back().push_back(word);
  }
  return out;
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string out;
  for (auto word : words) out += (out.empty() ? "" : " ") + std::string(word);
  return out;
}

}  // namespace

std::string spdx_license(std::string_view name) {
  std::string lower = base::lower(name);
  auto with = lower.find(" with ");
  if (with == std::string::npos) return plain_license(name);
  std::string license = plain_license(name.substr(0, with));
  std::string_view exception = std::string_view(lower).substr(with + 6);
  for (std::string_view ending : {" exception", "-exception"})
    if (exception.ends_with(ending)) exception.remove_suffix(ending.size());
  for (const Row& row : exceptions)
    if (row.debian == exception && !license.empty() && license.find(' ') == std::string::npos)
      return license + " WITH " + std::string(row.spdx);
  return "";
}

Expression read_synopsis(std::string_view synopsis, const std::function<std::string(std::string_view)>& leaf) {
  using Operator = Expression::Operator;
  auto single = [&](std::string_view name) { return parse_expression(leaf(name)); };
  std::vector<std::vector<std::string_view>> clauses(1);  // between commas
  for (auto word : deb::words(synopsis)) {
    bool comma = word.ends_with(',');
    if (comma) word.remove_suffix(1);
    if (!word.empty()) clauses.back().push_back(word);
    if (comma) clauses.emplace_back();
  }
  auto clause = [&](const std::vector<std::string_view>& words) -> Expression {
    std::vector<Expression> alternatives;
    for (const auto& alternative : split(words, {"or", "and/or"})) {
      std::vector<Expression> all;
      for (const auto& name : split(alternative, {"and"})) {
        if (name.empty()) return single(synopsis);
        all.push_back(single(joined(name)));
      }
      alternatives.push_back(combine(Operator::all_of, std::move(all)));
    }
    return combine(Operator::any_of, std::move(alternatives));
  };
  std::optional<Expression> out;
  for (auto& words : clauses) {
    if (words.empty()) continue;
    std::string first = base::lower(words.front());
    bool any = first == "or" || first == "and/or";
    if (out && (any || first == "and")) words.erase(words.begin());
    if (words.empty()) return single(synopsis);
    Expression next = clause(words);
    out =
        out ? combine(any ? Operator::any_of : Operator::all_of, {std::move(*out), std::move(next)}) : std::move(next);
  }
  return out ? *out : single(synopsis);
}

std::string LicenseCollector::reference(const std::string& name, const std::string& text) {
  std::string id = "LicenseRef-" + name;
  auto [at, fresh] = texts_.try_emplace(id, text);
  if (fresh || at->second == text) return id;
  // Another licence under the same name: "permissive" is whatever its author wrote.
  id += "-" + std::string(base::sha256(text).hex().substr(0, 12));
  texts_.try_emplace(id, text);
  return id;
}

std::string LicenseCollector::declared(const std::string& package, std::string_view copyright) {
  if (base::trim(copyright).empty()) return "";
  auto whole = [&] { return reference(identifier(package) + "-copyright", clean(copyright)); };
  deb::Copyright parsed;
  try {
    parsed = deb::parse_copyright(copyright);
  } catch (const base::Error&) {
    return whole();
  }
  std::map<std::string, std::string, std::less<>> known;  // synopses have names in common
  auto leaf = [&](std::string_view name) -> std::string {
    auto [at, fresh] = known.try_emplace(std::string(name));
    if (!fresh) return at->second;
    if (std::string id = spdx_license(name); !id.empty()) return at->second = id;
    auto text = parsed.texts.find(std::string(name));
    bool has_text = text != parsed.texts.end() && !text->second.empty();
    return at->second = reference("debian-" + identifier(name), has_text ? clean(text->second) : clean(name) + "\n");
  };
  std::vector<Expression> all;
  for (const std::string& synopsis : parsed.licenses) all.push_back(read_synopsis(synopsis, leaf));
  if (all.empty()) return whole();
  return to_text(combine(Expression::Operator::all_of, std::move(all)));
}

std::vector<LicenseText> LicenseCollector::take() {
  std::vector<LicenseText> out;
  for (auto& [id, text] : texts_) out.push_back({id, std::move(text)});
  texts_.clear();
  return out;
}

}  // namespace bom
