#include "core/bom/verify.h"

#include <set>
#include <tuple>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/deb/package_name.h"
#include "core/deb/version.h"

namespace bom {
namespace {

constexpr std::size_t max_sentences = 20;

/// Collects sentences up to the bound and counts the rest.
class Findings {
 public:
  void add(const std::string& path, const std::string& text) {
    if (sentences_.size() < max_sentences) sentences_.push_back(path + " " + text);
    count_++;
  }
  void check(bool good, const std::string& path, const std::string& text) {
    if (!good) add(path, text);
  }
  std::vector<std::string> take() {
    if (count_ > sentences_.size()) sentences_.push_back("and " + std::to_string(count_ - sentences_.size()) + " more");
    return std::move(sentences_);
  }

 private:
  std::vector<std::string> sentences_;
  std::size_t count_ = 0;
};

void check_digest(Findings& findings, const std::string& path, const std::string& digest) {
  findings.check(valid_digest(digest), path, "is no digest: " + base::quoted(digest, 100));
}

void check_git(Findings& findings, const std::string& path, const Git& git) {
  findings.check(!git.repository_uri.empty() && !git.ref.empty(), path, "has no repository or no ref");
}

void check_source(Findings& findings, const std::string& path, const Source& source) {
  if (auto* git = std::get_if<Git>(&source)) return check_git(findings, path, *git);
  const auto& file = std::get<SourceFile>(source);
  findings.check(!file.uri.empty(), path, "has no uri");
  check_digest(findings, path + ".digest", file.digest);
}

using Identity = std::tuple<std::string_view, std::string_view>;
Identity identity(const Package& package) { return {package.name, package.architecture}; }

void check_packages(Findings& findings, const std::string& path, const std::vector<Package>& packages) {
  std::set<Identity> seen;
  for (std::size_t i = 0; i < packages.size(); i++) {
    const Package& package = packages[i];
    std::string here = path + "[" + std::to_string(i) + "]";
    // dpkg keeps no version of a package whose installation broke off.
    bool whole = package.state != "half-installed";
    findings.check(deb::valid_package_name(package.name), here + ".name",
                   "is no package name: " + base::quoted(package.name, 80));
    findings.check(!whole || deb::valid_version(package.version), here + ".version",
                   "is no Debian version: " + base::quoted(package.version, 80));
    // Files may come out of a package at another version than the installed one.
    findings.check(package.state == files_only || seen.insert(identity(package)).second, here,
                   "stands twice: " + base::quoted(package.name + ":" + package.architecture, 80));
    for (std::size_t s = 0; s < package.sources.size(); s++)
      check_source(findings, here + ".sources[" + std::to_string(s) + "]", package.sources[s]);
    if (package.location) {
      findings.check(!package.location->uri.empty(), here + ".location", "has no uri");
      check_digest(findings, here + ".location.digest", package.location->digest);
    }
  }
}

void check_changed(Findings& findings, const Bill& bill) {
  std::set<std::tuple<std::string_view, std::string_view>> base_versions;
  for (const Package& package : bill.base_image.packages) base_versions.insert({package.name, package.version});
  for (std::size_t i = 0; i < bill.changeset.packages.size(); i++) {
    const Package& package = bill.changeset.packages[i];
    std::string here = "changeset.packages[" + std::to_string(i) + "]";
    std::string name = " (" + base::quoted(package.name, 80) + ")";
    findings.check(package.location.has_value(), here, "has no location" + name);
    findings.check(!package.sources.empty(), here, "has no sources" + name);
    findings.check(package.replaces.empty() || base_versions.contains({package.name, package.replaces}), here,
                   "replaces a version that is not in the base" + name);
  }
}

void check_repositories(Findings& findings, const std::string& path, const std::vector<Package>& packages,
                        std::size_t repositories) {
  for (std::size_t i = 0; i < packages.size(); i++)
    if (const auto& location = packages[i].location; location && location->repository)
      findings.check(*location->repository < repositories, path + "[" + std::to_string(i) + "].location.repository",
                     "is " + std::to_string(*location->repository) + ", the bill has " + std::to_string(repositories));
}

/// Whether an origin says by itself, and for good, where a file comes from.
bool is_source(const Origin& origin) {
  return std::holds_alternative<ImageOrigin>(origin) || std::holds_alternative<UrlOrigin>(origin) ||
         std::holds_alternative<PackageOrigin>(origin);
}

void check_files(Findings& findings, const std::vector<File>& files) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < files.size(); i++) {
    std::string here = "changeset.files[" + std::to_string(i) + "]";
    findings.check(files[i].path.starts_with('/'), here + ".path", "is not absolute: " + base::quoted(files[i].path));
    findings.check(seen.insert(files[i].path).second, here + ".path", "stands twice: " + base::quoted(files[i].path));
    check_digest(findings, here + ".digest", files[i].digest);
    findings.check(files[i].source || is_source(files[i].origin), here,
                   "has no source: " + base::quoted(files[i].path));
    if (files[i].source) check_git(findings, here + ".source.git", *files[i].source);
  }
}

}  // namespace

std::vector<std::string> inconsistencies(const Bill& bill) {
  Findings findings;
  findings.check(!bill.product_name.empty(), "product_name", "is empty");
  check_packages(findings, "base_image.packages", bill.base_image.packages);
  check_packages(findings, "changeset.packages", bill.changeset.packages);
  check_changed(findings, bill);
  std::size_t repositories = bill.apt.repositories.size();
  check_repositories(findings, "base_image.packages", bill.base_image.packages, repositories);
  check_repositories(findings, "changeset.packages", bill.changeset.packages, repositories);
  check_files(findings, bill.changeset.files);
  return findings.take();
}

void check_consistent(const Bill& bill) {
  auto found = inconsistencies(bill);
  if (found.empty()) return;
  base::Error error(base::Kind::corrupt, "the bill of materials is not sound");
  for (std::string& sentence : found) error.note(std::move(sentence));
  throw error;
}

void check_describes(const Bill& bill, const base::Digest& digest) {
  if (bill.image.digest.empty() || bill.image.digest == digest.text()) return;
  throw base::Error(base::Kind::corrupt, "the bill of materials speaks of image " +
                                             base::quoted(bill.image.digest, 100) + ", it was delivered with " +
                                             digest.text());
}

base::Digest bill_digest(std::string_view yaml) {
  base::Sha256 hash;
  bool in_image = false;
  while (!yaml.empty()) {
    const auto end = yaml.find('\n');
    const auto line = yaml.substr(0, end == std::string_view::npos ? end : end + 1);
    yaml.remove_prefix(line.size());
    if (!line.starts_with(' ')) in_image = line.starts_with("image:");
    if (!in_image || !line.starts_with("    digest:")) hash.update(line);
  }
  return hash.finish();
}

void check_labelled(std::string_view yaml, std::string_view label) {
  if (const auto digest = bill_digest(yaml); digest.text() != label)
    throw base::Error(base::Kind::corrupt, "the bill is not the one that the image was made with: its digest is " +
                                               digest.text() + ", the label " + digest_label + " has " +
                                               base::quoted(label, 100));
}

}  // namespace bom
