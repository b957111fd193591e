#include "core/resource/request.h"

#include <doctest/doctest.h>

#include "core/base/error.h"
#include "core/base/redactor.h"
#include "core/resource/run.h"

namespace {

std::string error_of(std::string_view request) {
  try {
    resource::decode_out(request);
  } catch (const base::Error& error) {
    return error.text();
  }
  return "no error";
}

}  // namespace

TEST_CASE("a put request is decoded, numbers as tags included") {
  auto request = resource::decode_out(R"({
    "source": {"repository": "registry.example/app", "tag": 1.5, "username": "u", "password": "secret-word",
               "insecure": true, "ca_certs": ["PEM"], "buildkit": {"address": "tcp://b:1", "cert": "C", "key": "KEY-TEXT"}},
    "params": {"context": "repo", "file": "x.hcl", "vars": {"a": "b", "n": 3}, "vars_files": ["v.yml"]}})");
  CHECK(request.source.repository == "registry.example/app");
  CHECK(request.source.tag == "1.5");
  CHECK(request.source.insecure);
  REQUIRE(request.source.buildkit.addresses.size() == 1);
  CHECK(request.source.buildkit.addresses[0].address == "tcp://b:1");
  CHECK(request.source.buildkit.addresses[0].key == "KEY-TEXT");
  CHECK(request.params.context == "repo");
  CHECK(request.params.vars == std::map<std::string, std::string>{{"a", "b"}, {"n", "3"}});
  CHECK(request.params.vars_files == std::vector<std::string>{"v.yml"});
  CHECK(base::redactor().clean("secret-word and KEY-TEXT") == "((redacted)) and ((redacted))");
}

TEST_CASE("every field of registry-image is accepted") {
  auto request = resource::decode_check(R"({"source": {
    "repository": "a/b", "tag_regex": "x", "created_at_sort": true, "variant": "v", "semver_constraint": "1.x",
    "pre_releases": true, "pre_release_prefixes": ["p"], "registry_mirror": {"host": "m", "username": "", "password": ""},
    "platform": {"architecture": "arm64", "os": "linux"}, "label_regex": "l", "annotation_regex": "a", "debug": true,
    "content_trust": {"server": "s"}, "aws_access_key_id": "k", "aws_secret_access_key": "s", "aws_session_token": "t",
    "aws_region": "r", "aws_role_arn": "arn", "aws_account_id": "1", "azure_acr": false, "azure_client_id": "c",
    "azure_tenant_id": "t", "azure_environment": "e"}, "version": null})");
  CHECK(request.source.variant == "v");
  CHECK(request.source.registry_mirror->host == "m");
  CHECK(request.source.aws.region == "r");
  CHECK(request.source.has_content_trust);
  CHECK(!request.version);
}

