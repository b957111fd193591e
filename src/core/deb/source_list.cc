#include "core/deb/source_list.h"

#include <algorithm>
#include <set>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/deb/deb822.h"
#include "core/deb/scan.h"
#include "core/deb/source_option.h"

namespace deb {
namespace {

base::Error malformed(const std::string& why) { return base::Error(base::Kind::invalid, why); }

std::string type_name(Repository::Type type) { return type == Repository::Type::deb ? "deb" : "deb-src"; }

Repository::Type read_type(std::string_view text) {
  if (text == "deb") return Repository::Type::deb;
  if (text == "deb-src") return Repository::Type::deb_src;
  throw malformed("repository type " + base::quoted(text, 40) + " is neither deb nor deb-src");
}

std::string_view scheme(std::string_view uri) { return uri.substr(0, uri.find(':')); }

void check_uri(std::string_view uri, bool remote_only) {
  auto known = {"http", "https",  "file",        "copy",        "cdrom",
                "ftp",  "mirror", "mirror+file", "mirror+http", "mirror+https"};
  std::string name = base::lower(scheme(uri));
  // A disc's name may have blanks: cdrom:[Debian GNU/Linux 12]/
  char first = name == "cdrom" ? ' ' : '!';
  bool plain =
      uri.size() <= 2048 && std::all_of(uri.begin(), uri.end(), [&](char c) { return c >= first && c <= '~'; });
  if (!plain || uri.find(':') == std::string_view::npos ||
      (name.starts_with("http") && uri.find("://") == std::string_view::npos))
    throw malformed("repository URI " + base::quoted(uri, 100) + " is no URI").fix("it looks like https://host/path");
  if (remote_only ? name != "http" && name != "https" : std::find(known.begin(), known.end(), name) == known.end())
    throw malformed("repository URI " + base::quoted(uri, 100) + " begins with neither http:// nor https://");
}

/// Checks what all forms have in common.
void check(const Repository& repository, bool remote_only) {
  check_uri(repository.uri, remote_only);
  auto word = [](std::string_view text, std::string_view name) {
    if (!plain_word(text) || text.find_first_of("[]'\"\\") != std::string_view::npos)
      throw malformed(std::string(name) + " " + base::quoted(text, 60) + " of a repository has odd characters");
  };
  word(repository.suite, "suite");
  if (repository.suite.find("..") != std::string::npos)
    throw malformed("suite " + base::quoted(repository.suite, 60) + " of a repository has '..'");
  for (const std::string& component : repository.components) word(component, "component");
  if (repository.flat() && !repository.components.empty())
    throw malformed("suite " + base::quoted(repository.suite, 60) + " ends in '/', so no component may follow");
  if (!repository.flat() && repository.components.empty())
    throw malformed("suite " + base::quoted(repository.suite, 60) + " has no component")
        .fix("name one, like 'main', or end the suite in '/' for a flat repository");
}

/// The next word of a one-line entry; blanks inside […] belong to it (cdrom:[Debian 12]/).
std::string_view take_word(std::string_view& line) {
  line = base::trim(line);
  std::size_t depth = 0;
  std::size_t end = 0;
  for (; end < line.size(); end++) {
    if (line[end] == '[') depth++;
    if (line[end] == ']' && depth > 0) depth--;
    if (depth == 0 && (line[end] == ' ' || line[end] == '\t')) break;
  }
  std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

/// "[a=b c=d]" at the start of `line`, if there is one.
void take_options(std::string_view& line, Repository& repository) {
  line = base::trim(line);
  if (!line.starts_with('[')) return;
  auto close = line.find(']');
  if (close == std::string_view::npos) throw malformed("the options of a repository have no closing ']'");
  std::set<std::string, std::less<>> seen;
  for (std::string_view option : words(line.substr(1, close - 1))) {
    auto equals = option.find('=');
    if (equals == std::string_view::npos)
      throw malformed("repository option " + base::quoted(option, 60) + " is not of the form name=value");
    std::string name = base::lower(option.substr(0, equals));
    if (!seen.insert(name).second) throw malformed("repository option " + base::quoted(name, 60) + " stands twice");
    set_option(repository, name, option.substr(equals + 1));
  }
  line.remove_prefix(close + 1);
}

Repository parse_line(std::string_view line, bool remote_only) {
  Repository repository;
  repository.type = read_type(take_word(line));
  take_options(line, repository);
  repository.uri = take_word(line);
  if (repository.uri.empty()) throw malformed("a repository has no URI").fix("write: deb URI SUITE COMPONENT…");
  repository.suite = take_word(line);
  if (repository.suite.empty())
    throw malformed("repository " + base::quoted(repository.uri, 100) + " has no suite")
        .fix("write: deb URI SUITE COMPONENT…");
  while (!(line = base::trim(line)).empty()) repository.components.emplace_back(take_word(line));
  check(repository, remote_only);
  return repository;
}

void check_count(const std::vector<Repository>& repositories) {
  if (repositories.size() > max_repositories)
    throw malformed("more than " + std::to_string(max_repositories) + " repositories");
}

/// An inline key stands with one blank before each line and a dot for an empty one (sources.list(5), "Signed-By").
std::string inline_key(std::string_view value) {
  std::string key;
  for (std::string_view line : base::split(base::trim(value), '\n')) {
    line = base::trim(line);
    key.append(line == "." ? "" : line).append("\n");
  }
  return key;
}

std::string comma_list(std::string_view value) {
  std::string out;
  for (std::string_view word : words(value)) out.append(out.empty() ? "" : ",").append(word);
  return out;
}

/// What all entries of one deb822 stanza have in common.
Repository stanza_options(const Stanza& stanza) {
  Repository common;
  for (const Stanza::Field& field : stanza.fields()) {
    std::string option = option_of_field(field.name);
    if (option.empty()) continue;
    if (option == "signed-by" && field.value.find("-----BEGIN PGP") != std::string::npos) {
      common.key = inline_key(field.value);
    } else {
      set_option(common, option, comma_list(field.value));
    }
  }
  for (std::string_view component : words(stanza.get("Components"))) common.components.emplace_back(component);
  return common;
}

/// Equal but for the type; the order of lists does not count.
bool twins(const Repository& a, const Repository& b) {
  auto sorted = [](std::vector<std::string> list) {
    std::sort(list.begin(), list.end());
    return list;
  };
  return a.uri == b.uri && a.suite == b.suite && sorted(a.components) == sorted(b.components);
}

bool enabled(const Stanza& stanza) {
  std::string value = base::lower(stanza.get("Enabled"));
  return value.empty() || is_true(value);
}

}  // namespace

bool Repository::remote() const {
  std::string name = base::lower(scheme(uri));
  return name == "http" || name == "https";
}

std::string Repository::file_uri(std::string_view path) const {
  std::string out = uri;
  if (!out.ends_with('/')) out += '/';
  if (flat() && suite != "/") out += suite;
  return out.append(path);
}

std::string Repository::in_release_uri() const {
  return flat() ? file_uri("InRelease") : file_uri("dists/" + suite + "/InRelease");
}

Repository parse_repository(std::string_view line) {
  if (line.size() > 8192) throw malformed("a repository line is longer than 8 KiB");
  return parse_line(line, true);
}

std::vector<Repository> parse_sources_list(std::string_view text, std::string_view file) {
  std::vector<Repository> out;
  std::size_t number = 0;
  for (std::string_view line : base::split(text, '\n')) {
    number++;
    // A '#' begins a comment anywhere but in an option or URI, where no blank stands before it.
    for (std::size_t at = 0; (at = line.find('#', at)) != std::string_view::npos; at++)
      if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') line = line.substr(0, at);
    line = base::trim(line);
    if (line.empty()) continue;
    out.push_back(base::within("reading " + std::string(file) + " line " + std::to_string(number),
                               [&] { return parse_line(line, false); }));
    check_count(out);
  }
  return out;
}

std::vector<Repository> parse_sources_stanzas(std::string_view text, std::string_view file) {
  std::vector<Repository> out;
  // Small, since an inline key is copied into each entry that a stanza stands for.
  StanzaReader reader(text, std::string(file), {.max_stanza_bytes = 128 << 10, .max_fields = 100});
  for (Stanza stanza; reader.next(stanza);) {
    if (!enabled(stanza)) continue;
    base::within("reading " + std::string(file) + " line " + std::to_string(stanza.line()), [&] {
      Repository common = stanza_options(stanza);
      for (std::string_view type : words(stanza.required("Types", file))) {
        for (std::string_view uri : words(stanza.required("URIs", file))) {
          for (std::string_view suite : words(stanza.required("Suites", file))) {
            Repository& repository = out.emplace_back(common);
            repository.type = read_type(type);
            repository.uri = uri;
            repository.suite = suite;
            check(repository, false);
            check_count(out);
          }
        }
      }
    });
  }
  return out;
}

std::string to_line(const Repository& repository) {
  if (!repository.key.empty())
    throw malformed("repository " + base::quoted(repository.uri, 100) + " has an inline key, which a line cannot hold");
  std::vector<std::string> options;
  if (!repository.architectures.empty()) options.push_back("arch=" + base::join(repository.architectures, ","));
  if (!repository.signed_by.empty()) options.push_back("signed-by=" + repository.signed_by);
  for (const auto& [name, value] : repository.options) options.push_back(name + "=" + value);
  std::string line = type_name(repository.type);
  if (!options.empty()) line += " [" + base::join(options, " ") + "]";
  line += " " + repository.uri + " " + repository.suite;
  for (const std::string& component : repository.components) line += " " + component;
  return line;
}

std::vector<Repository> with_sources(std::vector<Repository> repositories) {
  std::vector<Repository> out;
  auto add = [&](const Repository& repository) {
    if (std::find(out.begin(), out.end(), repository) == out.end()) out.push_back(repository);
  };
  for (const Repository& repository : repositories) {
    add(repository);
    bool has_twin = std::any_of(repositories.begin(), repositories.end(), [&](const Repository& other) {
      return other.type != repository.type && twins(repository, other);
    });
    if (repository.type == Repository::Type::deb_src || has_twin) continue;
    Repository twin = repository;
    twin.type = Repository::Type::deb_src;
    twin.architectures.clear();
    add(twin);
  }
  return out;
}

std::string missing_security_suite(const std::vector<Repository>& repositories, const OsRelease& os) {
  unsigned version = 0;
  bool debian = os.id == "debian" && to_number(os.version_id, version);
  if ((!debian && os.id != "ubuntu") || os.version_codename.empty()) return "";
  auto has = [&](const std::string& suite) {
    return std::any_of(repositories.begin(), repositories.end(), [&](const Repository& repository) {
      return repository.type == Repository::Type::deb && repository.suite == suite;
    });
  };
  for (const std::string& release : {os.version_codename, std::string("stable"), std::string("oldstable")}) {
    if (!has(release)) continue;
    std::string ending = debian && version < 11 ? "/updates" : "-security";
    bool present = has(release + ending) || has(os.version_codename + ending);
    return present ? "" : release + ending;
  }
  return "";
}

}  // namespace deb
