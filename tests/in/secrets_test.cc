#include <doctest/doctest.h>

#include <cstdlib>

#include "core/base/digest.h"
#include "core/base/temporary_directory.h"
#include "tests/in/get.h"

// The program itself, against registries that repeat in their answers what they were sent.

namespace {

constexpr const char* password = "c0rrect horse/battery+\"staple\"";
constexpr const char* token = "t0ken-0123456789-abcdef";

struct Output {
  int status;
  std::string out, err;
};

/// Runs `in` on an image of `repository` with credentials.
Output run_in(const std::string& repository, const std::string& params = "{}") {
  base::TemporaryDirectory directory("in-secrets");
  auto at = directory.path();
  json::Ordered request;
  request["source"] = {{"repository", repository}, {"username", "shipwright"}, {"password", password}, {"debug", true}};
  request["version"] = {{"tag", "1.0"}, {"digest", support::some_digest}};
  request["params"] = json::Ordered::parse(params);
  base::write_file(at / "request", json::write(request));
  auto command = "'" IN_PROGRAM "' '" + (at / "out").string() + "' <'" + (at / "request").string() + "' >'" +
                 (at / "stdout").string() + "' 2>'" + (at / "stderr").string() + "'";
  int status = std::system(command.c_str());
  return {status, base::read_file(at / "stdout", 1 << 20), base::read_file(at / "stderr", 1 << 20)};
}

/// What the password looks like in headers, URLs and JSON.
const std::vector<std::string>& forms() {
  static const std::vector<std::string> all = {
      password,
      base::to_base64(std::string("shipwright:") + password),
      base::to_base64(password),
      "c0rrect%20horse%2Fbattery%2B%22staple%22",
      "c0rrect+horse%2Fbattery%2B%22staple%22",
      "c0rrect%20horse%2fbattery%2b%22staple%22",
      R"(c0rrect horse/battery+\"staple\")",
  };
  return all;
}

std::string all_forms() {
  std::string out;
  for (const auto& form : forms()) out += form + " ; ";
  return out;
}

void check_silent(const Output& output) {
  for (const auto& form : forms()) {
    CAPTURE(form);
    CHECK(output.err.find(form) == std::string::npos);
    CHECK(output.out.find(form) == std::string::npos);
  }
}

std::string errors(const std::string& message) {
  json::Ordered body;
  body["errors"] = {{{"code", "DENIED"}, {"message", message}, {"detail", message}}};
  return json::write(body);
}

}  // namespace

TEST_CASE("what a registry repeats of a login is not printed, in any of its forms") {
  struct Row {
    const char* what;
    int status;
    std::string body;
    std::vector<std::string> headers;
  };
  const Row rows[] = {
      {"an error by the specification", 403, errors("go away, " + all_forms()), {}},
      {"a page", 403, "<html>" + all_forms() + "</html>", {"Content-Type: text/html"}},
      {"a warning",
       403,
       errors("no"),
       {"Warning: 299 - \"" + base::to_base64(std::string("shipwright:") + password) + "\""}},
      {"a type", 200, "{}", {"Content-Type: " + base::to_base64(password)}},
      {"a redirect", 307, "", {"Location: http://shipwright:c0rrect%20horse%2Fbattery%2B%22staple%22@127.0.0.1:1/x"}},
      {"a manifest",
       200,
       R"({"schemaVersion": 2, "mediaType": ")" + base::to_base64(password) + "\"}",
       {"Content-Type: application/vnd.oci.image.manifest.v1+json"}},
  };
  for (const auto& row : rows) {
    CAPTURE(std::string(row.what));
    support::HttpServer server([&](const support::HttpRequest& request, support::Wire& wire) {
      if (request.header("authorization").empty()) return wire.reply(401, "", {"WWW-Authenticate: Basic realm=\"r\""});
      wire.reply(row.status, row.body, row.headers);
    });
    auto output = run_in(server.host() + "/acme/app");
    CHECK(output.status != 0);
    CHECK(output.out.empty());
    CHECK(output.err.find("error: ") != std::string::npos);
    check_silent(output);
  }
}

TEST_CASE("what a registry repeats of a token is not printed") {
  support::HttpServer server([&](const support::HttpRequest& request, support::Wire& wire) {
    if (request.path() == "/token") return wire.reply(200, R"({"token": ")" + std::string(token) + "\"}");
    if (request.header("authorization").empty())
      return wire.reply(
          401, errors(all_forms()),
          {"WWW-Authenticate: Bearer realm=\"http://" + request.header("host") + "/token\",service=\"s\""});
    wire.reply(403,
               errors("bad token: " + request.header("authorization") + " " + base::to_base64(token) + all_forms()));
  });
  auto output = run_in(server.host() + "/acme/app");
  CHECK(output.status != 0);
  CHECK(output.err.find("bad token") != std::string::npos);
  check_silent(output);
  CHECK(output.err.find(token) == std::string::npos);
  CHECK(output.err.find(base::to_base64(token)) == std::string::npos);
}
