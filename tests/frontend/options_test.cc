#include "core/frontend/options.h"

#include <doctest/doctest.h>

#include "tests/support/error_text.h"

using frontend::parse_options;

TEST_CASE("the options of Dockerfile users are understood") {
  auto options = parse_options({{"filename", "images/app.hcl"},
                                {"contextkey", "src"},
                                {"dockerfilekey", "recipes"},
                                {"build-arg:release", "bookworm"},
                                {"build-arg:app-commit", ""},
                                {"build-arg:SOURCE_DATE_EPOCH", "1700000000"},
                                {"build-arg:HTTP_PROXY", "http://proxy.example"},
                                {"build-arg:BUILDKIT_INLINE_CACHE", "1"},
                                {"label:org.example.x", "y=z"},
                                {"platform", "linux/arm64, linux/amd64,arm64"},
                                {"target", "bom"},
                                {"no-cache", ""},
                                {"image-resolve-mode", "pull"},
                                {"add-hosts", "a=10.0.0.1,b=::1"},
                                {"context:debian", "docker-image://registry.example/debian:12"},
                                {"attest:sbom", "generator=image"},
                                {"cmdline", "registry.example/frontend"},
                                {"some-option-of-tomorrow", "x"}});
  CHECK(options.filename == "images/app.hcl");
  CHECK(options.context_local == "src");
  CHECK(options.recipe_local == "recipes");
  CHECK(options.variables.at("release").value == "bookworm");
  CHECK(options.variables.at("release").origin == "build-arg");
  CHECK(options.variables.at("app-commit").value.empty());
  CHECK(options.variables.size() == 2);
  CHECK(options.epoch->time_since_epoch().count() == 1700000000);
  CHECK(options.labels.at("org.example.x") == "y=z");
  CHECK(options.platforms == std::vector{name::Platform::parse("linux/arm64"), name::Platform::parse("linux/amd64")});
  CHECK(options.target == frontend::Target::bom);
  CHECK(options.no_cache);
  CHECK(options.resolve == frontend::Gateway::ResolveMode::pull);
  CHECK(options.contexts.at("debian") == "docker-image://registry.example/debian:12");
  CHECK(options.sbom);
  CHECK(options.hosts == std::vector<std::pair<std::string, std::string>>{{"a", "10.0.0.1"}, {"b", "::1"}});
  CHECK(options.for_steps == std::map<std::string, std::string>{{"add-hosts", "a=10.0.0.1,b=::1"},
                                                                {"build-arg:BUILDKIT_INLINE_CACHE", "1"},
                                                                {"build-arg:HTTP_PROXY", "http://proxy.example"},
                                                                {"image-resolve-mode", "pull"},
                                                                {"no-cache", ""}});
}

TEST_CASE("without options a build is that of estaleiro.hcl for this machine") {
  auto options = parse_options({});
  CHECK(options.filename == "estaleiro.hcl");
  CHECK(options.recipe_local == "dockerfile");
  CHECK(options.context_local == "context");
  CHECK(options.platforms.empty());
  CHECK(options.target == frontend::Target::image);
  CHECK(!options.no_cache);
  CHECK(!options.sbom);
  CHECK(parse_options({{"target", "lock"}}).target == frontend::Target::lock);
  CHECK(parse_options({{"no-cache", "build,test"}}).no_cache == false);
  CHECK(parse_options({{"attest:sbom", "disabled=true"}}).sbom == false);
}

TEST_CASE("an option that is nonsense is one error that names it") {
  struct {
    const char *key, *value, *text;
  } const table[] = {
      {"filename", "../x", "option 'filename' is '../x', a path below the recipe's directory is wanted"},
      {"filename", "/etc/passwd", "option 'filename' is '/etc/passwd', a path below the recipe's directory is wanted"},
      {"target", "bon", "no target 'bon': image, bom and lock are there\n  fix: did you mean 'bom'?"},
      {"target", "prod", "no target 'prod': image, bom and lock are there"},
      {"image-resolve-mode", "maybe", "option 'image-resolve-mode' is 'maybe', default, pull or local is wanted"},
      {"add-hosts", "a", "option 'add-hosts' is 'a', NAME=ADDRESS,… is wanted"},
      {"add-hosts", "a=", "option 'add-hosts' is 'a=', NAME=ADDRESS,… is wanted"},
      {"add-hosts", "a=b", "option 'add-hosts' is 'a=b', NAME=ADDRESS,… is wanted"},
      {"add-hosts", "=1.2.3.4", "option 'add-hosts' is '=1.2.3.4', NAME=ADDRESS,… is wanted"},
      {"build-arg:SOURCE_DATE_EPOCH", "today",
       "option 'build-arg:SOURCE_DATE_EPOCH' is 'today', seconds since 1970 are wanted"},
      {"build-arg:SOURCE_DATE_EPOCH", "-1",
       "option 'build-arg:SOURCE_DATE_EPOCH' is '-1', seconds since 1970 are wanted"},
      {"build-arg:SOURCE_DATE_EPOCH", "99999999999999999999",
       "option 'build-arg:SOURCE_DATE_EPOCH' is '99999999999999999999', seconds since 1970 are wanted"},
      {"build-arg:1x", "y",
       "build argument '1x' has a name that no recipe can use\n"
       "  fix: variables are a letter, then letters, digits, '_' and '-'"},
      {"label:", "x", "option 'label:' names no label"},
      {"context:", "x", "option 'context:' names no context"},
      {"context", "/some/where", "option 'context' is '/some/where', the URL of a git repository is wanted"},
  };
  for (const auto& row : table) {
    CAPTURE(row.key);
    CHECK(support::error_text([&] { parse_options({{row.key, row.value}}); }) == row.text);
  }
  CHECK(support::error_text([] {
          parse_options({{"platform", "linux/amd64,"}});
        }).starts_with("option 'platform' is 'linux/amd64,', a list such as linux/amd64,linux/arm64 is wanted"));
  std::map<std::string, std::string> many;
  for (int i = 0; i < 10'001; i++) many["x" + std::to_string(i)] = "";
  CHECK(support::error_text([&] { parse_options(many); }) == "more than 10000 frontend options");
}
