#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/decode.h"

namespace resource {

/// What Concourse hands to the three commands, decoded strictly: an unknown field is an error, absent and null are the
/// same. Passwords, keys and tokens are made known to base::redactor() as they are read. All throw Kind::invalid.

struct RegistryMirror {
  std::string host, username, password;
};

struct PlatformChoice {
  std::string architecture, os;
};

struct Aws {
  std::string access_key_id, secret_access_key, session_token, region, role_arn, account_id;
  std::vector<std::string> role_arns;
};

struct Azure {
  bool acr = false;
  std::string client_id, tenant_id, environment;
};

/// `source.cosign`: key pairs as `cosign generate-key-pair` makes them.
struct Cosign {
  std::string public_key;             ///< PEM; "" if nothing is verified
  std::string private_key, password;  ///< PEM, encrypted or not; "" if nothing is signed
};

/// One engine of `source.buildkit`.
struct EngineAddress {
  std::string address;                 ///< unix://, tcp://, docker://
  std::uint32_t weight = 1;            ///< its share of the repositories; 0: only when all others are gone
  std::vector<std::string> platforms;  ///< that it builds for; empty: all
  std::string ca_cert, cert, key;      ///< PEM; those of `source.buildkit` unless it has its own
};

/// `source.buildkit`: the engines that `out` can build with.
struct BuildkitSource {
  std::vector<EngineAddress> addresses;  ///< empty: an engine of our own
  std::string config;                    ///< for that one: the text of a buildkitd.toml
  bool push_from_client = false;         ///< the engine hands images to us, who push them
  json::Value cache;                     ///< where layers are kept beside the engine, not yet decoded; null if nowhere
};

/// `source`: every field of registry-image, and ours.
struct Source {
  std::string repository;
  std::optional<std::string> tag;
  std::optional<std::string> tag_regex;
  bool created_at_sort = false;
  std::string variant;
  std::string semver_constraint;
  bool pre_releases = false;
  std::vector<std::string> pre_release_prefixes;
  bool immutable_tags = false;          ///< check need not ask twice about a tag
  bool platform_digest = false;         ///< check reports the platform's image instead of the index
  bool detect_rollbacks = false;        ///< each move of the tag is a version, one to an older digest too
  std::vector<std::string> rebuild_on;  ///< base, packages: versions say that the tag's image should be built again
  std::string username, password;
  bool insecure = false;
  std::vector<std::string> ca_certs;  ///< PEM
  std::string client_cert, client_key;
  std::optional<RegistryMirror> registry_mirror;
  std::optional<PlatformChoice> platform;
  std::string label_regex, annotation_regex;
  bool debug = false;
  bool has_content_trust = false;  ///< Notary v1: read, warned about, not acted on
  Aws aws;
  Azure azure;
  std::string google_key;        ///< a service account's key file
  bool google_metadata = false;  ///< this machine's account
  Cosign cosign;
  BuildkitSource buildkit;
  json::Value policy;  ///< as in a recipe's `policy` block, not yet decoded; null if none

  static Source decode(json::Object object);
};

struct Version {
  std::string tag, digest;
  /// With detect_rollbacks, when the tag was seen to have that digest: Concourse takes a version for news only if it
  /// has never seen one like it. "" otherwise.
  std::string seen = {};
  /// With rebuild_on, why the image should be built again; "" otherwise.
  std::string drift = {};

  bool operator==(const Version&) const = default;
};

/// `now` as Version::seen has it, RFC 3339 in UTC.
std::string seen_at(std::chrono::sys_seconds now);

struct CheckRequest {
  Source source;
  std::optional<Version> version;
};

struct GetParams {
  std::string format = "rootfs";  ///< rootfs, oci, oci-layout
  bool skip_download = false;
  std::optional<PlatformChoice> platform;
  std::string bom = "optional";  ///< required, optional, only, skip
};

struct InRequest {
  Source source;
  Version version;
  GetParams params;
};

/// Where a secret or an ssh key for Dockerfile steps comes from: just one of these is filled.
struct StepSecret {
  std::optional<std::string> value;
  std::string file;  ///< below the inputs
  std::string env;   ///< a variable of the container's environment
};

struct PutParams {
  // built from a recipe
  std::string context;  ///< a directory below the inputs; "." when absent
  std::string file;     ///< the recipe, relative to the context; "estaleiro.hcl" when absent
  std::map<std::string, std::string> vars;
  std::map<std::string, std::string> contexts;  ///< images and directories below the inputs, by what they stand for
  std::vector<std::string> platforms;           ///< "linux/arm64"; with several, what is pushed is an index
  std::vector<std::string> locks;  ///< earlier bills, below the inputs: builds from them without resolving anything
  bool keep_inputs = false;        ///< stores the packages beside the image, for later locks
  std::map<std::string, StepSecret> secrets;  ///< by the id that `RUN --mount=type=secret` names
  std::map<std::string, StepSecret> ssh;      ///< private keys, by the id that `RUN --mount=type=ssh` names
  bool sbom = false;                          ///< the bill as BuildKit's attestation, so that the tag names an index
  bool bom_label = false;                     ///< the image's config names the bill's digest
  std::vector<std::string> vars_files;  ///< YAML or JSON maps, below the inputs; later ones win, `vars` wins over all
  json::Value cache, cache_from, cache_to;  ///< not yet decoded; null if not given
  // built elsewhere
  std::string image;
  // tags
  std::string version;
  bool bump_aliases = false;
  std::string additional_tags;  ///< path of a file with tags, below the inputs
  std::string tag_prefix;
};

struct OutRequest {
  Source source;
  PutParams params;
};

CheckRequest decode_check(std::string_view text);
InRequest decode_in(std::string_view text);
OutRequest decode_out(std::string_view text);

}  // namespace resource
