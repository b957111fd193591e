#include "core/buildkit/cache_entry.h"

#include <doctest/doctest.h>

#include "core/base/redactor.h"
#include "tests/support/error_text.h"

using buildkit::CacheUse;

namespace {

std::string error_of(const std::string& text, CacheUse use = CacheUse::import) {
  return support::error_text([&] { check_cache_entry(buildkit::parse_cache_entry(text, "--cache"), use, "--cache"); });
}

}  // namespace

TEST_CASE("a cache is written as buildx writes it") {
  auto entry = buildkit::parse_cache_entry("type=registry,ref=r.example/a:b,mode=max,x=a=b", "--cache");
  CHECK(entry.type == "registry");
  CHECK(entry.attributes ==
        std::map<std::string, std::string>{{"ref", "r.example/a:b"}, {"mode", "max"}, {"x", "a=b"}});
  auto alone = buildkit::parse_cache_entry("r.example/a:b", "--cache");
  CHECK(alone.type == "registry");
  CHECK(alone.attributes == std::map<std::string, std::string>{{"ref", "r.example/a:b"}});
}

TEST_CASE("what is wrong with a cache is told") {
  struct {
    const char* text;
    CacheUse use;
    const char* error;
  } const table[] = {
      {"type=registry,ref=a", CacheUse::import, "no error"},
      {"type=inline", CacheUse::export_, "no error"},
      {"type=gha", CacheUse::export_, "no error"},
      {"type=local,src=d", CacheUse::import, "no error"},
      {"", CacheUse::import, "--cache has '' where NAME=VALUE is wanted"},
      {"=x", CacheUse::import, "--cache has '=x' where NAME=VALUE is wanted"},
      {"type=registry,ref=a,mode", CacheUse::export_, "--cache has 'mode' where NAME=VALUE is wanted"},
      {"type=registry", CacheUse::import, "--cache has the type 'registry', which needs 'ref'"},
      {"type=local,src=d", CacheUse::export_, "--cache has the type 'local', which needs 'dest'"},
      {"type=local,dest=d", CacheUse::import, "--cache has the type 'local', which needs 'src'"},
      {"type=s3,bucket=b", CacheUse::import, "--cache has the type 's3', which needs 'region'"},
      {"type=azblob", CacheUse::import, "--cache has the type 'azblob', which needs 'account_url'"},
      {"type=inline", CacheUse::import,
       "--cache has the type 'inline', which is one to write\n  fix: read it as type=registry,ref=IMAGE"},
      {"type=disk", CacheUse::import,
       "--cache has the type 'disk', registry, local, inline, s3, gha, azblob are there"},
      {"type=gha,mode=all", CacheUse::export_, "--cache has the mode 'all', 'min' or 'max' is wanted"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(error_of(row.text, row.use) == row.error);
  }
}

TEST_CASE("a cache's secrets are never shown") {
  CHECK(error_of("type=s3,bucket=b,region=r,secret_access_key=hidden-s3,session_token=hidden-session") == "no error");
  CHECK(error_of("type=gha,token=hidden-gha,ghtoken=hidden-github") == "no error");
  CHECK(base::redactor().clean("hidden-s3 hidden-session hidden-gha hidden-github") ==
        "((redacted)) ((redacted)) ((redacted)) ((redacted))");
}
