#include "core/http/redirect.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/support/error_text.h"

namespace {

using Table = std::map<std::string, std::string>;

/// Answers from a table of URL to Location; a URL that is not in it is the end of the way.
class Signposts : public http::Transport {
 public:
  explicit Signposts(std::map<std::string, std::string> locations, int status = 307)
      : locations_(std::move(locations)), status_(status) {}

  http::Response send(const http::Request& request, std::stop_token) override {
    seen.push_back(request.method + " " + request.url + " " + request.headers.get("Authorization").value_or("-"));
    auto found = locations_.find(request.url);
    if (found == locations_.end()) return {.status = 200, .url = request.url};
    return {.status = status_, .headers = {{"location", found->second}}, .url = request.url};
  }

  std::vector<std::string> seen;

 private:
  std::map<std::string, std::string> locations_;
  int status_;
};

http::Request authorized(const std::string& url, const std::string& method = "GET") {
  return {.method = method, .url = url, .headers = {{"Authorization", "Bearer t"}}};
}

}  // namespace

TEST_CASE("credentials go to the same origin and nowhere else") {
  Signposts transport(Table{{"https://a.example/1", "/2"},
                       {"https://a.example/2", "https://b.example/3"},
                       {"https://b.example/3", "https://a.example/4"}});
  CHECK(http::send_following(transport, authorized("https://a.example/1")).url == "https://a.example/4");
  CHECK(transport.seen == std::vector<std::string>{"GET https://a.example/1 Bearer t",
                                                   "GET https://a.example/2 Bearer t", "GET https://b.example/3 -",
                                                   "GET https://a.example/4 -"});
}

TEST_CASE("another port or scheme is another origin") {
  Signposts ports(Table{{"https://a.example/1", "https://a.example:8443/2"}});
  http::send_following(ports, authorized("https://a.example/1"));
  CHECK(ports.seen.back() == "GET https://a.example:8443/2 -");
  Signposts schemes(Table{{"http://a.example/1", "https://a.example/2"}});
  http::send_following(schemes, authorized("http://a.example/1"));
  CHECK(schemes.seen.back() == "GET https://a.example/2 -");
}

TEST_CASE("redirects that lead astray are refused") {
  struct Row {
    const char *from, *to, *error;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"https://a.example/1", "http://a.example/2",
            "redirect from 'https://a.example/1' leads to plain http, host 'a.example'"},
           {"https://a.example/1", "https://169.254.169.254/latest",
            "redirect from 'https://a.example/1' leads to the private address '169.254.169.254'"},
           {"http://a.example/1", "http://0x7f000001/",
            "redirect from 'http://a.example/1' leads to the private address '0x7f000001'"},
           {"https://a.example/1", "file:///etc/passwd",
            "redirect from 'https://a.example/1' leads nowhere: URL 'file:///etc/passwd' is neither http nor https"},
           {"https://a.example/1?sig=secret", "https://a.example/1?sig=secret",
            "redirect from 'https://a.example/1?…' is number 11 in a row"}}) {
    CAPTURE(row.to);
    Signposts transport(Table{{row.from, row.to}});
    CHECK(support::error_text([&] { http::send_following(transport, authorized(row.from)); }) == row.error);
  }
}

TEST_CASE("a private registry may redirect to private storage") {
  Signposts transport(Table{{"http://10.0.0.1:5000/1", "http://10.0.0.2:9000/2"}});
  CHECK(http::send_following(transport, authorized("http://10.0.0.1:5000/1")).status == 200);
}

TEST_CASE("a request with a body is sent again for 307 and 308 only") {
  for (int status : {301, 302, 303, 307, 308}) {
    CAPTURE(status);
    Signposts transport(Table{{"https://a.example/1", "/2"}}, status);
    auto response = http::send_following(transport, authorized("https://a.example/1", "PUT"));
    CHECK(response.status == (status >= 307 ? 200 : status));
    Signposts head(Table{{"https://a.example/1", "/2"}}, status);
    CHECK(http::send_following(head, authorized("https://a.example/1", "HEAD")).status == 200);
  }
}
