#include "core/deb/sources_index.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/deb/scan.h"

namespace deb {
namespace {

constexpr std::string_view what = "source package";

/// The lists of a stanza, the one that we want first. "Files" is the oldest: MD5.
constexpr std::pair<std::string_view, std::string_view> hash_lists[] = {
    {"Checksums-Sha256", "sha256"}, {"Checksums-Sha512", "sha512"}, {"Checksums-Sha1", "sha1"}, {"Files", "md5"}};

/// HASH SIZE NAME
SourceFile read_file(std::string_view line, std::string_view algorithm) {
  auto wrong = [&] { return base::Error(base::Kind::invalid, base::quoted(line) + " is not HASH SIZE NAME"); };
  auto parts = words(line);
  if (parts.size() != 3) throw wrong();
  SourceFile file;
  file.hash = parse_hash(std::string(algorithm) + ":" + std::string(parts[0]));
  if (!to_number(parts[1], file.size)) throw wrong();
  file.name = parts[2];
  if (file.name.find('/') != std::string::npos || file.name == "." || file.name == ".." || !plain_word(file.name))
    throw base::Error(base::Kind::invalid, base::quoted(file.name) + " is no file name");
  return file;
}

std::vector<SourceFile> read_files(const Stanza& stanza) {
  std::map<std::string, SourceFile> by_name;
  for (auto [field, algorithm] : hash_lists) {
    for (std::string_view line : value_lines(stanza.get(field))) {
      SourceFile file = read_file(line, algorithm);
      by_name.try_emplace(file.name, file);
    }
  }
  std::vector<SourceFile> files;
  for (auto& [name, file] : by_name) files.push_back(std::move(file));
  auto is_dsc = [](const SourceFile& file) { return file.name.ends_with(".dsc"); };
  std::stable_partition(files.begin(), files.end(), is_dsc);
  if (files.empty() || !is_dsc(files[0])) throw base::Error(base::Kind::invalid, "no .dsc among the files");
  return files;
}

/// An index calls the source "Package", a .dsc "Source".
SourceName read_name(const Stanza& stanza) {
  std::string_view field = stanza.find("Package") ? "Package" : "Source";
  return {stanza.required(field, what), stanza.required("Version", what)};
}

}  // namespace

SourcePackage source_package(const Stanza& stanza) {
  SourcePackage package;
  package.source = read_name(stanza);
  return base::within("reading the stanza of source " + base::quoted(package.source.name, 80) + " at line " +
                          std::to_string(stanza.line()),
                      [&] {
                        for (const std::string* word : {&package.source.name, &package.source.version})
                          if (!plain_word(*word))
                            throw base::Error(base::Kind::invalid,
                                              base::quoted(*word, 80) + " has blanks or odd characters");
                        const std::string* directory = stanza.find("Directory");
                        if (!directory) throw base::Error(base::Kind::invalid, "no Directory field");
                        check_archive_path(*directory);
                        package.directory = *directory;
                        package.files = read_files(stanza);
                        package.extra_source_only = base::lower(stanza.get("Extra-Source-Only")) == "yes";
                        return std::move(package);
                      });
}

std::vector<SourcePackage> parse_sources(std::string_view text) {
  std::vector<SourcePackage> out;
  StanzaReader reader(text, "source stanzas");
  for (Stanza stanza; reader.next(stanza);) out.push_back(source_package(stanza));
  return out;
}

std::map<SourceName, SourcePackage> find_sources(std::istream& index, const std::vector<SourceName>& wanted) {
  std::vector<SourceName> sorted = wanted;
  std::sort(sorted.begin(), sorted.end());
  std::map<SourceName, SourcePackage> out;
  StanzaReader reader(index, "Sources index");
  for (Stanza stanza; reader.next(stanza);)
    if (SourceName name = read_name(stanza); std::binary_search(sorted.begin(), sorted.end(), name))
      out.try_emplace(std::move(name), source_package(stanza));
  return out;
}

std::string source_file_uri(const Repository& repository, const SourcePackage& package, const SourceFile& file) {
  std::string path = package.directory;
  if (!path.empty() && !path.ends_with('/')) path += '/';
  return repository.file_uri(encode_archive_path(path + file.name));
}

}  // namespace deb
