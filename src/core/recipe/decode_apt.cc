#include "core/recipe/decode.h"
#include "core/recipe/syntax.h"

namespace recipe {
namespace {

Key decode_key(Reader& reader) {
  Key key;
  key.range = reader.range();
  key.name = reader.label();
  key.uri = reader.normal(reader.required_text("uri"), syntax::http_uri);
  if (const auto digest = reader.text("digest")) key.digest = reader.normal(*digest, syntax::sha256_digest);
  return key;
}

Package decode_package(Reader& reader) {
  Package package;
  package.range = reader.range();
  package.name = reader.normal(reader.label(), syntax::package_name);
  if (const auto version = reader.text("version")) package.version = reader.normal(*version, syntax::package_version);
  package.vcs = decode_vcs(reader);
  return package;
}

}  // namespace

Apt decode_apt(Reader& reader) {
  Apt apt;
  apt.range = reader.range();
  for (const Text& line : reader.texts("repositories")) {
    apt.repositories.push_back(reader.normal(line, syntax::repository_line));
  }
  reader.each("key", [&](Reader& block) { apt.keys.push_back(decode_key(block)); });
  reader.each("package", [&](Reader& block) { apt.packages.push_back(decode_package(block)); });
  apt.recommends = reader.boolean("recommends").value_or(Placed<bool>{false, reader.range()});
  apt.observe = reader.boolean("observe").value_or(Placed<bool>{false, reader.range()});
  if (const auto moment = reader.text("snapshot")) apt.snapshot = reader.normal(*moment, syntax::snapshot_time);
  apt.source_policy = {Apt::SourcePolicy::declared, reader.range()};
  if (const auto policy = reader.text("source_policy")) {
    apt.source_policy = {policy->value == "archive" ? Apt::SourcePolicy::archive : Apt::SourcePolicy::declared,
                         policy->range};
  }
  apt.refresh = {Apt::Refresh::changed, reader.range()};
  if (const auto refresh = reader.text("refresh")) {
    apt.refresh = {refresh->value == "always"  ? Apt::Refresh::always
                   : refresh->value == "never" ? Apt::Refresh::never
                                               : Apt::Refresh::changed,
                   refresh->range};
  }
  return apt;
}

}  // namespace recipe
