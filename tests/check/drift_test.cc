#include <doctest/doctest.h>

#include <chrono>
#include <map>

#include "check/archive_upgrades.h"
#include "core/archive/gzip_writer.h"
#include "core/bom/yaml_writer.h"
#include "core/deb/in_release.h"
#include "core/deb/openpgp.h"
#include "core/http/curl.h"
#include "core/remote/bill_artifact.h"
#include "tests/check/fixture.h"
#include "tests/support/error_text.h"
#include "tests/support/http_server.h"

// source.rebuild_on: what a bill, the base's registry and the archives of today say of an image.

namespace {

using Strings = std::vector<std::string>;

std::string stanza(const std::string& name, const std::string& version, const std::string& architecture = "amd64") {
  return "Package: " + name + "\nVersion: " + version + "\nArchitecture: " + architecture + "\n\n";
}

std::string release_date(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  const char* const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[64];
  std::snprintf(text, sizeof text, "Mon, %02u %s %04d 00:00:00 UTC", static_cast<unsigned>(date.day()),
                months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()));
  return text;
}

/// One of Debian's own.
std::string real_in_release() {
  return base::read_file(std::filesystem::path(TEST_DATA).parent_path() / "deb/InRelease-bookworm-security", 1 << 20);
}

/// An archive of Debian's with one suite, whose state a test changes.
class Archive {
 public:
  std::string packages = stanza("jq", "1.6-1");
  std::string date = "Sat, 11 May 2024 00:00:00 UTC";
  std::string more;               ///< further fields of its Release file
  bool signed_by_debian = false;  ///< it carries a signature of Debian's, of another file
  bool damaged = false;           ///< the index is another than InRelease lists
  std::string codename = "bookworm";

  Archive()
      : server_([this](const support::HttpRequest& request, support::Wire& wire) {
          const std::string directory = "/debian/dists/" + suite + "/";
          if (request.path() == directory + "InRelease") return wire.reply(200, in_release());
          if (request.path() ==
              directory + "main/binary-amd64/by-hash/SHA256/" + std::string(base::sha256(stored()).hex()))
            return wire.reply(200, damaged ? std::string(stored().size(), 'x') : stored());
          wire.reply(404);
        }) {}

  std::string in_release() const {
    const auto line = [](const std::string& bytes, const std::string& path) {
      return " " + std::string(base::sha256(bytes).hex()) + " " + std::to_string(bytes.size()) + " " + path + "\n";
    };
    const std::string text =
        "Origin: Debian\nSuite: stable\nCodename: " + codename + "\nDate: " + date + "\nAcquire-By-Hash: yes\n" + more +
        "SHA256:\n" + line(packages, "main/binary-amd64/Packages") + line(stored(), "main/binary-amd64/Packages.gz");
    if (!signed_by_debian) return text;
    const auto real = real_in_release();
    return "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" + text +
           real.substr(real.find("-----BEGIN PGP SIGNATURE"));
  }
  std::string stored() const { return archive::gzip(packages); }
  std::string uri() const { return server_.url("/debian"); }
  Strings requests() const { return server_.request_lines(); }

  /// As a bill records it.
  bom::Repository recorded() const {
    bom::Repository out{.uri = uri(), .suite = suite, .components = {"main"}, .codename = codename};
    out.date = deb::to_rfc3339(deb::parse_in_release(in_release()).date);
    out.in_release_digest = base::sha256(in_release()).text();
    out.indexes = {{"main/binary-amd64/Packages", packages.size(), base::sha256(packages).text()}};
    return out;
  }

  std::string suite = "bookworm";

 private:
  support::HttpServer server_;
};

bom::Package installed(const std::string& name, const std::string& version, std::size_t repository = 0) {
  bom::Package out{.name = name, .version = version, .architecture = "amd64"};
  out.location = bom::Location{
      .uri = "http://deb.example/" + name + ".deb", .digest = "sha256:" + std::string(64, '2'), .name = name + ".deb"};
  out.location->repository = repository;
  out.sources = {bom::Git{"https://git.example/x", "1"}};
  return out;
}

bom::Bill bill_of(const std::vector<const Archive*>& archives, std::vector<bom::Package> packages) {
  bom::Bill out;
  out.product_name = "x";
  out.base_image.canonical_name = "scratch";
  out.changeset.packages = std::move(packages);
  out.image.digest = "sha256:" + std::string(64, '1');
  out.image.platform = "linux/amd64";
  for (const auto* archive : archives) out.apt.repositories.push_back(archive->recorded());
  return out;
}

struct Looked {
  Strings upgrades, log;
};

