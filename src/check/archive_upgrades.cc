#include "check/archive_upgrades.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <sstream>

#include "core/archive/decompress.h"
#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/deb/deb822.h"
#include "core/deb/in_release.h"
#include "core/deb/openpgp.h"
#include "core/deb/source_list.h"
#include "core/deb/version.h"
#include "core/http/redirect.h"
#include "core/http/retry.h"

namespace check {
namespace {

constexpr std::uint64_t max_in_release_bytes = 16u << 20;
/// Debian's largest, main for one architecture, has 9 MB compressed and 50 MB unpacked.
constexpr std::uint64_t max_index_bytes = 128u << 20;
constexpr std::uint64_t max_unpacked_bytes = 1u << 30;

constexpr http::RetryPolicy policy{
    .max_tries = 4, .base = std::chrono::milliseconds(300), .budget = std::chrono::seconds(60)};

/// An archive's names are percent-encoded where a URI needs it.
deb::Repository apt_line(const bom::Repository& repository) {
  deb::Repository out;
  out.uri = repository.uri;
  out.suite = repository.suite;
  out.components = repository.components;
  return out;
}

std::string fetch(http::Transport& transport, const std::string& url, std::uint64_t max_bytes, std::stop_token stop) {
  return http::with_retries(http::Retries(policy, http::system_clock()), stop, [&] {
    http::Request request;
    request.url = url;
    request.max_body_bytes = max_bytes;
    auto response = http::send_following(transport, request, stop);
    if (response.ok()) return std::move(response.body);
    const bool gone = response.status == 404 || response.status == 410;
    http::Error error(gone ? base::Kind::not_found : base::Kind::unavailable, http::Cause::status,
                      base::printable(url) + " answers " + std::to_string(response.status));
    error.set_status(response.status);
    error.set_temporary(response.status == 408 || response.status == 429 || response.status >= 500);
    throw error;
  });
}

/// A decompressor as a stream, which is what the stanzas are read from.
class SourceBuffer : public std::streambuf {
 public:
  explicit SourceBuffer(archive::ByteSource& source) : source_(source) {}

 protected:
  int_type underflow() override {
    const std::size_t n = source_.read(std::as_writable_bytes(std::span(buffer_)));
    if (n == 0) return traits_type::eof();
    setg(buffer_, buffer_, buffer_ + n);
    return traits_type::to_int_type(buffer_[0]);
  }

