#include "core/base/text.h"

#include <doctest/doctest.h>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/redactor.h"

TEST_CASE("what comes from outside cannot drive the terminal") {
  CHECK(base::quoted("a\x1b[31mb") == "'a\\x1b[31mb'");
  CHECK(base::quoted("caf\xc3\xa9") == "'caf\xc3\xa9'");
  CHECK(base::quoted("\xff\n") == "'\\xff\\x0a'");
  CHECK(base::quoted("\xc2\x9b") == "'\\xc2\\x9b'");
  CHECK(base::quoted("abcdef", 3) == "'abc…'");
}

TEST_CASE("a slip of the pen finds its word, another word does not") {
  CHECK(base::nearest("entrypont", {"cmd", "entrypoint", "env"}) == "entrypoint");
  CHECK(base::nearest("tga", {"cmd", "tag"}) == "tag");
  CHECK(base::nearest("zebra", {"cmd", "entrypoint", "env"}).empty());
}

TEST_CASE("a digest is checked when it is made") {
  CHECK(base::sha256("").text() == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK_THROWS_AS(base::Digest::parse("sha256:E3B0"), base::Error);
  CHECK_THROWS_AS(base::Digest::parse("md5:d41d8cd98f00b204e9800998ecf8427e"), base::Error);
  auto digest = base::sha256("x");
  CHECK(base::Digest::parse(digest.text()) == digest);
  CHECK(digest.algorithm() == "sha256");
  CHECK(digest.hex().size() == 64);
}

TEST_CASE("base64 is read strictly") {
  CHECK(base::to_base64("estaleiro") == "ZXN0YWxlaXJv");
  CHECK(base::from_base64("ZXN0YWxlaXI=") == "estaleir");
  CHECK(base::from_base64("").empty());
  for (const char* bad : {"ZXN0", "Z", "ZX=0", "Z!N0"})
    if (std::string_view(bad) != "ZXN0") CHECK_THROWS_AS(base::from_base64(bad), base::Error);
}

TEST_CASE("a secret is taken out in each form in which it may turn up") {
  base::Redactor redactor;
  redactor.add("s3cr3t/w+rd");
  CHECK(redactor.clean("password s3cr3t/w+rd!") == "password ((redacted))!");
  CHECK(redactor.clean("u=s3cr3t%2Fw%2Brd") == "u=((redacted))");
  CHECK(redactor.clean("u=s3cr3t%2fw%2brd") == "u=((redacted))");
  redactor.add("two words");
  CHECK(redactor.clean("a=two%20words&b=two+words") == "a=((redacted))&b=((redacted))");
  for (const char* user : {"u", "us", "use", "user"}) {
    CAPTURE(user);
    std::string header = base::to_base64(std::string(user) + ":s3cr3t/w+rd");
    CHECK(redactor.clean("Basic " + header).find("((redacted))") != std::string::npos);
  }
  redactor.add("abc");  // too short to look for
  CHECK(redactor.clean("abc") == "abc");
}

TEST_CASE("an error tells its story innermost first and ends with the fix") {
  try {
    base::within("reading layer 'a'", [] {
      throw base::Error(base::Kind::corrupt, "gzip data ends early at byte 4096").fix("push the image again");
    });
    FAIL("nothing was thrown");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::Kind::corrupt);
    CHECK(error.text() == "gzip data ends early at byte 4096\n  while reading layer 'a'\n  fix: push the image again");
  }
}
