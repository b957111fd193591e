#include <doctest/doctest.h>

#include <functional>

#include "core/recipe/syntax.h"

namespace syntax = recipe::syntax;
using namespace std::chrono_literals;

namespace {

/// The whole error of `parse(text)`, or "" if it takes the text.
std::string problem(const std::function<void(std::string_view)>& parse, std::string_view text) {
  try {
    parse(text);
    return "";
  } catch (const base::Error& error) {
    return error.text();
  }
}

struct Good {
  std::string text;
  std::string normal;
};

void check_good(const std::function<std::string(std::string_view)>& parse, std::initializer_list<Good> rows) {
  for (const Good& row : rows) {
    CAPTURE(row.text);
    CHECK(problem(parse, row.text) == "");
    CHECK(parse(row.text) == row.normal);
  }
}

}  // namespace

TEST_CASE("absolute paths are cleaned") {
  check_good(
      syntax::absolute_path,
      {{"/", "/"}, {"/a", "/a"}, {"/a/", "/a"}, {"//a///b/./c/.", "/a/b/c"}, {"/...", "/..."}, {"/a..b", "/a..b"}});
  CHECK(problem(syntax::absolute_path, "a/b") == "'a/b' is not absolute\n  fix: write '/a/b'");
  CHECK(problem(syntax::absolute_path, "/a/../b") == "'/a/../b' has a '..'\n  fix: write the path without it");
  CHECK(problem(syntax::absolute_path, "/" + std::string(256, 'x')) ==
        "a file name of 256 bytes, at most 255 are possible");
}

TEST_CASE("relative paths are cleaned") {
  check_good(syntax::relative_path, {{"./Dockerfile", "Dockerfile"}, {"a//b/", "a/b"}, {".", "."}, {"./", "."}});
  CHECK(problem(syntax::relative_path, "/a") ==
        "'/a' is absolute, a relative path is wanted\n  fix: it is a path in the build context, not on this machine");
  CHECK(problem(syntax::relative_path, "a/..") == "'a/..' has a '..'\n  fix: write the path without it");
}

TEST_CASE("modes are octal") {
  CHECK(syntax::file_mode("755") == 0755);
  CHECK(syntax::file_mode("0644") == 0644);
  CHECK(syntax::file_mode("4755") == 04755);
  CHECK(syntax::file_mode("01777") == 01777);
  for (const std::string text : {"0888", "7", "77", "10000", "0o755", "-755", "rwxr-xr-x", "755 ", "777777"}) {
    CAPTURE(text);
    CHECK(problem(syntax::file_mode, text).ends_with("is no mode\n  fix: write the permissions in octal, as \"0755\""));
  }
}

TEST_CASE("an owner is a user, and perhaps a group") {
  CHECK(syntax::owner("app").user == "app");
  CHECK(syntax::owner("app").group == "");
  CHECK(syntax::owner("1000:1001").user == "1000");
  CHECK(syntax::owner("1000:1001").group == "1001");
  for (const std::string text : {":", "a:", ":b", "a:b:c", "a b", "a/b"}) {
    CAPTURE(text);
    CHECK(problem(syntax::owner, text)
              .ends_with("names no user\n  fix: write user, user:group or numbers, as \"1000:1000\""));
  }
}

TEST_CASE("ports get their protocol") {
  check_good(syntax::exposed_port,
             {{"80", "80/tcp"}, {"080", "80/tcp"}, {"53/udp", "53/udp"}, {"65535/sctp", "65535/sctp"}});
  for (const std::string text : {"0", "65536", "80/", "80/http", "/tcp", "-1", "8000-8010", "80 "}) {
    CAPTURE(text);
    CHECK(problem(syntax::exposed_port, text).find("is no port") != std::string::npos);
  }
}

TEST_CASE("signals are known by name or number") {
  check_good(syntax::stop_signal, {{"SIGTERM", "SIGTERM"},
                                   {"TERM", "SIGTERM"},
                                   {"SIGRTMIN+3", "SIGRTMIN+3"},
                                   {"RTMAX-1", "SIGRTMAX-1"},
                                   {"9", "9"}});
  CHECK(problem(syntax::stop_signal, "SIGTREM") == "'SIGTREM' is no signal\n  fix: did you mean 'SIGTERM'?");
  CHECK(problem(syntax::stop_signal, "0") == "'0' is no signal\n  fix: signals have the numbers from 1 to 64");
  CHECK(problem(syntax::stop_signal, "65") == "'65' is no signal\n  fix: signals have the numbers from 1 to 64");
  CHECK(problem(syntax::stop_signal, "please stop") ==
        "'please stop' is no signal\n  fix: write a name as SIGTERM, or a number");
  CHECK(problem(syntax::stop_signal, "SIGRTMIN+99") != "");
}

