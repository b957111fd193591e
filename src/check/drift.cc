#include "check/drift.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "check/archive_upgrades.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/bom/verify.h"
#include "core/bom/yaml_reader.h"
#include "core/deb/version.h"
#include "core/http/curl.h"
#include "core/remote/bill_artifact.h"
#include "core/remote/index_child.h"
#include "core/remote/signature.h"

namespace check {
namespace {

constexpr std::size_t max_named = 6;
constexpr std::size_t archives_at_once = 4;
constexpr std::chrono::hours for_good{24};

std::string short_digest(std::string_view digest) { return std::string(digest.substr(0, digest.find(':') + 13)); }

class Drift {
 public:
  Drift(const resource::Source& source, const remote::Repository& repository, Memory& memory,
        const std::function<void(std::string_view)>& log, std::stop_token stop)
      : source_(source), repository_(repository), memory_(memory), log_(log), stop_(std::move(stop)) {}

  /// Why the image should be built again, each reason as text.
  std::vector<std::string> reasons(const base::Digest& digest) const {
    std::vector<std::string> out;
    auto add = [&](const std::string& reason) {
      if (std::find(out.begin(), out.end(), reason) == out.end()) out.push_back(reason);
    };
    const auto& wanted = source_.rebuild_on;
    const auto bills = read_bills(digest);
    if (std::find(wanted.begin(), wanted.end(), "base") != wanted.end())
      for (const auto& [bill, bill_digest] : bills)
        if (auto moved = moved_base(bill)) add(*moved);
    if (std::find(wanted.begin(), wanted.end(), "packages") != wanted.end())
      for (const auto& [bill, bill_digest] : bills)
        for (const auto& [name, version] : upgrades(bill, bill_digest.text())) add(name + " " + version);
    return out;
  }

 private:
  /// A bill, and the digest of its bytes.
  using Read = std::pair<bom::Bill, base::Digest>;

  /// The image's, or those of the images in an index.
  std::vector<Read> read_bills(const base::Digest& digest) const {
    const auto& puller = repository_.puller();
    std::vector<Read> out;
    auto add = [&](const base::Digest& image) {
      if (auto found = remote::find_bill(puller, image, stop_)) out.push_back(read_bill(image, *found));
    };
    add(digest);
    if (out.empty())
      if (auto document = puller.manifest(digest.text(), stop_); document && document->is_index())
        for (const auto& child : oci::parse_index(*document).manifests)
          if (!child.is_attestation()) add(child.digest);
    if (out.empty())
      throw base::Error(base::Kind::not_found, "image " + digest.text() + " has no bill of materials")
          .fix("source.rebuild_on compares an image with its bill: build it with a put of this resource type");
    return out;
  }

  Read read_bill(const base::Digest& digest, const remote::FoundBill& found) const {
    const auto& puller = repository_.puller();
    if (!source_.cosign.public_key.empty())
      remote::require_signature(puller, found.artifact, sign::PublicKey::parse(source_.cosign.public_key), stop_);
    return base::within("reading the bill " + found.digest.text(), [&] {
      auto bill = bom::read_yaml(found.yaml, "the bill");
      bom::check_describes(bill, digest);
      return Read(std::move(bill), found.digest);
    });
  }

  /// What the base's tag names now, if that is another image for this platform than the one that was built from.
  std::optional<std::string> moved_base(const bom::Bill& bill) const {
    if (bill.base_image.canonical_name == "scratch") return std::nullopt;
    const auto reference = name::Reference::parse(bill.base_image.canonical_name);
    if (!reference.tag() || !reference.digest()) return std::nullopt;
    const remote::Repository base(remote::source_for(source_, reference.repository().text()), log_, stop_);
    const auto now = base::within("looking for the base image " + base::quoted(reference.text()),
                                  [&] { return base.puller().resolve(reference.tag()->text(), stop_); });
    if (!now || now->digest == *reference.digest()) return std::nullopt;
    if (!bill.base_image.manifest_digest.empty() && !bill.image.platform.empty()) {
      auto document = base.puller().document(*now, stop_);
      if (document.is_index()) {
        const auto index = oci::parse_index(document);
        const auto* child = oci::find_platform(index, name::Platform::parse(bill.image.platform));
        if (child && child->digest.text() == bill.base_image.manifest_digest) return std::nullopt;
      }
    }
    return "base " + reference.repository().text() + ":" + reference.tag()->text() + " " +
           short_digest(now->digest.text());
  }

