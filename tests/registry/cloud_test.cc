// The clouds' ways to a password, against servers that play their parts.
#include <doctest/doctest.h>

#include <cstdlib>
#include <map>

#include "core/base/digest.h"
#include "core/base/fd.h"
#include "core/base/redactor.h"
#include "core/base/temporary_directory.h"
#include "core/base/text.h"
#include "core/http/curl.h"
#include "core/registry/acr.h"
#include "core/registry/ecr.h"
#include "core/registry/gcr.h"
#include "tests/support/error_text.h"
#include "tests/support/http_server.h"

namespace {

using name::Registry;
using support::HttpRequest;
using support::HttpServer;
using support::Wire;

using Variables = std::map<std::string, std::string>;

/// Variables of the clouds, for one test; all others of them unset.
class Environment {
 public:
  explicit Environment(const Variables& wanted) {
    for (const char* name :
         {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE",
          "AWS_ROLE_ARN", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
          "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_EC2_METADATA_DISABLED",
          "AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_AUTHORITY_HOST",
          "IDENTITY_ENDPOINT", "IDENTITY_HEADER"})
      ::unsetenv(name);
    for (const auto& [name, value] : wanted) ::setenv(name.c_str(), value.c_str(), 1), names_.push_back(name);
  }
  ~Environment() {
    for (const auto& name : names_) ::unsetenv(name.c_str());
  }

 private:
  std::vector<std::string> names_;
};

/// ECR, STS and the metadata services in one.
struct Aws {
  HttpServer server{[](const HttpRequest& request, Wire& wire) {
    auto keys = [](const std::string& id) {
      return R"("AccessKeyId":")" + id + R"(","SecretAccessKey":"secret-of-)" + id + "\"";
    };
    auto path = request.path();
    if (path == "/ecr") {
      if (request.header("authorization").find("Credential=REFUSED/") != std::string::npos)
        return wire.reply(400,
                          R"({"__type":"UnrecognizedClientException","message":"The security token is invalid."})");
      return wire.reply(200,
                        R"({"authorizationData":[{"authorizationToken":")" + base::to_base64("AWS:ecr-password") +
                            R"(","expiresAt":1.7E9,"proxyEndpoint":"https://123.dkr.ecr.eu-west-1.amazonaws.com"}]})");
    }
    if (path == "/sts") {
      auto action = request.body.substr(7, request.body.find('&') - 7);
      auto role = request.body.substr(request.body.find("RoleArn=") + 8);
      return wire.reply(200, "{\"" + action + "Response\":{\"" + action + "Result\":{\"Credentials\":{" +
                                 keys(role.substr(0, role.find('&'))) + R"(,"SessionToken":"session"}}}})");
    }
    if (path == "/latest/api/token") return wire.reply(200, "metadata-token");
    if (path == "/latest/meta-data/iam/security-credentials/") return wire.reply(200, "worker\n");
    if (path == "/latest/meta-data/iam/security-credentials/worker")
      return wire.reply(request.header("x-aws-ec2-metadata-token") == "metadata-token" ? 200 : 401,
                        "{" + keys("INSTANCE") + R"(,"Token":"session"})");
    if (path == "/container")
      return wire.reply(request.header("authorization") == "container-token" ? 200 : 401,
                        "{" + keys("CONTAINER") + "}");
    wire.reply(404);
  }};
  registry::AwsEndpoints endpoints{.ecr = server.url("/ecr"),
                                   .sts = server.url("/sts"),
                                   .instance_metadata = "http://" + server.host(),
                                   .container_metadata = "http://" + server.host()};

  /// Whose keys each request was signed with.
  std::vector<std::string> signers() const {
    std::vector<std::string> out;
    for (const auto& request : server.requests()) {
      auto header = request.header("authorization");
      auto at = header.find("Credential=");
      if (at != std::string::npos) out.push_back(header.substr(at + 11, header.find('/', at) - at - 11));
    }
    return out;
  }
};

}  // namespace

