#include "core/base/redact_url.h"

#include <doctest/doctest.h>

TEST_CASE("what a message shows of a URL is harmless") {
  CHECK(base::redact_url("https://s3.example/bucket/key?X-Amz-Signature=abc") == "https://s3.example/bucket/key?…");
  CHECK(base::redact_url("http://ann:secret@proxy:3128") == "http://proxy:3128");
  CHECK(base::redact_url("https://h/p#frag") == "https://h/p");
  CHECK(base::redact_url("") == "");
}
