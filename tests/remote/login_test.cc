// Whose credentials reach which registry: real registries with passwords, clouds that are played.
#include <doctest/doctest.h>

#include <map>

#include "core/base/digest.h"
#include "core/base/fd.h"
#include "core/base/text.h"
#include "core/oci/media_type.h"
#include "core/remote/repository.h"
#include "tests/support/docker_registry.h"
#include "tests/support/error_text.h"
#include "tests/support/http_server.h"

namespace {

using support::DockerRegistry;
using support::HttpRequest;
using support::HttpServer;
using support::Wire;

using Variables = std::map<std::string, std::string>;

/// Variables for one test; all others that name credentials are unset.
class Environment {
 public:
  explicit Environment(Variables wanted = {}) {
    // No login of whoever runs the tests gets in.
    wanted.emplace("DOCKER_CONFIG", directory_.path().string());
    for (const char* name :
         {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_ECR",
          "AWS_ENDPOINT_URL_STS", "AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN",
          "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "IDENTITY_ENDPOINT",
          "IDENTITY_HEADER", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE", "GCE_METADATA_HOST"})
      ::unsetenv(name);
    for (const auto& [name, value] : wanted) ::setenv(name.c_str(), value.c_str(), 1);
    names_ = std::move(wanted);
  }
  ~Environment() {
    for (const auto& [name, value] : names_) ::unsetenv(name.c_str());
  }
  Environment(const Environment&) = delete;
  const std::filesystem::path& docker() const { return directory_.path(); }

 private:
  base::TemporaryDirectory directory_{"docker-config"};
  Variables names_;
};

resource::Source source_of(const json::Ordered& fields) {
  return resource::decode_check(json::Ordered{{"source", fields}}.dump()).source;
}

/// Pushes a blob and reads it back: what wants a password has got it.
void round_trip(const resource::Source& source) {
  remote::Repository repository(source, [](std::string_view) {});
  const std::string bytes = "some bytes";
  oci::Descriptor blob{std::string(oci::media_type::layer), base::sha256(bytes), bytes.size()};
  repository.pusher().blob(blob, bytes);
  CHECK(repository.puller().blob_bytes(blob, 100) == bytes);
}

std::string refusal(const resource::Source& source) {
  return support::error_text([&] {
    remote::Repository repository(source, [](std::string_view) {});
    repository.puller().resolve("latest");
  });
}

TEST_CASE("username and password of the source reach its registry") {
  Environment environment;
  DockerRegistry server({.username = "ann", .password = "secret-word"});
  const auto repository = server.host() + "/team/app";
  round_trip(source_of({{"repository", repository}, {"username", "ann"}, {"password", "secret-word"}}));
  CHECK(refusal(source_of({{"repository", repository}})).find("401") != std::string::npos);
}

TEST_CASE("without any in the source, what docker login left is used, for every registry it knows") {
  Environment environment;
  DockerRegistry server({.username = "ann", .password = "secret-word"});
  base::write_file(environment.docker() / "config.json",
                   json::Ordered{{"auths",
                                  {{server.host(), {{"auth", base::to_base64("ann:secret-word")}}},
                                   {"other.example", {{"auth", base::to_base64("bob:other-word")}}}}}}
                       .dump());
  const auto source = source_of({{"repository", server.host() + "/team/app"}});
  round_trip(source);
  remote::Repository repository(source, [](std::string_view) {});
  CHECK(repository.credentials_for(server.host())->username == "ann");
  CHECK(repository.credentials_for("other.example")->username == "bob");
  CHECK_FALSE(repository.credentials_for("third.example"));
  CHECK_FALSE(repository.credentials_for("no host at all"));

  // Who names credentials gets those and no others.
  remote::Repository named(source_of({{"repository", server.host() + "/x"}, {"username", "u"}, {"password", "pass"}}),
                           [](std::string_view) {});
  CHECK(named.credentials_for(server.host())->username == "u");
  CHECK_FALSE(named.credentials_for("other.example"));
}

TEST_CASE("a mirror gets its own credentials and never those of Docker Hub") {
  Environment environment;
  remote::Repository repository(
      source_of({{"repository", "app"},
                 {"username", "hub-user"},
                 {"password", "hub-word"},
                 {"registry_mirror", {{"host", "mirror.example"}, {"username", "m"}, {"password", "mirror-word"}}}}),
      [](std::string_view) {});
  CHECK(repository.credentials_for("docker.io")->password == "hub-word");
  CHECK(repository.credentials_for("mirror.example")->password == "mirror-word");
  remote::Repository anonymous(source_of({{"repository", "app"},
                                          {"username", "hub-user"},
                                          {"password", "hub-word"},
                                          {"registry_mirror", {{"host", "mirror.example"}}}}),
                               [](std::string_view) {});
  CHECK_FALSE(anonymous.credentials_for("mirror.example"));
  // An engine reads base images of the hub through it, whatever is put.
  remote::Repository elsewhere(
      source_of({{"repository", "registry.example/team/app"},
                 {"registry_mirror", {{"host", "mirror.example"}, {"username", "m"}, {"password", "mirror-word"}}}}),
      [](std::string_view) {});
  CHECK(elsewhere.credentials_for("mirror.example")->password == "mirror-word");
}

/// ECR and STS in one: hands out a password for `registry`.
HttpServer::Handler amazon(const std::string& registry) {
  return [registry](const HttpRequest& request, Wire& wire) {
    if (request.body.starts_with("Action=AssumeRole")) {
      json::Ordered keys{{"AccessKeyId", "ROLE"}, {"SecretAccessKey", "role-secret"}, {"SessionToken", "role-token"}};
      json::Ordered reply;
      reply["AssumeRoleResponse"]["AssumeRoleResult"]["Credentials"] = keys;
      return wire.reply(200, reply.dump());
    }
    json::Ordered reply{
        {"authorizationData",
         {{{"authorizationToken", base::to_base64("AWS:ecr-password")}, {"proxyEndpoint", "http://" + registry}}}}};
    wire.reply(200, reply.dump());
  };
}

TEST_CASE("with aws_region AWS says where the registry is and what it wants; roles are assumed in order") {
  DockerRegistry server({.username = "AWS", .password = "ecr-password"});
  HttpServer aws(amazon(server.host()));
  Environment environment(Variables{{"AWS_ENDPOINT_URL_ECR", aws.url()}, {"AWS_ENDPOINT_URL_STS", aws.url()}});
  json::Ordered fields{{"repository", "team/app"},
                       {"aws_region", "eu-west-1"},
                       {"aws_access_key_id", "MINE"},
                       {"aws_secret_access_key", "my-secret"}};
  round_trip(source_of(fields));
  REQUIRE(aws.requests().size() == 1);
  CHECK(aws.requests()[0].header("authorization").find("Credential=MINE/") != std::string::npos);

  fields["aws_role_arns"] = {"arn:aws:iam::1:role/a", "arn:aws:iam::2:role/b"};
  round_trip(source_of(fields));
  auto requests = aws.requests();
  REQUIRE(requests.size() == 4);
  CHECK(requests[1].body.find("role%2Fa") != std::string::npos);
  CHECK(requests[2].body.find("role%2Fb") != std::string::npos);
  CHECK(requests[2].header("authorization").find("Credential=ROLE/") != std::string::npos);
  CHECK(requests[3].header("x-amz-security-token") == "role-token");
}

TEST_CASE("with aws_account_id nothing is asked before it is needed") {
  HttpServer aws(amazon("nowhere"));
  Environment environment(Variables{{"AWS_ENDPOINT_URL_ECR", aws.url()}});
  remote::Repository repository(source_of({{"repository", "team/app"},
                                           {"aws_region", "eu-west-1"},
                                           {"aws_account_id", 123456789012},
                                           {"aws_access_key_id", "MINE"},
                                           {"aws_secret_access_key", "my-secret"}}),
                                [](std::string_view) {});
  CHECK(repository.name().text() == "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app");
  CHECK(aws.requests().empty());
  CHECK(repository.credentials_for("123456789012.dkr.ecr.eu-west-1.amazonaws.com")->username == "AWS");
  CHECK(aws.requests()[0].body == R"({"registryIds":["123456789012"]})");
}

TEST_CASE("Azure's identity becomes a password for its registry") {
  Environment plain;
  HttpServer server([](const HttpRequest& request, Wire& wire) {
    if (request.path() == "/oauth2/exchange") return wire.reply(200, R"({"refresh_token":"acr-refresh"})");
    if (request.path() == "/identity") return wire.reply(200, R"({"access_token":"entra-token"})");
    if (request.header("authorization").empty()) return wire.reply(401, "", {"WWW-Authenticate: Basic realm=\"x\""});
    wire.reply(404);
  });
  Environment environment(Variables{{"IDENTITY_ENDPOINT", server.url("/identity")}, {"IDENTITY_HEADER", "header"}});
  remote::Repository repository(source_of({{"repository", server.host() + "/team/app"}, {"azure_acr", true}}),
                                [](std::string_view) {});
  CHECK_FALSE(repository.puller().resolve("latest"));
  CHECK(server.requests().back().header("authorization") ==
        "Basic " + base::to_base64("00000000-0000-0000-0000-000000000000:acr-refresh"));
}

TEST_CASE("Google's registries take a key file, or the machine's token") {
  const std::string key = R"({"type":"service_account","private_key":"k","client_email":"a@b"})";
  DockerRegistry by_token({.username = "oauth2accesstoken", .password = "ya29.token"});
  HttpServer metadata([](const HttpRequest& request, Wire& wire) {
    if (request.header("metadata-flavor") != "Google") return wire.reply(403);
    wire.reply(200, R"({"access_token":"ya29.token","expires_in":3000})");
  });
  Environment environment(Variables{{"GCE_METADATA_HOST", metadata.host()}});
  round_trip(source_of({{"repository", by_token.host() + "/team/app"}, {"google_metadata", true}}));

  remote::Repository repository(source_of({{"repository", "europe-docker.pkg.dev/p/r"}, {"google_key", key}}),
                                [](std::string_view) {});
  auto found = repository.credentials_for("europe-docker.pkg.dev");
  CHECK(found->username == "_json_key");
  CHECK(found->password == key);
  CHECK(support::error_text([&] {
          remote::Repository wrong(source_of({{"repository", "gcr.io/p"}, {"google_key", "{}"}}),
                                   [](std::string_view) {});
        }).starts_with("the key is not that of a Google service account"));
}

TEST_CASE("what is remembered for one identity is not found by another") {
  auto file = [](const json::Ordered& fields) { return remote::cache_file(source_of(fields), "tokens").string(); };
  const json::Ordered ann{{"repository", "r.example/a"}, {"username", "ann"}, {"password", "word"}};
  auto bob = ann, other = ann, rotated = ann;
  bob["username"] = "bob";
  other["repository"] = "r.example/b";
  rotated["password"] = "new word";
  CHECK(file(ann) != file(bob));
  CHECK(file(ann) != file(other));
  CHECK(file(ann) == file(rotated));
}

}  // namespace
