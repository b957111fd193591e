#include "core/resource/request.h"

#include <ctime>

#include "core/base/error.h"
#include "core/base/redactor.h"
#include "core/base/text.h"

namespace resource {
namespace {

std::string text(json::Object& object, std::string_view key) { return object.string(key).value_or(""); }

std::string secret(json::Object& object, std::string_view key) {
  std::string value = text(object, key);
  base::redactor().add(value);
  return value;
}

bool flag(json::Object& object, std::string_view key) { return object.boolean(key).value_or(false); }

std::optional<PlatformChoice> decode_platform(json::Object& parent) {
  auto object = parent.object("platform");
  if (!object) return std::nullopt;
  PlatformChoice out{text(*object, "architecture"), text(*object, "os")};
  object->finish();
  return out;
}

/// PEM comes as one text or as a list of texts.
std::vector<std::string> decode_certificates(json::Object& object, std::string_view key) {
  if (object.raw(key).is_string()) return {object.raw(key).get<std::string>()};
  return object.strings(key);
}

Aws decode_aws(json::Object& object) {
  Aws aws;
  aws.access_key_id = text(object, "aws_access_key_id");
  aws.secret_access_key = secret(object, "aws_secret_access_key");
  aws.session_token = secret(object, "aws_session_token");
  aws.region = text(object, "aws_region");
  aws.role_arn = text(object, "aws_role_arn");
  aws.role_arns = object.strings("aws_role_arns");
  aws.account_id = object.scalar("aws_account_id").value_or("");
  if (aws.account_id.empty()) aws.account_id = object.scalar("aws_ecr_registry_id").value_or("");
  if (!aws.role_arn.empty() && !aws.role_arns.empty())
    throw object.problem("aws_role_arns", "cannot be given beside aws_role_arn").fix("put the one role into the list");
  return aws;
}

Azure decode_azure(json::Object& object) {
  Azure azure;
  azure.acr = flag(object, "azure_acr");
  azure.client_id = text(object, "azure_client_id");
  azure.tenant_id = text(object, "azure_tenant_id");
  azure.environment = text(object, "azure_environment");
  return azure;
}

Cosign decode_cosign(json::Object object) {
  Cosign out{text(object, "public_key"), secret(object, "private_key"), secret(object, "password")};
  object.finish();
  if (!out.password.empty() && out.private_key.empty())
    throw object.problem("private_key", "is missing: the password belongs to it");
  return out;
}

/// Reads ca_cert, cert and key where they are given.
void decode_certificate(json::Object& object, EngineAddress& to) {
  EngineAddress given{.ca_cert = text(object, "ca_cert"), .cert = text(object, "cert"), .key = secret(object, "key")};
  if (given.cert.empty() != given.key.empty())
    throw object.problem(given.cert.empty() ? "cert" : "key",
                         "is missing: a client certificate needs both cert and key");
  if (!given.ca_cert.empty()) to.ca_cert = given.ca_cert;
  if (given.cert.empty()) return;
  to.cert = given.cert;
  to.key = given.key;
}

EngineAddress decode_address(json::Object object, const EngineAddress& usual) {
  EngineAddress out;
  const std::string address = object.required_string("address");
  if (address.starts_with("tcp://")) out = usual;  // sockets take no certificates
  out.address = address;
  decode_certificate(object, out);
  constexpr std::int64_t max_weight = 1'000'000;
  if (auto weight = object.integer("weight")) {
    if (*weight < 0 || *weight > max_weight)
      throw object.problem("weight",
                           "is " + std::to_string(*weight) + ", 0 to " + std::to_string(max_weight) + " is wanted");
    out.weight = static_cast<std::uint32_t>(*weight);
  }
  out.platforms = object.strings("platforms");
  object.finish();
  return out;
}

/// Each is an address alone, or a map.
std::vector<EngineAddress> decode_addresses(json::Object& object, const EngineAddress& usual) {
  constexpr std::string_view key = "addresses";
  const json::Value& list = object.raw(key);
  if (!list.is_array() || list.empty()) throw object.problem(key, "must be a list of addresses, one at least");
  std::vector<EngineAddress> out;
  for (const auto& entry : list) {
    json::Value map = entry.is_string() ? json::Value{{"address", entry}} : entry;
    json::Object decoded(map, object.path() + "." + std::string(key) + "[" + std::to_string(out.size()) + "]");
    out.push_back(decode_address(std::move(decoded), usual));
    for (std::size_t i = 0; i + 1 < out.size(); i++)
      if (out[i].address == out.back().address)
        throw object.problem(key, "has " + base::quoted(out[i].address) + " twice")
            .fix("a larger share is a larger weight");
  }
  return out;
}

BuildkitSource decode_buildkit(json::Object object) {
  BuildkitSource out;
  EngineAddress one{.address = text(object, "address")};
  decode_certificate(object, one);
  out.config = text(object, "config");
  out.cache = object.raw("cache");
  if (auto from = object.string("push_from")) {
    if (*from != "engine" && *from != "client")
      throw object.problem("push_from", "is " + base::quoted(*from) + ", 'engine' or 'client' is wanted");
    out.push_from_client = *from == "client";
  }
  const bool many = !object.raw("addresses").is_null();
  if (many && !one.address.empty()) throw object.problem("addresses", "cannot be given beside address");
  if (many) out.addresses = decode_addresses(object, one);
  object.finish();
  if (!one.address.empty()) out.addresses = {one};
  if (!out.addresses.empty() && !out.config.empty())
    throw object.problem("config", "is for an engine that put starts itself: leave out the address, or this");
  return out;
}

Version decode_version(json::Object object) {
  Version out{object.scalar("tag").value_or(""), text(object, "digest"), text(object, "seen"), text(object, "drift")};
  object.finish();
  if (out.digest.empty()) throw object.problem("digest", "is missing");
  return out;
}

template <class Params>
Params decode_params(json::Object& request, Params (*decode)(json::Object)) {
  auto params = request.object("params");
  return params ? decode(*params) : Params{};
}

GetParams decode_get(json::Object object) {
  GetParams out;
  if (auto format = object.string("format")) out.format = *format;
  if (out.format != "rootfs" && out.format != "oci" && out.format != "oci-layout")
    throw object.problem("format", "is " + base::quoted(out.format) + ", 'rootfs', 'oci' or 'oci-layout' is wanted");
  out.skip_download = flag(object, "skip_download");
  out.platform = decode_platform(object);
  if (auto bom = object.string("bom")) out.bom = *bom;
  if (out.bom != "required" && out.bom != "optional" && out.bom != "only" && out.bom != "skip")
    throw object.problem("bom", "is " + base::quoted(out.bom) + ", 'required', 'optional', 'only' or 'skip' is wanted");
  object.finish();
  return out;
}

/// Under each id a text, or { value }, { file } (also called `source`) or { env }.
std::map<std::string, StepSecret> decode_secrets(json::Object& object, std::string_view key) {
  std::map<std::string, StepSecret> out;
  const json::Value& secrets = object.raw(key);
  if (!secrets.is_null() && !secrets.is_object()) throw object.problem(key, "must be a map by id");
  for (const auto& [id, value] : secrets.items()) {
    StepSecret& secret = out[id];
    if (value.is_string()) {
      secret.value = value.get<std::string>();
    } else {
      json::Object entry(value, object.path() + "." + std::string(key) + "." + base::printable(id));
      secret.value = entry.scalar("value");
      secret.file = text(entry, entry.has("source") ? "source" : "file");
      secret.env = text(entry, "env");
      entry.finish();
    }
    if (secret.value) base::redactor().add(*secret.value);
    if (secret.value.has_value() + !secret.file.empty() + !secret.env.empty() != 1)
      throw object.problem(key, "has " + base::quoted(id) + ", which needs just one of value, file and env");
  }
  return out;
}

/// A list of texts, or one text: of several with a separator between them, or a single one without `separator`.
std::vector<std::string> decode_list(json::Object& object, std::string_view key, char separator = '\0') {
  const json::Value& value = object.raw(key);
  if (!value.is_string()) return object.strings(key);
  const std::string given = value.get<std::string>();
  std::vector<std::string> out;
  for (auto piece : base::split(given, separator))
    if (!base::trim(piece).empty()) out.emplace_back(base::trim(piece));
  return out;
}

PutParams decode_put(json::Object object) {
  PutParams out;
  out.context = text(object, "context");
  out.file = text(object, "file");
  out.vars = object.string_map("vars");
  out.vars_files = object.strings("vars_files");
  out.secrets = decode_secrets(object, "secrets");
  out.ssh = decode_secrets(object, "ssh");
  out.platforms = decode_list(object, "platforms", ',');
  out.locks = decode_list(object, "lock");
  out.contexts = object.string_map("contexts");
  out.keep_inputs = flag(object, "keep_inputs");
  out.sbom = flag(object, "sbom");
  out.bom_label = flag(object, "bom_label");
  out.cache = object.raw("cache");
  out.cache_from = object.raw("cache_from");
  out.cache_to = object.raw("cache_to");
  out.image = text(object, "image");
  out.version = object.scalar("version").value_or("");
  out.bump_aliases = flag(object, "bump_aliases");
  out.additional_tags = text(object, "additional_tags");
  out.tag_prefix = text(object, "tag_prefix");
  object.finish();
  if (!out.image.empty() && (!out.context.empty() || !out.file.empty()))
    throw object.problem("image", "cannot be given beside context or file")
        .fix("either build from a recipe (context, file) or push what was built elsewhere (image)");
  if (!out.image.empty() && (!out.locks.empty() || !out.platforms.empty() || !out.contexts.empty() || out.keep_inputs ||
                             out.sbom || out.bom_label))
    throw object.problem(
        "image", "cannot be given beside contexts, platforms, lock, keep_inputs, sbom or bom_label: nothing is built");
  for (const char* cache : {"cache", "cache_from", "cache_to"})
    if (!out.image.empty() && !object.raw(cache).is_null())
      throw object.problem(cache, "cannot be given beside image: nothing is built");
  if (!out.tag_prefix.empty() && out.additional_tags.empty())
    throw object.problem("tag_prefix", "has nothing to stand before: additional_tags is missing");
  return out;
}

}  // namespace

std::string seen_at(std::chrono::sys_seconds now) {
  const std::time_t time = std::chrono::system_clock::to_time_t(now);
  std::tm utc{};
  gmtime_r(&time, &utc);
  char out[32];
  return {out, std::strftime(out, sizeof out, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

Source Source::decode(json::Object object) {
  Source out;
  out.repository = object.required_string("repository");
  out.tag = object.scalar("tag");
  if (out.tag && out.tag->empty()) throw object.problem("tag", "is empty");
  out.tag_regex = object.string("tag_regex");
  out.created_at_sort = flag(object, "created_at_sort");
  out.variant = text(object, "variant");
  out.semver_constraint = object.scalar("semver_constraint").value_or("");
  out.pre_releases = flag(object, "pre_releases");
  out.pre_release_prefixes = object.strings("pre_release_prefixes");
  out.immutable_tags = flag(object, "immutable_tags");
  out.platform_digest = flag(object, "platform_digest");
  out.detect_rollbacks = flag(object, "detect_rollbacks");
  if (out.detect_rollbacks && !out.tag) throw object.problem("detect_rollbacks", "needs tag: one tag is watched then");
  out.rebuild_on = object.strings("rebuild_on");
  for (const auto& what : out.rebuild_on)
    if (what != "base" && what != "packages")
      throw object.problem("rebuild_on", "has " + base::quoted(what) + ", 'base' and 'packages' are there");
  if (!out.rebuild_on.empty() && (!out.tag || out.detect_rollbacks))
    throw object.problem("rebuild_on", out.tag ? "cannot be given beside detect_rollbacks"
                                               : "needs tag: the image that it names is looked at");
  out.username = text(object, "username");
  out.password = secret(object, "password");
  out.insecure = flag(object, "insecure");
  out.ca_certs = decode_certificates(object, "ca_certs");
  out.client_cert = text(object, "client_cert");
  out.client_key = secret(object, "client_key");
  if (auto mirror = object.object("registry_mirror")) {
    out.registry_mirror =
        RegistryMirror{mirror->required_string("host"), text(*mirror, "username"), secret(*mirror, "password")};
    mirror->finish();
  }
  out.platform = decode_platform(object);
  out.label_regex = text(object, "label_regex");
  out.annotation_regex = text(object, "annotation_regex");
  out.debug = flag(object, "debug");
  out.has_content_trust = object.raw("content_trust").is_object();
  out.aws = decode_aws(object);
  out.azure = decode_azure(object);
  out.google_key = secret(object, "google_key");
  out.google_metadata = flag(object, "google_metadata");
  if (auto cosign = object.object("cosign")) out.cosign = decode_cosign(*cosign);
  if (auto buildkit = object.object("buildkit")) out.buildkit = decode_buildkit(*buildkit);
  out.policy = object.raw("policy");
  object.finish();
  if (out.username.empty() != out.password.empty())
    throw object.problem(out.username.empty() ? "username" : "password",
                         "is missing: a login needs both username and password");
  return out;
}

namespace {

Source decode_source(json::Object& request) {
  auto source = request.object("source");
  if (!source) throw request.problem("source", "is missing");
  return Source::decode(*source);
}

}  // namespace

CheckRequest decode_check(std::string_view input) {
  json::Value value = json::parse(input, "the request");
  json::Object object(value, "");
  CheckRequest out{decode_source(object), std::nullopt};
  // A version without a digest (`fly check-resource --from tag:x`) names no version that could be compared.
  if (auto version = object.object("version"); version && version->has("digest"))
    out.version = decode_version(*version);
  object.finish();
  return out;
}

InRequest decode_in(std::string_view input) {
  json::Value value = json::parse(input, "the request");
  json::Object object(value, "");
  Source source = decode_source(object);
  auto version = object.object("version");
  if (!version) throw object.problem("version", "is missing");
  InRequest out{std::move(source), decode_version(*version), decode_params(object, decode_get)};
  object.finish();
  return out;
}

OutRequest decode_out(std::string_view input) {
  json::Value value = json::parse(input, "the request");
  json::Object object(value, "");
  Source source = decode_source(object);
  OutRequest out{std::move(source), decode_params(object, decode_put)};
  object.finish();
  return out;
}

}  // namespace resource