Looked look(const bom::Bill& bill, std::size_t repository = 0) {
  Looked out;
  http::Curl transport;
  const auto in_release = check::fetch_in_release(transport, bill.apt.repositories.at(repository), {});
  for (const auto& [name, version] : check::upgrades_in(transport, bill, repository, in_release,
                                                        [&](std::string_view line) { out.log.emplace_back(line); }, {}))
    out.upgrades.push_back(name + " " + version);
  return out;
}

}  // namespace

TEST_CASE("an archive that is as the bill has it is asked for its InRelease alone") {
  Archive archive;
  const auto bill = bill_of({&archive}, {installed("jq", "1.6-1")});
  CHECK(look(bill).upgrades.empty());
  CHECK(archive.requests() == Strings{"GET /debian/dists/bookworm/InRelease"});
}

TEST_CASE("a newer version of an installed package is an upgrade, by Debian's order of versions") {
  Archive archive;
  const auto bill =
      bill_of({&archive}, {installed("git", "1:2.39-1"), installed("jq", "1.6-1"), installed("vim", "2:9-1")});
  archive.packages = stanza("git", "1:2.39-1") + stanza("jq", "1.6-1+deb12u1") + stanza("jq", "1.6-1+deb12u2") +
                     stanza("jq", "1.6-1~bpo") + stanza("vim", "2:8-1") + stanza("other", "9");
  CHECK(look(bill).upgrades == Strings{"jq 1.6-1+deb12u2"});
  archive.packages += stanza("vim", "3:1", "arm64");
  CHECK(look(bill).upgrades == Strings{"jq 1.6-1+deb12u2"});
}

TEST_CASE("another suite of the same distribution counts, what apt would not take by itself does not") {
  Archive archive, other;
  other.suite = other.codename = "bookworm-security";
  const auto bill = bill_of({&archive, &other}, {installed("jq", "1.6-1", 0)});
  other.packages = stanza("jq", "1.6-1+deb12u1");
  CHECK(look(bill, 1).upgrades == Strings{"jq 1.6-1+deb12u1"});
  other.more = "NotAutomatic: yes\n";
  CHECK(look(bill, 1).upgrades.empty());
}

TEST_CASE("an archive of another distribution counts for its own packages only") {
  Archive archive, vendor;
  vendor.codename = "any";
  const auto bill = bill_of({&archive, &vendor}, {installed("jq", "1.6-1", 0), installed("tool", "1", 1)});
  vendor.packages = stanza("jq", "9") + stanza("tool", "2");
  CHECK(look(bill, 1).upgrades == Strings{"tool 2"});
}

