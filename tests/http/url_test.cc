#include "core/http/url.h"

#include <doctest/doctest.h>

#include "core/http/address.h"
#include "tests/support/error_text.h"

using http::Url;

TEST_CASE("a URL is taken apart and put together again") {
  struct Row {
    const char *text, *canonical, *host;
    int port;
    const char *path, *query;
  };
  for (const Row& row :
       std::initializer_list<Row>{{"https://ghcr.io/v2/", "https://ghcr.io/v2/", "ghcr.io", 443, "/v2/", ""},
                                  {"HTTP://Example.ORG:80", "http://example.org/", "example.org", 80, "/", ""},
                                  {"https://h:5000/a?b=c&d#e", "https://h:5000/a?b=c&d", "h", 5000, "/a", "b=c&d"},
                                  {"http://[::1]:5000/x", "http://[::1]:5000/x", "::1", 5000, "/x", ""},
                                  {"https://h?q", "https://h/?q", "h", 443, "/", "q"}}) {
    CAPTURE(row.text);
    auto url = Url::parse(row.text);
    CHECK(url.text() == row.canonical);
    CHECK(url.host() == row.host);
    CHECK(url.port() == row.port);
    CHECK(url.path() == row.path);
    CHECK(url.query() == row.query);
  }
}

TEST_CASE("what is no URL is refused, without its query and its password") {
  auto error = [](const std::string& text) { return support::error_text([&] { Url::parse(text); }); };
  CHECK(error("ghcr.io/v2") == "URL 'ghcr.io/v2' has no scheme");
  CHECK(error("ftp://h/") == "URL 'ftp://h/' is neither http nor https");
  CHECK(error("https://ann:secret@h/?token=1") == "URL 'https://h/?…' holds user information");
  CHECK(error("https://h/a b") == "URL 'https://h/a b' holds a blank, a control character or one that is not ASCII");
  CHECK(error("https://h\r\nX: y/").find("holds a blank") != std::string::npos);
  CHECK(error("https:///x") == "URL 'https:///x' has no valid host");
  CHECK(error("https://h:x/") == "URL 'https://h:x/' has no valid port");
  CHECK(error("https://h:99999/") == "URL 'https://h:99999/' has no valid port");
  CHECK(error("https://[::1/") == "URL 'https://[::1/' has an unclosed '['");
  CHECK(error("https://[zz]/") == "URL 'https://[zz]/' has no valid IPv6 address");
  CHECK(error("https://h\\@evil/") == "URL 'https://h\\@evil/' has no valid path");
  CHECK(error("https://" + std::string(20000, 'a')).ends_with("is longer than 16.0 KiB"));
}

TEST_CASE("a reference is resolved as RFC 3986 says") {
  auto base = Url::parse("https://h:5000/v2/a/blobs/uploads/?x=1");
  struct Row {
    const char *reference, *wanted;
  };
  for (const Row& row : std::initializer_list<Row>{{"https://other/z?y#f", "https://other/z?y"},
                                                   {"//other/z", "https://other/z"},
                                                   {"/z?s=https://a/b", "https://h:5000/z?s=https://a/b"},
                                                   {"z", "https://h:5000/v2/a/blobs/uploads/z"},
                                                   {"../z", "https://h:5000/v2/a/blobs/z"},
                                                   {"../../../../../z", "https://h:5000/z"},
                                                   {"./", "https://h:5000/v2/a/blobs/uploads/"},
                                                   {"?y", "https://h:5000/v2/a/blobs/uploads/?y"},
                                                   {"", "https://h:5000/v2/a/blobs/uploads/?x=1"}}) {
    CAPTURE(row.reference);
    CHECK(base.resolve(row.reference).text() == row.wanted);
  }
  CHECK(base.with_query("digest=sha256:1").text() == "https://h:5000/v2/a/blobs/uploads/?x=1&digest=sha256:1");
}

TEST_CASE("addresses that lie inside are seen through any notation") {
  for (const char* inside : {"http://127.0.0.1/", "http://localhost/", "http://x.localhost/", "http://10.0.0.1/",
                             "http://172.16.0.1/", "http://192.168.1.1/", "http://169.254.169.254/", "http://[::1]/",
                             "http://[fe80::1]/", "http://[fd00::1]/", "http://[::ffff:10.0.0.1]/", "http://0.0.0.0/",
                             "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://100.64.0.1/"}) {
    CAPTURE(inside);
    CHECK(Url::parse(inside).is_private_address());
  }
  for (const char* outside : {"http://8.8.8.8/", "http://registry.example/", "http://[2001:db8::1]/",
                              "http://172.32.0.1/", "http://10.0.0.1.example/"}) {
    CAPTURE(outside);
    CHECK(!Url::parse(outside).is_private_address());
  }
}

TEST_CASE("an address lies in a block or not") {
  struct Row {
    const char *address, *block;
    bool within;
  };
  for (const Row& row : std::initializer_list<Row>{{"10.1.2.3", "10.0.0.0/8", true},
                                                   {"11.1.2.3", "10.0.0.0/8", false},
                                                   {"10.1.2.3", "10.1.2.3", true},
                                                   {"10.1.2.3", "0.0.0.0/0", true},
                                                   {"10.1.2.3", "10.1.2.2/31", true},
                                                   {"10.1.2.3", "10.0.0.0/33", false},
                                                   {"10.1.2.3", "10.0.0.0/-1", false},
                                                   {"10.1.2.3", "10.0.0.0/", false},
                                                   {"10.1.2.3", "fd00::/8", false},
                                                   {"fd00::1", "fd00::/8", true}}) {
    CAPTURE(row.block);
    CHECK(http::Address::parse(row.address)->within(row.block) == row.within);
  }
  for (const char* none : {"", "host", "1.2.3.4.5", "1.2.3.256", ":::"}) CHECK(!http::Address::parse(none));
}
