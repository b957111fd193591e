#include "core/deb/version.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_CASE("versions sort as dpkg sorts them") {
  // Each before the next.
  const std::vector<std::string> ascending = {
      "0~~",      "0~",      "0",          "0+x",           "1.0~beta1",      "1.0",    "1.0-1", "1.0-1+b1", "1.0-1.1",
      "1.0.1",    "1.9",     "1.10",       "1.10-0ubuntu1", "1.10-1~deb12u1", "1.10-1", "1.10a", "1.10b",    "1.10+",
      "20180409", "1:0.5-1", "1:2.38.1-5", "2:0",
  };
  for (std::size_t i = 0; i < ascending.size(); i++)
    for (std::size_t j = 0; j < ascending.size(); j++) {
      CAPTURE(ascending[i]);
      CAPTURE(ascending[j]);
      CHECK((deb::compare_versions(ascending[i], ascending[j]) < 0) == (i < j));
    }
}

TEST_CASE("leading zeros, an epoch of 0 and a revision of 0 make no difference") {
  CHECK(deb::compare_versions("1.02", "1.2") == 0);
  CHECK(deb::compare_versions("0:1", "1") == 0);
  CHECK(deb::compare_versions("1-0", "1") == 0);
  CHECK(deb::compare_versions("1.99999999999999999999999", "1.100000000000000000000000") < 0);
}

TEST_CASE("valid versions are told from others") {
  for (auto good : {"1", "0", "1.1.1-1ubuntu2.1~18.04.4", "1:2.39.5-0+deb12u3", "20180409",
                    "2.4+20151223.gitfa8646d.1-2+b2", "1:1:1-1", "a1", "1-2-3"})
    CHECK_MESSAGE(deb::valid_version(good), good);
  for (auto bad :
       {"", "-1", "1-", ":1", "a:1", "-1:1", "99999999999:1", "1 2", "1_2", "1\n", "~1", "1-1:1", "1;rm", "1/2"})
    CHECK_MESSAGE(!deb::valid_version(bad), bad);
  CHECK(!deb::valid_version(std::string(300, '1')));
}
