#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/deb/source_name.h"

namespace bom {

// The bill of materials as a value: docs/bom.md says what each field means and where it comes from. Fields that the
// announcement's format lacks are marked "+"; an empty one is not written. Digests are "algorithm:hex"; those that this
// project makes are sha256.

/// A place in a version-control system.
struct Git {
  std::string repository_uri;
  std::string ref;
  bool operator==(const Git&) const = default;
};

/// One file of a source package, as the archive serves it.
struct SourceFile {
  std::string uri;
  std::string digest;
  std::string name;
  std::optional<std::uint64_t> size;  ///< + bytes
  bool operator==(const SourceFile&) const = default;
};

using Source = std::variant<SourceFile, Git>;

/// Where a .deb was fetched from.
struct Location {
  std::string uri;  ///< as it was fetched
  std::string digest;
  std::string name;                       ///< cache file name: epoch kept, ':' as %3a
  std::optional<std::uint64_t> size;      ///< + bytes
  std::string sha1;                       ///< + hex: archives of old packages are keyed by it
  std::optional<std::size_t> repository;  ///< + index into Apt::repositories
  bool operator==(const Location&) const = default;
};

struct Package {
  std::string name;
  std::string version;
  std::string source_package;  ///< name part of "Source:", "" when it is absent (then the same as name)
  std::string architecture;
  std::optional<Location> location;          ///< always there in the changeset
  std::vector<Source> sources;               ///< the .dsc first; never empty in the changeset
  deb::SourceName source;                    ///< + always filled by this project
  std::string state;                         ///< + dpkg's word unless "installed": "half-installed"
  std::string replaces;                      ///< + the version that stood in the base, for an upgrade or downgrade
  std::optional<bool> requested;             ///< + whether the recipe names it; changeset only
  std::vector<std::string> requested_by;     ///< + names from a requested package to this one, both included
  std::vector<deb::SourceName> built_using;  ///< + further sources that went into the binary
  std::string license;                       ///< + SPDX expression as declared by the source's copyright file
  bool operator==(const Package&) const = default;
};

/// A file that came out of a tarball of the build context.
struct TarballOrigin {
  std::string tarball;  ///< path in the context
  std::string digest;   ///< of the tarball
  std::string member;   ///< path inside
  bool operator==(const TarballOrigin&) const = default;
};

/// A file that came out of a Dockerfile step.
struct StepOrigin {
  std::string step;
  std::string dockerfile;         ///< path in the context
  std::string dockerfile_digest;  ///< of its bytes
  std::string target;             ///< stage; "" for the last
  std::string path;               ///< path in the step's image
  bool operator==(const StepOrigin&) const = default;
};

/// A file that came from elsewhere, as it is.
struct OtherOrigin {
  std::string kind;    ///< "context", "image", "git", "url" or "package"
  std::string name;    ///< path in the context, reference with digest, "REPOSITORY#REF", URI, "NAME=VERSION"
  std::string digest;  ///< of the image, of what the URI gave, of the .deb; "" for the others
  std::string path;    ///< in it; "" where it is the file itself
  bool operator==(const OtherOrigin&) const = default;
};

using Origin = std::variant<std::monostate, TarballOrigin, StepOrigin, OtherOrigin>;

struct File {
  std::string path;              ///< absolute, cleaned, in the final tree
  std::string digest;            ///< of the bytes in the final tree; "" only in bills of others
  std::optional<Git> source;     ///< always there in bills of this project
  std::optional<unsigned> mode;  ///< + permission bits, at most 07777
  Origin origin;                 ///< +
  bool operator==(const File&) const = default;
};

struct BaseImage {
  std::string canonical_name;  ///< registry/repository:tag@sha256:…, defaults written out; "scratch"
  std::string os;              ///< ID of os-release, "" if absent; likewise the next two
  std::string version;
  std::string codename;
  std::vector<Package> packages;  ///< all that the base has installed, before any change
  std::string manifest_digest;    ///< + of the platform's manifest, where canonical_name has an index's
  bool operator==(const BaseImage&) const = default;
};

/// What the build took away from the base.
struct Removed {
  std::vector<Package> packages;   ///< name, version, architecture, source
  std::vector<std::string> paths;  ///< absolute; a directory stands for all below
  std::vector<std::string> fresh;  ///< made anew by each installation, so taken out of it: host keys and the like
  bool empty() const { return packages.empty() && paths.empty() && fresh.empty(); }
  bool operator==(const Removed&) const = default;
};

struct Changeset {
  std::vector<File> files;
  std::vector<Package> packages;
  Removed removed;  ///< +
  bool operator==(const Changeset&) const = default;
};

/// + The image that the bill speaks of.
struct Image {
  std::string digest;    ///< "" in a bill that is hashed into what it describes
  std::string platform;  ///< "linux/amd64"
  std::string created;   ///< RFC 3339, the build's epoch
  bool empty() const { return digest.empty() && platform.empty() && created.empty(); }
  bool operator==(const Image&) const = default;
};

/// + One index that packages were resolved from; it stands in InRelease.
struct RepositoryIndex {
  std::string path;
  std::uint64_t size = 0;
  std::string digest;
  bool operator==(const RepositoryIndex&) const = default;
};

/// + One archive and the state that it was in.
struct Repository {
  std::string uri;
  std::string suite;
  std::vector<std::string> components;
  std::string codename;
  std::string date;                     ///< RFC 3339, when the archive was published; likewise:
  std::string valid_until;              ///< "" if it has no end
  std::string in_release_digest;        ///< sha256 of the InRelease file
  std::vector<std::string> signatures;  ///< fingerprints of the good ones
  std::vector<RepositoryIndex> indexes;
  bool operator==(const Repository&) const = default;
};

/// + A key that the recipe brought along.
struct Key {
  std::string name;
  std::string uri;
  std::string digest;  ///< of the key file
  std::vector<std::string> fingerprints;
  std::vector<std::string> user_ids;
  bool operator==(const Key&) const = default;
};

struct Apt {
  std::vector<Repository> repositories;
  std::vector<Key> keys;
  bool empty() const { return repositories.empty() && keys.empty(); }
  bool operator==(const Apt&) const = default;
};

/// + How the paths of the image are accounted for. "Changed" are those in the layers that this build made.
struct Coverage {
  struct Kind {
    std::string name;
    std::uint64_t paths = 0;
    std::uint64_t changed = 0;
    bool operator==(const Kind&) const = default;
  };
  struct Generated {
    std::string path;
    std::vector<std::string> by;  ///< packages; empty unless observed
    bool operator==(const Generated&) const = default;
  };
  std::uint64_t paths = 0;
  std::uint64_t changed = 0;
  std::uint64_t verified = 0;  ///< files whose bytes are those that their package brought
  bool observed = false;       ///< whether it was watched which package made what
  std::vector<Kind> kinds;
  std::vector<Generated> generated;      ///< changed paths that no package lists
  std::vector<std::string> altered;      ///< files that a package lists, with other bytes
  std::vector<std::string> residue;      ///< paths of the base that nothing accounts for
  std::vector<std::string> unexplained;  ///< the same of changed ones
  std::vector<std::string> set_id;       ///< files with the set-user-id or set-group-id bit
  bool operator==(const Coverage&) const = default;
};

/// + A licence that SPDX's list does not have, by the name that packages' licences use.
struct LicenseText {
  std::string id;  ///< "LicenseRef-…"
  std::string text;
  bool operator==(const LicenseText&) const = default;
};

struct Bill {
  std::string product_name;
  std::string protocol;  ///< as read; the writers decide themselves
  BaseImage base_image;
  Changeset changeset;
  Image image;                        ///< +
  Apt apt;                            ///< +
  std::optional<Coverage> coverage;   ///< +
  std::vector<LicenseText> licenses;  ///< +
  bool operator==(const Bill&) const = default;
};

/// Puts every list into the order of the format: packages by (name, architecture, version by Debian's rules), files
/// and removed paths by path, the rest of the lists as they are. Writers expect a sorted bill.
void sort(Bill& bill);

/// Whether `text` is "algorithm:hex" with md5, sha1, sha256 or sha512 and the length that belongs to it.
bool valid_digest(std::string_view text);

}  // namespace bom
