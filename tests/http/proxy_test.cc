#include "core/http/proxy.h"

#include <doctest/doctest.h>

#include <cstdlib>

using http::Proxy;
using http::Url;

TEST_CASE("a proxy is shown without its login, whatever characters that has") {
  CHECK(http::redact_proxy("http://proxy.example:3128") == "http://proxy.example:3128");
  CHECK(http::redact_proxy("http://ann:secret@proxy.example:3128") == "http://proxy.example:3128");
  CHECK(http::redact_proxy("http://ann:sec/re?t#@proxy.example:3128") == "http://proxy.example:3128");
  CHECK(http::redact_proxy("ann:sec@ret@proxy.example") == "proxy.example");
}

TEST_CASE("no_proxy goes by host, suffix, port, address and block") {
  struct Row {
    const char *no_proxy, *url;
    bool direct;
  };
  for (const Row& row : std::initializer_list<Row>{{"", "http://example.org/", false},
                                                   {"*", "http://example.org/", true},
                                                   {"example.org", "http://example.org/", true},
                                                   {"EXAMPLE.org", "http://Example.ORG/", true},
                                                   {"example.org", "http://a.example.org/", true},
                                                   {"example.org", "http://badexample.org/", false},
                                                   {".example.org", "http://a.example.org/", true},
                                                   {".example.org", "http://example.org/", false},
                                                   {"*.example.org", "http://a.example.org/", true},
                                                   {"a, example.org ,b", "http://example.org/", true},
                                                   {"a example.org", "http://example.org/", true},
                                                   {"example.org:5000", "http://example.org:5000/", true},
                                                   {"example.org:5000", "http://example.org/", false},
                                                   {"example.org:443", "https://example.org/", true},
                                                   {"10.0.0.0/8", "http://10.1.2.3/", true},
                                                   {"10.0.0.0/8", "http://11.1.2.3/", false},
                                                   {"10.1.2.3", "http://10.1.2.3:5000/", true},
                                                   {"10.1.2.3:5000", "http://10.1.2.3:5000/", true},
                                                   {"10.1.2.3:5000", "http://10.1.2.3:5001/", false},
                                                   {"fd00::/8", "http://[fd00::1]/", true},
                                                   {"[fd00::1]", "http://[fd00::1]/", true},
                                                   {",,.,", "http://example.org/", false},
                                                   {"", "http://localhost/", true},
                                                   {"", "http://127.0.0.1:5000/", true},
                                                   {"", "http://[::1]/", true},
                                                   {"", "http://169.254.169.254/latest", true},
                                                   {"", "http://metadata.google.internal/", true}}) {
    CAPTURE(row.no_proxy);
    CAPTURE(row.url);
    Proxy proxy("http://proxy:3128", "http://proxy:3129", row.no_proxy);
    CHECK(!proxy.for_url(Url::parse(row.url)) == row.direct);
  }
}

TEST_CASE("each scheme has its proxy") {
  Proxy proxy("http://a", "http://b", "");
  CHECK(proxy.for_url(Url::parse("http://h/")) == "http://a");
  CHECK(proxy.for_url(Url::parse("https://h/")) == "http://b");
  CHECK(!Proxy().for_url(Url::parse("https://h/")));
}

TEST_CASE("the lower-case variables count, then the upper-case ones, and never HTTP_PROXY") {
  for (const char* name : {"http_proxy", "https_proxy", "no_proxy", "all_proxy", "ALL_PROXY"}) ::unsetenv(name);
  ::setenv("HTTP_PROXY", "http://evil", 1);
  ::setenv("HTTPS_PROXY", "http://upper", 1);
  ::setenv("NO_PROXY", "direct", 1);
  auto proxy = Proxy::from_environment();
  CHECK(!proxy.for_url(Url::parse("http://h/")));
  CHECK(proxy.for_url(Url::parse("https://h/")) == "http://upper");
  CHECK(!proxy.for_url(Url::parse("https://direct/")));
  ::setenv("https_proxy", "http://lower", 1);
  CHECK(Proxy::from_environment().for_url(Url::parse("https://h/")) == "http://lower");
  for (const char* name : {"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "https_proxy"}) ::unsetenv(name);
}
