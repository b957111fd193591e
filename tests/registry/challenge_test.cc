#include "core/registry/challenge.h"

#include <doctest/doctest.h>

#include "core/registry/error.h"
#include "core/registry/link.h"
#include "tests/support/error_text.h"

using registry::parse_challenges;

TEST_CASE("challenges are read as servers write them") {
  auto one = parse_challenges(
      R"(Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push")");
  REQUIRE(one.size() == 1);
  CHECK(one[0].scheme == "bearer");
  CHECK(one[0].parameter("realm") == "https://auth.docker.io/token");
  CHECK(one[0].parameter("service") == "registry.docker.io");
  CHECK(one[0].parameter("scope") == "repository:a/b:pull,push");
  CHECK(one[0].parameter("error").empty());

  auto several = parse_challenges(R"(Negotiate, BASIC Realm = "a \"b\" c" , Bearer realm=token, x="y")");
  REQUIRE(several.size() == 3);
  CHECK(several[0].scheme == "negotiate");
  CHECK(several[1].parameter("realm") == R"(a "b" c)");
  CHECK(several[2].parameter("realm") == "token");
  CHECK(several[2].parameter("x") == "y");
}

TEST_CASE("whatever else comes is left out, and never too much of it") {
  CHECK(parse_challenges("").empty());
  CHECK(parse_challenges(",,,  ,").empty());
  CHECK(parse_challenges("=\"x\"").size() <= 1);
  CHECK(parse_challenges("realm=\"x\"").empty());
  CHECK(parse_challenges("Bearer realm=\"unclosed")[0].parameter("realm") == "unclosed");
  CHECK(parse_challenges("Bearer realm=\"a\", realm=\"b\"")[0].parameter("realm") == "a");
  CHECK(parse_challenges("NTLM TlRMTVNTUAACAAAA==")[0].scheme == "ntlm");
  CHECK(parse_challenges("Basic\x01\x02\xff realm=x").size() <= 2);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "Basic,";
  CHECK(parse_challenges(many).size() == 16);
  CHECK(parse_challenges(std::string(1 << 20, 'a')).size() == 1);
}

TEST_CASE("the next page is what Link says, on this registry only") {
  auto next = [](const std::string& value) { return registry::next_link({{"Link", value}}).value_or("none"); };
  CHECK(next(R"(</v2/a/tags/list?last=x&n=2>; rel="next")") == "/v2/a/tags/list?last=x&n=2");
  CHECK(next("</a>; rel=prev, </b>;rel=next") == "/b");
  CHECK(next(R"(</a>; title="x"; rel="last next")") == "/a");
  CHECK(next("</a>; rel=prev") == "none");
  CHECK(next("</a") == "none");
  CHECK(next("a>; rel=next") == "none");
  CHECK(!registry::next_link({}));

  auto page = http::Url::parse("https://h:5000/v2/a/tags/list?n=2");
  auto error = [&](const std::string& target) {
    return support::error_text([&] { registry::next_page(page, target); });
  };
  CHECK(registry::next_page(page, "/v2/a/tags/list?last=x") == "/v2/a/tags/list?last=x");
  CHECK(registry::next_page(page, "list?last=x") == "/v2/a/tags/list?last=x");
  CHECK(registry::next_page(page, "http://h/v2/a/tags/list?last=x") == "/v2/a/tags/list?last=x");
  CHECK(error("https://evil/v2/?token=1") ==
        "registry 'h:5000' continues its list at 'https://evil/v2/?…', on another host");
  CHECK(error("/admin") == "registry 'h:5000' continues its list at '/admin', outside of its API");
  CHECK(error("ftp://h/v2/") ==
        "registry 'h:5000' continues its list at 'ftp://h/v2/', which is no URL: URL 'ftp://h/v2/' is neither http nor "
        "https");
}

TEST_CASE("an error shows what the registry said, whatever that is") {
  auto text = [](int status, const std::string& body) {
    return registry::status_error("GET", {.status = status, .body = body, .url = "https://h/v2/a?sig=1"}).text();
  };
  CHECK(text(404, R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":"x"}}]})") ==
        "GET https://h/v2/a?…: 404, MANIFEST_UNKNOWN: manifest unknown");
  CHECK(text(400, R"({"errors":[{"code":"A"},{"code":"B","message":"b"},{"code":"C"},{"code":"D"}]})") ==
        "GET https://h/v2/a?…: 400, A; B: b; C");
  CHECK(text(502, "<html>Bad gateway</html>\n") == "GET https://h/v2/a?…: 502, '<html>Bad gateway</html>'");
  CHECK(text(500, "") == "GET https://h/v2/a?…: 500");
  CHECK(text(500, "\x1b[31m") == "GET https://h/v2/a?…: 500, '\\x1b[31m'");
  CHECK(text(500, R"({"errors":"no list"})") == "GET https://h/v2/a?…: 500, '{\"errors\":\"no list\"}'");
  CHECK(text(500, R"({"errors":[1,2]})") == "GET https://h/v2/a?…: 500, '{\"errors\":[1,2]}'");
  CHECK(text(403, "") == "GET https://h/v2/a?…: 403\n  fix: check that this user may do this with this repository");
  CHECK(text(413, "").ends_with("fix: raise the limit on request bodies of the registry or the proxy in front of it"));
}

TEST_CASE("an error knows its kind, and whether it may pass") {
  struct Row {
    int status;
    base::Kind kind;
    bool temporary;
  };
  for (const Row& row : std::initializer_list<Row>{{400, base::Kind::failed, false},
                                                   {401, base::Kind::denied, false},
                                                   {403, base::Kind::denied, false},
                                                   {404, base::Kind::not_found, false},
                                                   {405, base::Kind::unsupported, false},
                                                   {408, base::Kind::unavailable, true},
                                                   {429, base::Kind::unavailable, true},
                                                   {500, base::Kind::unavailable, true},
                                                   {501, base::Kind::unsupported, false},
                                                   {502, base::Kind::unavailable, true},
                                                   {503, base::Kind::unavailable, true},
                                                   {504, base::Kind::unavailable, true},
                                                   {507, base::Kind::unavailable, false}}) {
    CAPTURE(row.status);
    auto error =
        registry::status_error("GET", {.status = row.status, .headers = {{"Retry-After", "7"}}, .url = "https://h/"});
    CHECK(error.kind() == row.kind);
    CHECK(error.temporary() == row.temporary);
    CHECK(error.retry_after() == std::chrono::seconds(7));
  }
  CHECK(
      registry::status_error("GET", {.status = 400, .body = R"({"errors":[{"code":"TOOMANYREQUESTS"}]})"}).temporary());
}
