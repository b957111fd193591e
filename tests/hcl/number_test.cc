#include "core/hcl/number.h"

#include <doctest/doctest.h>

#include <limits>

namespace {

using hcl::Number;

Number number(const char* text) {
  auto out = Number::parse(text, Number::Form::text);
  REQUIRE(out);
  return *out;
}

}  // namespace

TEST_CASE("what is a number, as a literal and as a text") {
  for (const char* good :
       {"0", "7", "007", "1.5", "1.50", "1e3", "1E-3", "1.5e+2", "1e10000", "123456789012345678901234567890.5"}) {
    CAPTURE(good);
    bool integer_too_long = std::string(good) == "1e10000";
    CHECK(Number::parse(good, Number::Form::literal).has_value() != integer_too_long);
  }
  for (const char* bad :
       {"", ".", ".5", "5.", "1e", "1e+", "e5", "0x1", "1_0", " 1", "1 ", "--1", "1e1234567", "inf", "NaN"}) {
    CAPTURE(bad);
    CHECK_FALSE(Number::parse(bad, Number::Form::literal));
    CHECK_FALSE(Number::parse(bad, Number::Form::text));
  }
  CHECK_FALSE(Number::parse("-1", Number::Form::literal));
  CHECK(number("-1") == Number(-1));
  CHECK(number("+1") == Number(1));
  CHECK(number("-0") == Number());
}

TEST_CASE("a number is written in plain digits, the fewest that read back") {
  for (const char* text : {"0", "1", "-1", "0.1", "-12.5", "1000000000000000000000", "0.000000001",
                           "3.14159265358979323846264338327950288419716939937510582097494459"}) {
    CHECK(number(text).text() == text);
  }
  CHECK(number("1e21").text() == "1000000000000000000000");
  CHECK(number("1.500").text() == "1.5");
  CHECK(number("2.5e-10").text() == "0.00000000025");
  CHECK(number("1e154").text() == "1" + std::string(154, '0'));
}

TEST_CASE("arithmetic is rounded once, to 512 bits") {
  auto third = Number::divide(Number(1), Number(3));
  CHECK(third->text() == "0." + std::string(154, '3') + "5");
  CHECK(Number::multiply(*third, Number(3))->text() == "1");
  CHECK(Number::add(number("0.1"), number("0.2"))->text() == "0.3");
  CHECK(Number::add(number("1e30"), number("1e-200"))->text() == "1" + std::string(30, '0'));
  CHECK(Number::subtract(number("1e30"), Number(1))->text() == std::string(30, '9'));
  CHECK(Number::remainder(Number(-7), Number(3)) == Number(-1));
  CHECK(Number::remainder(Number(7), Number(-3)) == Number(1));
  CHECK(Number::remainder(number("5.5"), Number(2)) == number("1.5"));
  CHECK_FALSE(Number::divide(Number(1), Number()));
  CHECK_FALSE(Number::remainder(Number(1), Number()));
}

TEST_CASE("overflow is noticed") {
  std::optional<Number> large = number("1e150"), small = number("1e-150");
  for (int i = 0; i < 100 && large; i++) large = Number::multiply(*large, *large);
  for (int i = 0; i < 100 && small; i++) small = Number::multiply(*small, *small);
  CHECK_FALSE(large);
  CHECK_FALSE(small);
}

TEST_CASE("numbers are compared by value") {
  CHECK(number("1.50") == number("1.5"));
  CHECK(number("-2") < number("-1.5"));
  CHECK(number("1e100") > number("1e99"));
  CHECK(number("0.1") > Number());
}

TEST_CASE("whole numbers and doubles are read off") {
  CHECK(number("9223372036854775807").to_int64() == std::numeric_limits<std::int64_t>::max());
  CHECK(number("-9223372036854775808").to_int64() == std::numeric_limits<std::int64_t>::min());
  CHECK_FALSE(number("9223372036854775808").to_int64());
  CHECK_FALSE(number("1.5").to_int64());
  CHECK(number("1.5").to_double() == 1.5);
  CHECK(Number::from_double(0.1)->text() == "0.1");
  CHECK(Number::from_double(-2.5)->text() == "-2.5");
  CHECK_FALSE(Number::from_double(std::numeric_limits<double>::infinity()));
  CHECK_FALSE(Number::from_double(std::numeric_limits<double>::quiet_NaN()));
}

TEST_CASE("rounding goes to whole numbers, places and digits") {
  CHECK(number("-1.5").floor() == Number(-2));
  CHECK(number("-1.5").ceil() == Number(-1));
  CHECK(number("-1.5").truncated() == Number(-1));
  CHECK(number("2.5").fixed(0) == "2");
  CHECK(number("3.5").fixed(0) == "4");
  CHECK(number("-0.05").fixed(3) == "-0.050");
  CHECK(number("1234567").rounded(3).digits == "123");
  CHECK(number("1234567").rounded(3).point == 7);
  CHECK(number("9.99").rounded(2).digits == "1");
  CHECK(number("9.99").rounded(2).point == 2);
}

TEST_CASE("whole numbers have other bases") {
  CHECK(Number::parse_integer("ff", 16) == Number(255));
  CHECK(Number::parse_integer("-101", 2) == Number(-5));
  CHECK(Number::parse_integer("Z", 62) == Number(61));
  CHECK(Number::parse_integer("z", 62) == Number(35));
  CHECK_FALSE(Number::parse_integer("2", 2));
  CHECK_FALSE(Number::parse_integer("", 10));
  CHECK(Number(255).integer_text(16) == "ff");
  CHECK(Number(-5).integer_text(2) == "-101");
  CHECK(number("0.5").integer_text(10).empty());
}