TEST_CASE("requests are signed as AWS's own test suite wants them") {
  http::Request request{.url = "https://example.amazonaws.com/"};
  // 2015-08-30T12:36:00Z, "get-vanilla".
  registry::sign_aws(request, "", {.id = "AKIDEXAMPLE", .secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"},
                     "us-east-1", "service", std::chrono::system_clock::from_time_t(1440938160));
  CHECK(request.headers.get("Authorization") ==
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST_CASE("given keys get ECR's password, once") {
  Environment environment({});
  Aws aws;
  http::Curl transport;
  registry::Ecr ecr(
      transport,
      {.region = "eu-west-1", .keys = {.id = "GIVEN", .secret = "given-secret"}, .endpoints = aws.endpoints});
  for (int i = 0; i < 2; ++i) {
    auto credentials = ecr.credentials(Registry::docker_hub());
    CHECK(credentials.username == "AWS");
    CHECK(credentials.password == "ecr-password");
  }
  CHECK(ecr.registry().text() == "123.dkr.ecr.eu-west-1.amazonaws.com");
  CHECK(aws.signers() == std::vector<std::string>{"GIVEN"});
  CHECK(aws.server.requests()[0].body == "{}");
  CHECK(base::redactor().clean("ecr-password") == "((redacted))");
}

TEST_CASE("roles are assumed one after the other, an account names its registry") {
  Environment environment({});
  Aws aws;
  http::Curl transport;
  registry::Ecr ecr(transport, {.region = "cn-north-1",
                                .keys = {.id = "GIVEN", .secret = "given-secret"},
                                .role_arns = {"ONE", "TWO"},
                                .account_id = "999",
                                .endpoints = aws.endpoints});
  CHECK(ecr.registry().text() == "999.dkr.ecr.cn-north-1.amazonaws.com.cn");
  CHECK(aws.server.requests().empty());
  ecr.credentials(Registry::docker_hub());
  CHECK(aws.signers() == std::vector<std::string>{"GIVEN", "ONE", "TWO"});
  CHECK(aws.server.requests()[2].body == R"({"registryIds":["999"]})");
  CHECK(aws.server.requests()[2].header("x-amz-security-token") == "session");
}

TEST_CASE("keys are found where a worker has them") {
  base::TemporaryDirectory directory("aws");
  base::write_file(directory.path() / "token", "identity-token\n");
  Aws aws;
  http::Curl transport;
  struct Row {
    Variables variables;
    const char* signer;
  };
  for (const Row& row : std::initializer_list<Row>{
           {{{"AWS_ACCESS_KEY_ID", "ENVIRONMENT"}, {"AWS_SECRET_ACCESS_KEY", "environment-secret"}}, "ENVIRONMENT"},
           {{{"AWS_WEB_IDENTITY_TOKEN_FILE", (directory.path() / "token").string()}, {"AWS_ROLE_ARN", "WEB"}}, "WEB"},
           {{{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/container"},
             {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token"}},
            "CONTAINER"},
           {{}, "INSTANCE"}}) {
    CAPTURE(row.signer);
    Environment environment(row.variables);
    registry::Ecr ecr(transport, {.region = "eu-west-1", .endpoints = aws.endpoints});
    CHECK(ecr.credentials(Registry::docker_hub()).password == "ecr-password");
    CHECK(aws.signers().back() == row.signer);
  }
}

TEST_CASE("AWS's refusals are told in its words, missing keys in ours") {
  Aws aws;
  http::Curl transport;
  Environment environment(std::map<std::string, std::string>{{"AWS_EC2_METADATA_DISABLED", "true"}});
  registry::Ecr refused(
      transport,
      {.region = "eu-west-1", .keys = {.id = "REFUSED", .secret = "given-secret"}, .endpoints = aws.endpoints});
  CHECK(support::error_text([&] { refused.credentials(Registry::docker_hub()); }) ==
        "ECR answers 400, 'The security token is invalid.'\n  while logging in to ECR in eu-west-1");
  registry::Ecr none(transport, {.region = "eu-west-1", .endpoints = aws.endpoints});
  CHECK(support::error_text([&] { none.credentials(Registry::docker_hub()); }) ==
        "no AWS credentials are given, and none are found on this machine\n"
        "  while logging in to ECR in eu-west-1\n"
        "  fix: set aws_access_key_id and aws_secret_access_key, or give the worker a role");
  CHECK(support::error_text([&] { registry::Ecr ecr(transport, {.region = "evil.example/"}); }) ==
        "'evil.example/' is no AWS region");
}

TEST_CASE("a machine's identity is exchanged at the Azure registry for a password") {
  Environment environment({});
  HttpServer metadata([](const HttpRequest& request, Wire& wire) {
    CHECK(request.header("metadata") == "true");
    wire.reply(200, R"({"access_token":"entra-token","expires_in":"3599"})");
  });
  HttpServer server([](const HttpRequest& request, Wire& wire) {
    if (request.target == "/v2/")
      return wire.reply(401, "",
                        {"WWW-Authenticate: Bearer realm=\"http://" + request.header("host") +
                         "/oauth2/exchange?foo=bar&tenant=our-tenant\",service=\"x\""});
    wire.reply(200, R"({"refresh_token":"acr-password"})");
  });
  http::Curl transport;
  for (const char* tenant : {"", "given-tenant"}) {
    registry::Acr acr(transport,
                      {.client_id = "me", .tenant_id = tenant, .instance_metadata = "http://" + metadata.host()});
    auto credentials = acr.credentials(Registry::parse(server.host()));
    CHECK(credentials.username == "00000000-0000-0000-0000-000000000000");
    CHECK(credentials.password == "acr-password");
  }
  CHECK(metadata.request_lines()[0] ==
        "GET "
        "/metadata/identity/oauth2/"
        "token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F&client_id=me");
  auto requests = server.requests();
  REQUIRE(requests.size() == 3);  // the challenge is asked for only where the tenant is not given
  CHECK(requests[1].target == "/oauth2/exchange");
  CHECK(requests[1].body == "grant_type=access_token&service=127.0.0.1&tenant=our-tenant&access_token=entra-token");
  CHECK(requests[2].body == "grant_type=access_token&service=127.0.0.1&tenant=given-tenant&access_token=entra-token");
}

TEST_CASE("a workload identity brings its own token, App Service its own endpoint") {
  base::TemporaryDirectory directory("azure");
  base::write_file(directory.path() / "token", "federated-token\n");
  HttpServer entra([](const HttpRequest& request, Wire& wire) {
    if (request.method == "GET" && request.header("x-identity-header") != "header-value") return wire.reply(401);
    wire.reply(200, R"({"access_token":"entra-token"})");
  });
  HttpServer server([](const HttpRequest&, Wire& wire) { wire.reply(200, R"({"refresh_token":"acr-password"})"); });
  http::Curl transport;
  {
    Environment environment({{"AZURE_FEDERATED_TOKEN_FILE", (directory.path() / "token").string()},
                             {"AZURE_TENANT_ID", "t"},
                             {"AZURE_CLIENT_ID", "c"},
                             {"AZURE_AUTHORITY_HOST", "http://" + entra.host()}});
    registry::Acr acr(transport, {.tenant_id = "t"});
    CHECK(acr.credentials(Registry::parse(server.host())).password == "acr-password");
    CHECK(entra.requests()[0].target == "/t/oauth2/v2.0/token");
    CHECK(entra.requests()[0].body.ends_with("&client_assertion=federated-token"));
  }
  Environment environment({{"IDENTITY_ENDPOINT", entra.url("/msi")}, {"IDENTITY_HEADER", "header-value"}});
  registry::Acr acr(transport, {.tenant_id = "t"});
  CHECK(acr.credentials(Registry::parse(server.host())).password == "acr-password");
}

TEST_CASE("which tenant a challenge names") {
  auto tenant = [](const std::string& header) {
    return registry::acr_tenant({.status = 401, .headers = {{"WWW-Authenticate", header}}});
  };
  CHECK(tenant(R"(Bearer realm="https://r.azurecr.io/oauth2/exchange?tenant=72f988bf",service="r")") == "72f988bf");
  CHECK(tenant(R"(Bearer realm="https://r.azurecr.io/oauth2/exchange?foo=bar&tenant=abc&baz=qux")") == "abc");
  CHECK(tenant(R"(Bearer realm="https://r.azurecr.io/oauth2/exchange")") == "common");
  CHECK(tenant(R"(Bearer service="r")") == "common");
  CHECK(tenant(R"(Basic realm="something?tenant=x")") == "common");
  CHECK(tenant("") == "common");
  CHECK(registry::acr_tenant({.status = 200}) == "common");
}

TEST_CASE("which Azure a registry belongs to") {
  struct Row {
    const char *host, *environment, *resource;
  };
  const char *commercial = "https://management.azure.com/", *government = "https://management.usgovcloudapi.net/",
             *china = "https://management.chinacloudapi.cn/";
  for (const Row& row : std::initializer_list<Row>{{"r.azurecr.io", "", commercial},
                                                   {"r.azurecr.us", "", government},
                                                   {"r.azurecr.cn", "", china},
                                                   {"R.AzureCR.US", "", government},
                                                   {"r.example.com", "", commercial},
                                                   {"r.azurecr.us", "InvalidCloud", government},
                                                   {"r.azurecr.io", "AzureGovernment", government},
                                                   {"r.azurecr.io", "AzureChina", china},
                                                   {"r.azurecr.us", "AzurePublic", commercial},
                                                   {"r.azurecr.cn", "AzurePublic", commercial}}) {
    CAPTURE(row.host);
    CAPTURE(row.environment);
    CHECK(registry::azure_cloud(Registry::parse(row.host), row.environment).resource == row.resource);
  }
}

TEST_CASE("Google's registries take a key file, or the machine's account") {
  auto credentials = registry::google_key_credentials(R"({"type":"service_account","private_key":"-----BEGIN"})");
  CHECK(credentials.username == "_json_key");
  CHECK(support::error_text([] { registry::google_key_credentials(R"({"type":"authorized_user"})"); }) ==
        "the key is not that of a Google service account\n"
        "  fix: give the JSON that 'gcloud iam service-accounts keys create' writes");
  HttpServer metadata([](const HttpRequest& request, Wire& wire) {
    CHECK(request.header("metadata-flavor") == "Google");
    wire.reply(200, R"({"access_token":"google-token","expires_in":3599})");
  });
  http::Curl transport;
  registry::GoogleMetadata source(transport, "http://" + metadata.host());
  CHECK(source.credentials(Registry::parse("gcr.io")).username == "oauth2accesstoken");
  CHECK(source.credentials(Registry::parse("gcr.io")).password == "google-token");
  CHECK(metadata.requests().size() == 1);
}

TEST_CASE("services that answer nonsense are named") {
  Environment environment({});
  HttpServer nonsense([](const HttpRequest&, Wire& wire) { wire.reply(200, "<html>"); });
  HttpServer empty([](const HttpRequest&, Wire& wire) { wire.reply(200, "{}"); });
  http::Curl transport;
  registry::GoogleMetadata one(transport, "http://" + nonsense.host()), two(transport, "http://" + empty.host());
  CHECK(support::error_text([&] { one.credentials(Registry::parse("gcr.io")); }) ==
        "Google's metadata server does not answer with JSON\n  while logging in to 'gcr.io' by the machine's account");
  CHECK(support::error_text([&] { two.credentials(Registry::parse("gcr.io")); }) ==
        "Google's metadata server gives no token\n  while logging in to 'gcr.io' by the machine's account");
}