TEST_CASE("nothing is believed of an InRelease that is older, has run out, or is signed by nobody known") {
  Archive archive;
  auto bill = bill_of({&archive}, {installed("jq", "1.6-1")});
  archive.packages = stanza("jq", "2");
  const std::string prefix = "nothing is believed of " + archive.uri() + " bookworm: its InRelease ";
  archive.date = "Fri, 10 May 2024 00:00:00 UTC";
  auto looked = look(bill);
  CHECK(looked.upgrades.empty());
  CHECK(looked.log == Strings{prefix + "is older than the one that the image was built from"});

  archive.date = release_date(std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
  archive.more = "Valid-Until: Sun, 12 May 2024 00:00:00 UTC\n";
  CHECK(look(bill).log == Strings{prefix + "has run out"});

  archive.more.clear();
  CHECK(look(bill).upgrades == Strings{"jq 2"});
  bill.apt.repositories[0].signatures = {std::string(40, 'A')};
  CHECK(look(bill).log == Strings{prefix + "cannot be trusted: OpenPGP data is broken: there is no signature"});
  archive.signed_by_debian = true;
  looked = look(bill);
  CHECK(looked.upgrades.empty());
  CHECK(looked.log ==
        Strings{prefix + "is signed by none of the keys that signed the one that the image was built from"});
  // Who says to have signed it is believed for the purpose: what follows is a build, which verifies.
  bill.apt.repositories[0].signatures = {deb::signature_issuers(real_in_release()).front()};
  CHECK(look(bill).upgrades == Strings{"jq 2"});
}

TEST_CASE("an index that is not what InRelease lists, or gone, is an error") {
  Archive archive;
  const auto bill = bill_of({&archive}, {installed("jq", "1.6-1")});
  archive.packages = stanza("jq", "2");
  archive.damaged = true;
  CHECK(support::error_text([&] { look(bill); }) ==
        "'main/binary-amd64/Packages.gz' of '" + archive.uri() + "' is not what its InRelease lists\n" +
            "  while reading 'main/binary-amd64/Packages' of '" + archive.uri() + "'");
  Archive gone;
  auto missing = bill_of({&gone}, {installed("jq", "1.6-1")});
  missing.apt.repositories[0].suite = "nowhere";
  CHECK(support::error_text([&] { look(missing); }) == gone.uri() + "/dists/nowhere/InRelease answers 404");
}

namespace {

/// An image at the tag "latest" with its bill beside it.
std::string push_with_bill(support::Images& images, const std::string& letter, bom::Bill bill) {
  const auto image = images.make(letter);
  const auto digest = images.push("latest", image);
  bill.image.digest = digest;
  bom::sort(bill);
  images.refer(image, std::string(remote::bill_media_type), bom::to_yaml(bill));
  return digest;
}

json::Ordered drift_source(const support::Images& images, const Strings& what = {"base", "packages"}) {
  return {{"repository", images.text()}, {"tag", "latest"}, {"insecure", true}, {"rebuild_on", what}};
}

}  // namespace

TEST_CASE("an image whose archive has moved on is a version that says why, and the same one until more happens") {
  support::OwnCache cache;
  support::DockerRegistry registry;
  support::Images images(registry.host(), "team/app");
  Archive archive;
  const auto digest = push_with_bill(images, "a", bill_of({&archive}, {installed("jq", "1.6-1")}));
  CHECK(support::check(drift_source(images)) == "[]\n");

  archive.packages = stanza("jq", "1.6-2");
  const std::string first = "[{\"tag\":\"latest\",\"digest\":\"" + digest + "\",\"drift\":\"jq 1.6-2\"}]\n";
  CHECK(support::check(drift_source(images)) == first);
  const auto before = archive.requests().size();
  CHECK(support::check(drift_source(images), json::Ordered::parse(first)[0]) == first);
  CHECK(archive.requests().size() == before + 1);  // InRelease alone: what its indexes say is remembered

  archive.packages = stanza("jq", "1.6-3");
  CHECK(support::check(drift_source(images), json::Ordered::parse(first)[0]) ==
        "[{\"tag\":\"latest\",\"digest\":\"" + digest + "\",\"drift\":\"jq 1.6-3\"}]\n");
  // Built again, nothing is to be done: the version that is known stays.
  push_with_bill(images, "b", bill_of({&archive}, {installed("jq", "1.6-3")}));
  CHECK(support::check(drift_source(images), json::Ordered::parse(first)[0]) == first);
  CHECK(support::check(drift_source(images, {"base"})) == "[]\n");
}

TEST_CASE("a base that has moved is a reason, unless it is the same for this platform") {
  support::OwnCache cache;
  support::DockerRegistry registry;
  support::Images images(registry.host(), "team/app"), bases(registry.host(), "library/debian");
  const auto old_base = bases.make("old");
  const auto old_digest = bases.push("bookworm", old_base);
  auto bill = bill_of({}, {});
  bill.base_image.canonical_name = bases.text() + ":bookworm@" + old_digest;
  const auto digest = push_with_bill(images, "a", bill);
  CHECK(support::check(drift_source(images)) == "[]\n");

  const auto new_digest = bases.push("bookworm", "new");
  CHECK(support::check(drift_source(images)) == "[{\"tag\":\"latest\",\"digest\":\"" + digest + "\",\"drift\":\"base " +
                                                    bases.text() + ":bookworm " + new_digest.substr(0, 19) + "\"}]\n");
  CHECK(support::check(drift_source(images, {"packages"})) == "[]\n");

  bases.push(old_base);
  oci::Index index{.media_type = std::string(oci::media_type::index), .manifests = {old_base.descriptor()}};
  index.manifests[0].platform = name::Platform::parse("linux/amd64");
  bases.push("bookworm", oci::write(index));
  bill.base_image.manifest_digest = old_digest;
  push_with_bill(images, "b", bill);
  CHECK(support::check(drift_source(images)) == "[]\n");
}

TEST_CASE("an image without a bill cannot be compared, and rebuild_on wants a tag and words that it knows") {
  support::OwnCache cache;
  support::DockerRegistry registry;
  support::Images images(registry.host(), "team/app");
  CHECK(support::check(drift_source(images)) == "[]\n");
  const auto digest = images.push("latest", "a");
  CHECK(support::error_text([&] { support::check(drift_source(images)); }) ==
        "image " + digest +
            " has no bill of materials\n"
            "  fix: source.rebuild_on compares an image with its bill: build it with a put of this resource type");
  auto source = drift_source(images, {"tools"});
  CHECK(support::error_text([&] { support::check(source); }) ==
        "source.rebuild_on has 'tools', 'base' and 'packages' are there");
  source = drift_source(images);
  source.erase("tag");
  CHECK(support::error_text([&] { support::check(source); }) ==
        "source.rebuild_on needs tag: the image that it names is looked at");
}