  /// The newest version of each package that any archive has newer, by name.
  std::map<std::string, std::string> upgrades(const bom::Bill& bill, const std::string& bill_digest) const {
    http::Curl transport({.ca_certs = source_.ca_certs});
    std::map<std::string, std::string> out;
    std::mutex mutex;
    const auto& repositories = bill.apt.repositories;
    base::in_parallel(repositories.size(), archives_at_once, stop_, [&](std::size_t i, std::stop_token stop) {
      if (!repositories[i].uri.starts_with("http")) return;
      for (const auto& [name, version] : upgrades_of(transport, bill, bill_digest, i, stop)) {
        std::lock_guard lock(mutex);
        auto& newest = out[name];
        if (newest.empty() || deb::compare_versions(version, newest) > 0) newest = version;
      }
    });
    return out;
  }

  /// As upgrades_in, remembered by bill and state of the archive.
  std::vector<Upgrade> upgrades_of(http::Transport& transport, const bom::Bill& bill, const std::string& bill_digest,
                                   std::size_t i, std::stop_token stop) const {
    const auto in_release = fetch_in_release(transport, bill.apt.repositories[i], stop);
    const std::string fact =
        "upgrades " + bill_digest + " " + std::to_string(i) + " " + std::string(base::sha256(in_release).hex());
    std::vector<Upgrade> out;
    if (const auto known = memory_.get(fact, for_good)) {
      for (auto line : base::split(*known, ' '))
        if (auto at = line.find('='); at != std::string_view::npos)
          out.push_back({std::string(line.substr(0, at)), std::string(line.substr(at + 1))});
      return out;
    }
    out = upgrades_in(transport, bill, i, in_release, log_, stop);
    std::vector<std::string> lines;
    for (const auto& [name, version] : out) lines.push_back(name + "=" + version);
    memory_.put(fact, base::join(lines, " "));
    return out;
  }

  const resource::Source& source_;
  const remote::Repository& repository_;
  Memory& memory_;
  const std::function<void(std::string_view)>& log_;
  std::stop_token stop_;
};

/// One line for people; what is not named still tells versions apart.
std::string summary(const std::vector<std::string>& reasons) {
  if (reasons.size() <= max_named) return base::join(reasons, ", ");
  const std::vector<std::string> named(reasons.begin(), reasons.begin() + max_named);
  return base::join(named, ", ") + " and " + std::to_string(reasons.size() - max_named) + " more (" +
         std::string(base::sha256(base::join(reasons, "\n")).hex().substr(0, 8)) + ")";
}

}  // namespace

Versions drift_versions(const Lookup& lookup, const resource::Source& source,
                        const std::optional<resource::Version>& known, const remote::Repository& repository,
                        Memory& memory, const std::function<void(std::string_view)>& log, std::stop_token stop) {
  const Versions unchanged = known ? Versions{*known} : Versions{};
  const auto found = lookup.ask({*source.tag});
  if (found.empty()) return unchanged;
  const std::string& digest = found.at(*source.tag);
  const auto reasons = Drift(source, repository, memory, log, stop).reasons(base::Digest::parse(digest));
  if (reasons.empty()) return unchanged;
  for (const auto& reason : reasons) log("to be built again: " + base::printable(reason));
  return {{.tag = *source.tag, .digest = digest, .drift = summary(reasons)}};
}

}  // namespace check