TEST_CASE("durations are written as Go writes them") {
  CHECK(syntax::duration("30s") == 30s);
  CHECK(syntax::duration("1m30s") == 90s);
  CHECK(syntax::duration("1.5h") == 90min);
  CHECK(syntax::duration("100ms") == 100ms);
  CHECK(syntax::duration("1500us") == 1500us);
  CHECK(syntax::duration("2000000ns") == 2ms);
  for (const std::string text : {"30", "s", "5 parsecs", "1..5s", ".5s", "5.s", "-5s", "1m30", "1e3s"}) {
    CAPTURE(text);
    CHECK(problem(syntax::duration, text)
              .ends_with("is no duration\n  fix: write a number and its unit, as 30s or 1m30s"));
  }
  for (const std::string text : {"0s", "1ns", "99999h", "99999999999999999h"}) {
    CAPTURE(text);
    CHECK(problem(syntax::duration, text).ends_with("is out of range\n  fix: from 1ms to a year"));
  }
}

TEST_CASE("sizes have decimal and binary units") {
  CHECK(syntax::byte_size("1048576") == 1048576);
  CHECK(syntax::byte_size("1 B") == 1);
  CHECK(syntax::byte_size("200MiB") == 200u << 20);
  CHECK(syntax::byte_size("1.5 GB") == 1'500'000'000);
  CHECK(syntax::byte_size("2kB") == 2000);
  for (const std::string text : {"a lot", "MB", "1 mb", "1MB extra", "1,5GB", "-1", "1 TB"}) {
    CAPTURE(text);
    CHECK(problem(syntax::byte_size, text)
              .ends_with("is no size\n  fix: write a number and its unit: B, kB, MB, GB, KiB, MiB or GiB"));
  }
  for (const std::string text : {"0", "0.1B", "99999999GB"}) {
    CAPTURE(text);
    CHECK(problem(syntax::byte_size, text).ends_with("is out of range\n  fix: from 1 byte to 1000000 GB"));
  }
}

TEST_CASE("package names are those of Debian, and nothing that apt would take otherwise") {
  check_good(syntax::package_name, {{"g++", "g++"},
                                    {"libstdc++6", "libstdc++6"},
                                    {"containerd.io", "containerd.io"},
                                    {"0ad", "0ad"},
                                    {"jq:arm64", "jq:arm64"},
                                    {"libc6:any", "libc6:any"}});
  const char* fix = "\n  fix: lower-case letters, digits, '+', '.' and '-', at least two; \":arch\" may follow";
  for (const std::string text :
       {"jq-", "jq/stable", "jq.*", "Jq", "j", "jq:", "jq:a b", ".jq", "jq^", "?installed", "jq ", "ä"}) {
    CAPTURE(text);
    CHECK(problem(syntax::package_name, text).ends_with(std::string("cannot be the name of a Debian package") + fix));
  }
  CHECK(problem(syntax::package_name, "jq=1.6") ==
        "'jq=1.6' cannot be the name of a Debian package\n  fix: give the version inside the block: version = \"1.6\"");
  CHECK(problem(syntax::package_name, std::string(257, 'a')) != "");
}

TEST_CASE("versions are Debian's") {
  check_good(syntax::package_version,
             {{"5:19.03.1~3-0~ubuntu-bionic", "5:19.03.1~3-0~ubuntu-bionic"}, {"1.6-2.1+deb12u3", "1.6-2.1+deb12u3"}});
  for (const std::string text : {"1.6*", "1 6", "1.6/stable", "1_6"}) {
    CAPTURE(text);
    CHECK(problem(syntax::package_version, text)
              .ends_with("cannot be a Debian version\n  fix: letters, digits, '.', '+', '-', '~' and ':'"));
  }
}

TEST_CASE("repository lines keep their words, with single blanks between") {
  check_good(
      syntax::repository_line,
      {{"deb http://a.example/debian bookworm main", "deb http://a.example/debian bookworm main"},
       {" deb-src\thttps://a.example  bookworm   main contrib ", "deb-src https://a.example bookworm main contrib"},
       {"deb https://a.example ./", "deb https://a.example ./"},
       {"deb [ arch=amd64,arm64  signed-by=/k.gpg ] https://a.example s main",
        "deb [arch=amd64,arm64 signed-by=/k.gpg] https://a.example s main"},
       {"deb [trusted=no] https://a.example s main", "deb [trusted=no] https://a.example s main"}});
}

TEST_CASE("repository lines that apt would refuse, or that would switch its checks off, are refused") {
  struct Row {
    std::string line;
    std::string message;
  };
  const Row rows[] = {
      {"rpm https://a.example s main",
       "'rpm' is no type of repository\n  fix: write deb URI SUITE COMPONENT… or deb-src URI SUITE COMPONENT…"},
      {"deb", "'deb' has no URI"},
      {"deb [arch=amd64]", "'deb [arch=amd64]' has no URI"},
      {"deb ftp://a.example s main", "'ftp://a.example' is no http or https URI"},
      {"deb file:/srv/debs ./", "'file:/srv/debs' is no http or https URI"},
      {"deb https:// s main", "'https://' has no host"},
      {"deb https://u:p@a.example s main",
       "'https://u:p@a.example' has a user or password in it\n  fix: they would end up in the bill of materials"},
      {"deb https://a.example", "'deb https://a.example' has no suite\n  fix: write deb URI SUITE COMPONENT…"},
      {"deb https://a.example s",
       "'deb https://a.example s' has no component\n  fix: add one, as main, or end the suite with '/' if the "
       "repository "
       "is "
       "flat"},
      {"deb https://a.example ./ main",
       "'deb https://a.example ./ main' has a component, but its suite ends with '/'\n  fix: take one of them away"},
      {"deb [arch] https://a.example s main",
       "'deb [arch] https://a.example s main' has the option 'arch' without a value\n  fix: write [name=value]"},
      {"deb [arch=amd64 https://a.example s main",
       "'deb [arch=amd64 https://a.example s main' has a '[' without its ']'"},
      {"deb [Trusted=Yes] https://a.example s main",
       "the option 'Trusted=Yes' switches the signature check off\n  fix: add the repository's key to the block: key "
       "\"name\" { uri = \"…\" }"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.line);
    CHECK(problem(syntax::repository_line, row.line) == row.message);
  }
  for (const std::string option :
       {"allow-insecure=yes", "allow-weak=1", "allow-downgrade-to-insecure=true", "trusted=force"}) {
    CAPTURE(option);
    CHECK(problem(syntax::repository_line, "deb [" + std::string(option) + "] https://a.example s main")
              .find("switches the signature check off") != std::string::npos);
  }
}

TEST_CASE("a snapshot is a moment that existed") {
  check_good(syntax::snapshot_time, {{"20240131", "20240131T000000Z"}, {"20240229T235959Z", "20240229T235959Z"}});
  for (const std::string text :
       {"2024-01-31", "20230229", "20240131T240000Z", "20240131T120000", "20040101", "2024013", "2024ab01"}) {
    CAPTURE(text);
    CHECK(problem(syntax::snapshot_time, text)
              .ends_with("is no moment of the archive\n  fix: write YYYYMMDD or YYYYMMDDTHHMMSSZ, from 2005 on"));
  }
}

TEST_CASE("fingerprints are whole") {
  check_good(syntax::fingerprint,
             {{"4d64 fd60 92d7 5e94 24ae  5f2e 9a4d 3a04 9c60 bd52", "4D64FD6092D75E9424AE5F2E9A4D3A049C60BD52"}});
  for (const std::string text : {"9C60BD52", "0x9C60BD52", "zz"}) {
    CAPTURE(text);
    CHECK(problem(syntax::fingerprint, text)
              .ends_with("is no fingerprint\n  fix: write all 40 hex digits: shorter ids can be forged"));
  }
}

TEST_CASE("URIs are http or https, without password") {
  check_good(syntax::http_uri, {{"https://a.example/k.asc?x=1#y", "https://a.example/k.asc?x=1#y"},
                                {" http://127.0.0.1:5000/ ", "http://127.0.0.1:5000/"},
                                {"https://a.example/@scope/x", "https://a.example/@scope/x"}});
  for (const std::string text : {"file:///etc/passwd", "a.example/x", "https://", "https:///x", "https://:80/",
                                 "https://a b", "https://user@a.example/"}) {
    CAPTURE(text);
    CHECK(problem(syntax::http_uri, text) != "");
  }
}