TEST_CASE("what is wrong in a request is named by its path") {
  struct Case {
    const char *request, *error;
  };
  for (const auto& [request, error] : {
           Case{"", "the request is empty, not JSON"},
           Case{"{}", "source is missing"},
           Case{R"({"source": {}})", "source.repository is missing"},
           Case{R"({"source": {"repository": ""}})", "source.repository is empty"},
           Case{R"({"source": {"repository": "a", "tagg": "x"}})",
                "unknown field 'tagg' in source\n  fix: did you mean 'tag'?"},
           Case{R"({"source": {"repository": "a", "username": "u"}})",
                "source.password is missing: a login needs both username and password"},
           Case{R"({"source": {"repository": "a"}, "params": {"vars": [1]}})",
                "params.vars is a list, an object is wanted"},
           Case{
               R"({"source": {"repository": "a"}, "params": {"image": "i", "context": "c"}})",
               "params.image cannot be given beside context or file\n  fix: either build from a recipe (context, file) "
               "or push what was built elsewhere (image)"},
           Case{
               R"({"source": {"repository": "a"}, "params": {"image": "i", "sbom": true}})",
               "params.image cannot be given beside contexts, platforms, lock, keep_inputs, sbom or bom_label: nothing is built"},
           Case{R"({"source": {"repository": "a"}, "params": {"image": "i", "cache_to": ["x"]}})",
                "params.cache_to cannot be given beside image: nothing is built"},
           Case{R"({"source": {"repository": "a", "tag": "t", "rebuild_on": ["base"], "detect_rollbacks": true}})",
                "source.rebuild_on cannot be given beside detect_rollbacks"},
           Case{R"({"source": {"repository": "a", "buildkit": {"address": "x", "cert": "c"}}})",
                "source.buildkit.key is missing: a client certificate needs both cert and key"},
           Case{R"({"source": {"repository": "a", "buildkit": {"address": "x", "addresses": ["y"]}}})",
                "source.buildkit.addresses cannot be given beside address"},
           Case{R"({"source": {"repository": "a", "buildkit": {"addresses": []}}})",
                "source.buildkit.addresses must be a list of addresses, one at least"},
           Case{R"({"source": {"repository": "a", "buildkit": {"addresses": "y"}}})",
                "source.buildkit.addresses must be a list of addresses, one at least"},
           Case{R"({"source": {"repository": "a", "buildkit": {"addresses": ["x", {"weight": 2}]}}})",
                "source.buildkit.addresses[1].address is missing"},
           Case{R"({"source": {"repository": "a", "buildkit": {"addresses": [3]}}})",
                "source.buildkit.addresses[0] is a number, an object is wanted"},
           Case{R"({"source": {"repository": "a", "buildkit": {"addresses": [{"address": "x", "weight": -1}]}}})",
                "source.buildkit.addresses[0].weight is -1, 0 to 1000000 is wanted"},
           Case{R"({"source": {"repository": "a", "buildkit": {"addresses": [{"address": "x", "weigth": 1}]}}})",
                "unknown field 'weigth' in source.buildkit.addresses[0]\n  fix: did you mean 'weight'?"},
           Case{R"({"source": {"repository": "a", "buildkit": {"addresses": [{"address": "x", "key": "k"}]}}})",
                "source.buildkit.addresses[0].cert is missing: a client certificate needs both cert and key"},
           Case{R"({"source": {"repository": "a", "buildkit": {"addresses": ["x", {"address": "x"}]}}})",
                "source.buildkit.addresses has 'x' twice\n  fix: a larger share is a larger weight"},
           Case{R"({"source": {"repository": "a", "buildkit": {"addresses": ["x"], "config": "c"}}})",
                "source.buildkit.config is for an engine that put starts itself: leave out the address, or this"},
       }) {
    CAPTURE(request);
    CHECK(error_of(request) == error);
  }
}

TEST_CASE("engines are addresses or maps; those over tcp share the source's certificates") {
  auto engines = resource::decode_out(R"({"source": {"repository": "a", "buildkit": {
    "ca_cert": "CA", "cert": "CERT", "key": "KEY",
    "addresses": ["tcp://a:1", "unix:///b",
                  {"address": "tcp://c:1", "weight": 0, "platforms": ["linux/arm64"], "ca_cert": "OTHER"}]}}})")
                     .source.buildkit.addresses;
  REQUIRE(engines.size() == 3);
  CHECK(engines[0].weight == 1);
  CHECK(engines[0].ca_cert + engines[0].cert + engines[0].key == "CACERTKEY");
  CHECK(engines[1].ca_cert + engines[1].cert + engines[1].key == "");
  CHECK(engines[2].weight == 0);
  CHECK(engines[2].platforms == std::vector<std::string>{"linux/arm64"});
  CHECK(engines[2].ca_cert + engines[2].cert + engines[2].key == "OTHERCERTKEY");
}

TEST_CASE("a get request needs a digest and a format that exists") {
  CHECK_THROWS_WITH_AS(resource::decode_in(R"({"source": {"repository": "a"}, "version": {"tag": "t"}})"),
                       "version.digest is missing", base::Error);
  CHECK_THROWS_WITH_AS(
      resource::decode_in(
          R"({"source": {"repository": "a"}, "version": {"digest": "d"}, "params": {"format": "zip"}})"),
      "params.format is 'zip', 'rootfs', 'oci' or 'oci-layout' is wanted", base::Error);
  auto request = resource::decode_in(R"({"source": {"repository": "a"}, "version": {"tag": 1, "digest": "d"}})");
  CHECK(request.version.tag == "1");
  CHECK(request.params.format == "rootfs");
}

