#include "core/name/platform.h"

#include <doctest/doctest.h>

#include "tests/support/error_text.h"

using name::Platform;

TEST_CASE("platforms are read in every spelling and written in one") {
  struct Row {
    const char *text, *normal;
  };
  for (const Row& row : std::initializer_list<Row>{{"linux/amd64", "linux/amd64"},
                                                   {"amd64", "linux/amd64"},
                                                   {"Linux/AMD64", "linux/amd64"},
                                                   {"linux/x86_64", "linux/amd64"},
                                                   {"linux/amd64/v1", "linux/amd64"},
                                                   {"linux/amd64/v3", "linux/amd64/v3"},
                                                   {"linux/arm64/v8", "linux/arm64"},
                                                   {"linux/arm64/8", "linux/arm64"},
                                                   {"aarch64", "linux/arm64"},
                                                   {"linux/arm/v7", "linux/arm/v7"},
                                                   {"linux/arm/7", "linux/arm/v7"},
                                                   {"armhf", "linux/arm/v7"},
                                                   {"armel", "linux/arm/v6"},
                                                   {"i386", "linux/386"},
                                                   {"windows/amd64", "windows/amd64"}}) {
    CAPTURE(row.text);
    CHECK(Platform::parse(row.text).text() == row.normal);
  }
  CHECK(Platform::make("", "arm64/v8").text() == "linux/arm64");
  CHECK(Platform::make("linux", "").architecture() == Platform::host().architecture());
}

TEST_CASE("a platform is served by its own variant, or by a child that names none") {
  struct Row {
    const char *wanted, *offered;
    bool matches;
  };
  for (const Row& row : std::initializer_list<Row>{{"linux/arm64", "linux/arm64/v8", true},
                                                   {"linux/arm64/v8", "linux/arm64", true},
                                                   {"linux/arm/v7", "linux/arm/v7", true},
                                                   {"linux/arm/v7", "linux/arm", true},
                                                   {"linux/arm", "linux/arm/v5", true},
                                                   {"linux/arm/v7", "linux/arm/v6", false},
                                                   {"linux/amd64", "windows/amd64", false},
                                                   {"linux/amd64", "linux/arm64", false}}) {
    CAPTURE(row.wanted);
    CAPTURE(row.offered);
    CHECK(Platform::parse(row.wanted).matches(Platform::parse(row.offered)) == row.matches);
  }
}

TEST_CASE("what is no platform is refused with an example") {
  for (const char* bad : {"", "/", "linux/", "linux//v8", "linux/arm/v7/x", "li nux/amd64", "linux/\x1b[31m"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(Platform::parse(bad), base::Error);
  }
  CHECK(support::error_text([] { Platform::parse("linux/a b"); }) ==
        "platform 'linux/a b' is not valid\n"
        "  fix: write os/architecture or os/architecture/variant, such as 'linux/amd64' or 'linux/arm/v7'");
}