 private:
  archive::ByteSource& source_;
  char buffer_[64 * 1024];
};

/// Versions by "name:architecture".
using Versions = std::map<std::string, std::string, std::less<>>;

std::string key(std::string_view name, std::string_view architecture) {
  return std::string(name) + ":" + std::string(architecture);
}

/// Raises each version in `newest` that the index has a newer one of.
void read_index(const std::string& stored, Versions& newest) {
  archive::MemorySource memory{std::string_view(stored)};
  auto plain = archive::decompressed(memory, {.max_bytes = max_unpacked_bytes});
  SourceBuffer buffer(*plain);
  std::istream in(&buffer);
  in.exceptions(std::ios::badbit);  // what the decompressor throws is thrown on
  deb::StanzaReader reader(in, "Packages index");
  for (deb::Stanza stanza; reader.next(stanza);) {
    auto found = newest.find(key(stanza.get("Package"), stanza.get("Architecture")));
    if (found == newest.end()) continue;
    const auto version = stanza.get("Version");
    if (deb::valid_version(version) && deb::compare_versions(version, found->second) > 0) found->second = version;
  }
}

/// The form of an index to fetch: the smallest there is.
const deb::IndexFile* stored_form(const deb::InRelease& release, const std::string& path) {
  for (const char* ending : {".xz", ".gz", ""})
    if (const auto* file = release.find(path + ending)) return file;
  return nullptr;
}

std::string fetch_index(http::Transport& transport, const bom::Repository& repository, const deb::InRelease& release,
                        const deb::IndexFile& file, std::stop_token stop) {
  std::string directory = apt_line(repository).in_release_uri();
  directory.resize(directory.rfind('/') + 1);
  // By its hash it is there as long as this InRelease is, also while the archive is being updated.
  std::string path = file.path;
  if (release.acquire_by_hash) path = path.substr(0, path.rfind('/') + 1) + "by-hash/SHA256/" + file.sha256;
  if (file.size > max_index_bytes)
    throw base::Error(base::Kind::unsupported, base::quoted(file.path) + " of " + base::quoted(repository.uri) +
                                                   " has " + base::human_bytes(file.size) + ", at most " +
                                                   base::human_bytes(max_index_bytes) + " are read");
  std::string bytes = fetch(transport, directory + path, file.size, stop);
  if (base::sha256(bytes).hex() != file.sha256)
    throw base::Error(base::Kind::corrupt, base::quoted(file.path) + " of " + base::quoted(repository.uri) +
                                               " is not what its InRelease lists");
  return bytes;
}

/// "bookworm" of "bookworm-security": what one distribution's archives have in common.
std::string_view distribution(std::string_view codename) {
  codename = codename.substr(0, codename.find('-'));
  return codename.substr(0, codename.find('/'));
}

/// Why nothing that this file says is believed; "" if it may be.
std::string distrust(const bom::Repository& known, std::string_view text, const deb::InRelease& today) {
  if (deb::to_rfc3339(today.date) < known.date) return "is older than the one that the image was built from";
  if (today.valid_until && *today.valid_until < std::chrono::system_clock::now()) return "has run out";
  if (known.signatures.empty()) return "";
  std::vector<std::string> issuers;
  try {
    issuers = deb::signature_issuers(text);
  } catch (const base::Error& error) {
    return "cannot be trusted: " + error.message();
  }
  for (const auto& issuer : issuers)
    for (const auto& fingerprint : known.signatures)
      if (fingerprint.ends_with(issuer) || issuer.ends_with(fingerprint)) return "";
  return "is signed by none of the keys that signed the one that the image was built from";
}

/// The packages that apt would look for in repository number `at`, with the versions that the image has.
Versions candidates(const bom::Bill& bill, std::size_t at, bool automatic) {
  Versions out;
  const auto& repositories = bill.apt.repositories;
  for (const auto& package : bill.changeset.packages) {
    if (package.state == bom::files_only && package.location && !package.location->repository) continue;
    const auto own = package.location ? package.location->repository : std::nullopt;
    const bool same = own && *own < repositories.size() &&
                      distribution(repositories[*own].codename) == distribution(repositories[at].codename);
    if (own == at || (automatic && same)) out[key(package.name, package.architecture)] = package.version;
  }
  return out;
}

bool automatic(std::string_view in_release) { return in_release.find("\nNotAutomatic: yes") == std::string_view::npos; }

}  // namespace

std::string fetch_in_release(http::Transport& transport, const bom::Repository& repository, std::stop_token stop) {
  return fetch(transport, apt_line(repository).in_release_uri(), max_in_release_bytes, stop);
}

std::vector<Upgrade> upgrades_in(http::Transport& transport, const bom::Bill& bill, std::size_t at,
                                 std::string_view in_release, const std::function<void(std::string_view)>& log,
                                 std::stop_token stop) {
  const auto& repository = bill.apt.repositories.at(at);
  if (base::sha256(in_release).text() == repository.in_release_digest) return {};
  const auto today = deb::parse_in_release(in_release);
  if (const auto reason = distrust(repository, in_release, today); !reason.empty()) {
    log("nothing is believed of " + base::printable(repository.uri) + " " + base::printable(repository.suite) +
        ": its InRelease " + reason);
    return {};
  }
  const Versions had = candidates(bill, at, automatic(in_release));
  Versions newest = had;
  for (const auto& index : repository.indexes) {
    if (had.empty() || !index.path.ends_with("/Packages")) continue;
    const auto* plain = today.find(index.path);
    if (plain && "sha256:" + plain->sha256 == index.digest) continue;
    if (const auto* stored = stored_form(today, index.path))
      base::within("reading " + base::quoted(index.path) + " of " + base::quoted(repository.uri),
                   [&] { read_index(fetch_index(transport, repository, today, *stored, stop), newest); });
  }
  std::vector<Upgrade> out;
  for (const auto& [package, version] : newest)
    if (version != had.find(package)->second) out.push_back({package.substr(0, package.rfind(':')), version});
  return out;
}

}  // namespace check