TEST_CASE("a version that says why to build again keeps saying so") {
  auto request = resource::decode_in(
      R"({"source": {"repository": "a"}, "version": {"tag": "t", "digest": "d", "drift": "jq 1.6-3"}})");
  CHECK(request.version.drift == "jq 1.6-3");
  CHECK(resource::versions_reply({request.version}) == R"([{"tag":"t","digest":"d","drift":"jq 1.6-3"}])"
                                                       "\n");
}

TEST_CASE("a version given without digest is no known version") {
  CHECK(!resource::decode_check(R"({"source": {"repository": "a"}, "version": {"tag": "x"}})").version);
}

TEST_CASE("secrets for steps are texts, files or variables, and are never shown") {
  auto request = resource::decode_out(R"({
    "source": {"repository": "registry.example/app"},
    "params": {"secrets": {"plain": "hidden-one", "value": {"value": "hidden-two"}, "file": {"file": "repo/token"},
                           "source": {"source": "repo/other"}, "env": {"env": "TOKEN"}},
               "ssh": {"default": "hidden-three"}}})");
  const auto& secrets = request.params.secrets;
  REQUIRE(secrets.size() == 5);
  CHECK(secrets.at("plain").value == "hidden-one");
  CHECK(secrets.at("value").value == "hidden-two");
  CHECK(secrets.at("file").file == "repo/token");
  CHECK(secrets.at("source").file == "repo/other");
  CHECK(secrets.at("env").env == "TOKEN");
  CHECK(request.params.ssh.at("default").value == "hidden-three");
  CHECK(base::redactor().clean("hidden-one hidden-two hidden-three").find("hidden") == std::string::npos);

  auto error = [](const std::string& secrets_text) {
    return error_of(R"({"source": {"repository": "a/b"}, "params": {"secrets": )" + secrets_text + "}}");
  };
  CHECK(error(R"({"x": {}})") == "params.secrets has 'x', which needs just one of value, file and env");
  CHECK(error(R"({"x": {"value": "v", "env": "E"}})") ==
        "params.secrets has 'x', which needs just one of value, file and env");
  CHECK(error(R"({"x": {"vaule": "v"}})") == "unknown field 'vaule' in params.secrets.x\n  fix: did you mean 'value'?");
  CHECK(error("[]") == "params.secrets must be a map by id");
}

TEST_CASE("platforms are a list, or a text with commas, and a put may be held to several locks") {
  auto params = [](const std::string& text) {
    return resource::decode_out(R"({"source": {"repository": "a/b"}, "params": )" + text + "}").params;
  };
  const std::vector<std::string> both = {"linux/amd64", "linux/arm64"};
  CHECK(params(R"({"platforms": ["linux/amd64", "linux/arm64"]})").platforms == both);
  CHECK(params(R"({"platforms": "linux/amd64, linux/arm64"})").platforms == both);
  CHECK(params("{}").platforms.empty());
  CHECK(params(R"({"lock": "before/bom.yml"})").locks == std::vector<std::string>{"before/bom.yml"});
  CHECK(params(R"({"lock": ["a/bom.yml", "b/bom.yml"]})").locks == std::vector<std::string>{"a/bom.yml", "b/bom.yml"});
}

TEST_CASE("who pushes is the engine unless the source says the client") {
  auto source = [](const std::string& push_from) {
    return resource::decode_out(R"({"source": {"repository": "a/b", "buildkit": {)" + push_from + "}}}").source;
  };
  CHECK(!source("").buildkit.push_from_client);
  CHECK(!source(R"("push_from": "engine")").buildkit.push_from_client);
  CHECK(source(R"("push_from": "client")").buildkit.push_from_client);
  CHECK(error_of(R"({"source": {"repository": "a/b", "buildkit": {"push_from": "me"}}})") ==
        "source.buildkit.push_from is 'me', 'engine' or 'client' is wanted");
}
