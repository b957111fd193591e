#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/error.h"
#include "core/hcl/diagnostics.h"
#include "core/hcl/source.h"
#include "core/recipe/policy.h"
#include "core/recipe/value.h"
#include "core/recipe/variables.h"

/// What an estaleiro.hcl means: typed, defaults filled in, every value with its place, every rule checked.
///
///     auto file = hcl::File::make("estaleiro.hcl", text);
///     hcl::Diagnostics problems;
///     recipe::Recipe recipe = recipe::load(file, variables, problems);   // all problems at once
///     recipe::Recipe recipe = recipe::load(file, variables);  // or thrown, as one base::Error
///
/// An optional or empty member of Image means: as in the base image. Strings are UTF-8 without NUL and newlines, at
/// most max_text bytes.
namespace recipe {

inline constexpr std::size_t max_text = 4096;  ///< bytes of one string; commands and env values: max_long_text
inline constexpr std::size_t max_long_text = 128 * 1024;  ///< what one argument of execve may have

/// Where source code is kept: `vcs "git" { repository ref }`. Both trimmed, neither empty.
struct Vcs {
  Text kind;  ///< "git"
  Text repository;
  Text ref;
  hcl::Range range;  ///< the block's header
  /// Whether `ref` is a commit (40 or 64 hex digits), so cannot move.
  bool pinned() const;
};

/// `source_file "PATTERN" { vcs }`: the files that match come from there.
struct SourceFile {
  Text pattern;  ///< of matches()
  Vcs vcs;
};

/// `step "NAME"`: a Dockerfile that files are taken from.
struct Step {
  enum class Network { default_, none, host };
  Text name;
  Text dockerfile;                ///< path in the build context, clean and relative: "Dockerfile", "images/Dockerfile"
  std::optional<Text> target;     ///< absent: the last stage
  Text context;                   ///< directory in the build context, clean; "." for all of it
  std::vector<Entry> build_args;  ///< in the recipe's order
  std::optional<Text> platform;   ///< "linux/amd64"; absent: the image's
  std::vector<Text> secrets;      ///< ids that RUN --mount=type=secret may ask for
  std::vector<Text> ssh;          ///< ids of agents that RUN --mount=type=ssh may ask for
  Placed<Network> network;
  std::vector<SourceFile> source_files;
  hcl::Range range;  ///< the block's header
  bool used = false;
};

/// `tarball "PATH"`: an archive in the build context that files are taken from.
struct Tarball {
  Text path;  ///< in the build context, clean and relative
  std::vector<SourceFile> source_files;
  hcl::Range range;
  bool used = false;
};

struct FromStep {
  Text step;
  std::size_t index;  ///< in Recipe::steps
  Text path;          ///< in the step's tree, absolute and clean
};
struct FromTarball {
  Text tarball;
  std::size_t index;  ///< in Recipe::tarballs
  Text path;          ///< the member as written, less a leading "./" and a trailing '/'
};
struct FromContext {
  Text path;  ///< in the build context, clean and relative
};
struct FromImage {
  Text reference;  ///< canonical: "docker.io/library/busybox:1.36"
  Text path;       ///< absolute and clean
};
struct FromGit {
  Text repository;
  Text ref;
  Text path;  ///< clean and relative
};
struct FromUrl {
  Text uri;     ///< http or https
  Text digest;  ///< "sha256:…"
};
struct FromPackage {
  Text name;
  std::optional<Text> version;
  std::optional<Text> image;  ///< canonical reference of the Debian that is asked; absent: the base image
  Text path;                  ///< in the package, absolute and clean
};
using Origin = std::variant<FromStep, FromTarball, FromContext, FromImage, FromGit, FromUrl, FromPackage>;

struct Owner {
  std::string user;   ///< name or number
  std::string group;  ///< name or number; empty when only the user is given
};

/// `file "/DEST"`: one file of the image, or with "/DEST/" a whole directory, copied with what is in it.
struct File {
  Text destination;  ///< absolute and clean: no "..", no '/' at its end
  bool directory = false;
  Origin origin;
  hcl::Range origin_range;        ///< the header of the from_… block
  std::optional<Vcs> provenance;  ///< of the matching source_file, or the block's own `vcs`; always there for
                                  ///< from_step, from_tarball, from_context and from_git
  std::optional<Placed<std::uint32_t>> mode;  ///< permission bits with set-uid & co.; absent: as in the origin
  std::optional<Placed<Owner>> owner;         ///< absent: root
  hcl::Range range;                           ///< the block's header
};

struct Package {
  Text name;  ///< "jq" or "jq:arm64"
  std::optional<Text> version;
  std::optional<Vcs> vcs;  ///< where the source is when no deb-src has it
  hcl::Range range;
};

/// A key that signs a repository of the same apt block.
struct Key {
  Text name;
  Text uri;                    ///< http or https
  std::optional<Text> digest;  ///< "sha256:…"; absent: whatever is served is trusted
  hcl::Range range;
};

/// In a repository's line: the moment of the block's `snapshot`.
inline constexpr std::string_view snapshot_mark = "@SNAPSHOTID@";

/// One `apt` block. All blocks are one transaction; membership decides the pins.
struct Apt {
  enum class SourcePolicy {
    declared,  ///< a source package in a deb-src, or the package's `vcs`
    archive,   ///< a source package in a deb-src, nothing else
  };
  /// When the archives are asked what is new, from the least eager on.
  enum class Refresh {
    never,    ///< what an earlier build resolved stands until recipe or base change
    changed,  ///< when one of the archives has changed since
    always,
  };
  std::vector<Text> repositories;  ///< one-line entries, blanks normalised
  std::vector<Key> keys;
  std::vector<Package> packages;
  Placed<bool> recommends;
  Placed<bool> observe;          ///< watch which package makes what, for the bill
  std::optional<Text> snapshot;  ///< "20240131T235959Z": the archive as it was then; a line has snapshot_mark for it
  Placed<SourcePolicy> source_policy;
  Placed<Refresh> refresh;
  hcl::Range range;
};

/// Image config's Healthcheck (image-spec extension of Docker's). An absent time is the engine's default.
struct Healthcheck {
  std::vector<std::string> test;  ///< {"NONE"}, {"CMD", argument…} or {"CMD-SHELL", line}
  std::optional<std::chrono::nanoseconds> interval, timeout, start_period, start_interval;
  std::optional<int> retries;
};

struct Image {
  Text name;  ///< label of the block, as written
  Text base;  ///< canonical reference, or "scratch"
  bool scratch = false;
  std::vector<Apt> apt;
  std::vector<File> files;                                     ///< in the recipe's order
  std::vector<Entry> env;                                      ///< in the recipe's order, to be merged over the base's
  std::optional<Placed<std::vector<std::string>>> cmd;         ///< an empty list resets the base's
  std::optional<Placed<std::vector<std::string>>> entrypoint;  ///< likewise
  std::vector<Text> volumes;                                   ///< absolute and clean; added to the base's
  std::optional<Text> stopsignal;                              ///< "SIGTERM", "SIGRTMIN+3" or a number
  std::optional<Text> user;                                    ///< "name", "1000:1000"
  std::optional<Text> workdir;                                 ///< absolute and clean
  std::vector<Entry> labels;
  std::vector<Entry> annotations;
  std::vector<Text> exposed_ports;  ///< "8080/tcp"; added to the base's
  std::optional<Placed<Healthcheck>> healthcheck;
  std::optional<Placed<std::vector<std::string>>> shell;
  std::vector<Text> platforms;  ///< "linux/arm64"; empty: the lock's, else the caller's own
  hcl::Range range;
};

/// A variable that the recipe used, and what it was.
struct UsedVariable {
  std::string name, value, origin;  ///< origin "default" for a `variable` block's
};

struct Recipe {
  Image image;
  std::vector<Step> steps;
  std::vector<Tarball> tarballs;
  Policy policy;
  std::vector<UsedVariable> variables;    ///< sorted by name
  std::shared_ptr<const hcl::File> file;  ///< what every range points into
};

/// Decodes and checks. Adds every problem to `diagnostics`, warnings included; with errors among them the result is
/// what could be understood and must not be built. `diagnostics` borrows the file. Time and memory are bounded by hcl's
/// evaluation limits.
Recipe load(std::shared_ptr<const hcl::File> file, const Variables& given, hcl::Diagnostics& diagnostics);

/// The same from text; `file_name` is what messages call it. `diagnostics` borrows the file that the result owns.
Recipe load(std::string text, std::string file_name, const Variables& given, hcl::Diagnostics& diagnostics);

/// The same; errors are thrown as one base::Error (invalid) that shows every one of them. Warnings are dropped.
Recipe load(std::shared_ptr<const hcl::File> file, const Variables& given);

/// Adds an error for each row of `policy` that the recipe alone shows to be broken (load does it with the recipe's
/// own). `whose` says in messages where the policy comes from: "the recipe's policy", "source.policy".
void check_policy(const Recipe& recipe, const Policy& policy, std::string_view whose, hcl::Diagnostics& diagnostics);

/// Whether `uri` fits a pattern of Policy::allowed_repositories: '*' is any run of characters, all else is literal.
bool uri_matches(std::string_view pattern, std::string_view uri);

/// An error about a place in the recipe, with its excerpt: for what shows only while building.
base::Error error_at(const Recipe& recipe, const hcl::Range& range, std::string message,
                     base::Kind kind = base::Kind::invalid);

/// The first of `files` whose pattern matches `path`, or null.
const SourceFile* find_source(const std::vector<SourceFile>& files, std::string_view path);

/// Go's filepath.Match over the whole of `text`: '*' any run without '/', '?' one character but '/', [a-z] and [^a-z]
/// sets, '\' takes the next literally. False for a malformed pattern; linear memory, no exponential time.
bool matches(std::string_view pattern, std::string_view text);

/// Why `pattern` is malformed, or "".
std::string pattern_problem(std::string_view pattern);

}  // namespace recipe
