#include <doctest/doctest.h>

#include "tests/hcl/support.h"

namespace {

struct Row {
  const char* expression;
  const char* result;  // as hcl_test::evaluate() shows it
};

constexpr Row rows[] = {
    // clang-format off
    {R"~(basename(""))~", R"~(string ".")~"},
    {R"~(basename("/"))~", R"~(string "/")~"},
    {R"~(basename("/usr/local/bin/x"))~", R"~(string "x")~"},
    {R"~(basename("a/b/"))~", R"~(string "b")~"},

    {R"~(chomp("a\n\n"))~", R"~(string "a")~"},
    {R"~(chomp("a\r\n"))~", R"~(string "a")~"},

    {R"~(dirname(""))~", R"~(string ".")~"},
    {R"~(dirname("/usr/local/bin/x"))~", R"~(string "/usr/local/bin")~"},
    {R"~(dirname("/x"))~", R"~(string "/")~"},
    {R"~(dirname("a//b/../c"))~", R"~(string "a")~"},
    {R"~(dirname("a/b/"))~", R"~(string "a/b")~"},
    {R"~(dirname("x"))~", R"~(string ".")~"},

    {R"~(endswith("hello", "lo"))~", R"~(bool true)~"},

    {R"~(format("% d", 5))~", R"~(string " 5")~"},
    {R"~(format("%"))~", R"~(error: 'format': '%' lacks its letter; a % sign is written %% @1-12)~"},
    {R"~(format("%#v", "a<b"))~", R"~(string "\"a\\u003cb\"")~"},
    {R"~(format("%%"))~", R"~(string "%")~"},
    {R"~(format("%+.2e", 0))~", R"~(string "+0.00e+00")~"},
    {R"~(format("%-05d|", 5))~", R"~(string "5    |")~"},
    {R"~(format("%.0f", 2.5))~", R"~(string "2")~"},
    {R"~(format("%.0f", 3.5))~", R"~(string "4")~"},
    {R"~(format("%.1e", 25))~", R"~(string "2.5e+01")~"},
    {R"~(format("%.30f", 0.1))~", R"~(string "0.100000000000000000000000000000")~"},
    {R"~(format("%.3g %.10g", 1234567, 1.5))~", R"~(string "1.23e+06 1.5")~"},
    {R"~(format("%.5d", 5))~", R"~(string "00005")~"},
    {R"~(format("%05d", -5))~", R"~(string "-0005")~"},
    {R"~(format("%05d|%5d|%-5d|%+d", 5, 5, 5, 5))~", R"~(string "00005|    5|5    |+5")~"},
    {R"~(format("%08.3f", -3.14159))~", R"~(string "-003.142")~"},
    {R"~(format("%10v|%-10v|", "é", 1))~", R"~(string "         é|1         |")~"},
    {R"~(format("%3c", 5))~", R"~(error: 'format': '%3c' is not a verb; there are %v %s %q %d %b %o %x %X %f %e %E %g %G %t, and %% for a % sign @1-17)~"},
    {R"~(format("%5.1f", 2.25))~", R"~(string "  2.2")~"},
    {R"~(format("%5s|%-5s|%.2s", "ab", "ab", "abcdef"))~", R"~(string "   ab|ab   |ab")~"},
    {R"~(format("%[0]s", "a"))~", R"~(error: 'format': '%[0]s' asks for value 0, and there are 1 @1-21)~"},
    {R"~(format("%[2]s %[1]s", "a", "b"))~", R"~(string "b a")~"},
    {R"~(format("%[2]s %s", "a", "b"))~", R"~(error: 'format': '%s' asks for value 3, and there are 2 @1-29)~"},
    {R"~(format("%[3]s", "a"))~", R"~(error: 'format': '%[3]s' asks for value 3, and there are 1 @1-21)~"},
    {R"~(format("%d", "12"))~", R"~(string "12")~"},
    {R"~(format("%d", "x"))~", R"~(error: 'format': '%d': a number is required, not the string 'x' @1-18)~"},
    {R"~(format("%d", -255))~", R"~(string "-255")~"},
    {R"~(format("%d", 1.5))~", R"~(error: 'format': '%d' needs a whole number, not 1.5 @1-18)~"},
    {R"~(format("%e", 0))~", R"~(string "0.000000e+00")~"},
    {R"~(format("%f %.2f %8.3f %e %.3e %g", 1.5, 1.555, 3.14159, 12345.678, 0.00012345, 1e10))~", R"~(string "1.500000 1.56    3.142 1.234568e+04 1.234e-04 1e+10")~"},
    {R"~(format("%g %g %g %g %G", 100000, 1000000, 0.0001, 0.00001, 1e20))~", R"~(string "100000 1e+06 0.0001 1e-05 1E+20")~"},
    {R"~(format("%g", 0))~", R"~(string "0")~"},
    {R"~(format("%g", 1/3))~", R"~(string "0.33333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333335")~"},
    {R"~(format("%q", "a\"b"))~", R"~(string "\"a\\\"b\"")~"},
    {R"~(format("%s %s", "a"))~", R"~(error: 'format': '%s' asks for value 2, and there are 1 @1-21)~"},
    {R"~(format("%s"))~", R"~(error: 'format': '%s' asks for value 1, and there are 0 @1-13)~"},
    {R"~(format("%s", 1.5))~", R"~(string "1.5")~"},
    {R"~(format("%s", 1/3))~", R"~(string "0.33333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333335")~"},
    {R"~(format("%s", []))~", R"~(error: 'format': '%s': a string is required, not a list @1-17)~"},
    {R"~(format("%s", null))~", R"~(error: 'format': '%s' cannot show null @1-19)~"},
    {R"~(format("%s", true))~", R"~(string "true")~"},
    {R"~(format("%s", us))~", R"~(unknown string)~"},
    {R"~(format("%s-%d", "a", 5))~", R"~(string "a-5")~"},
    {R"~(format("%t", "true"))~", R"~(string "true")~"},
    {R"~(format("%t", "x"))~", R"~(error: 'format': '%t': a bool is required, not the string 'x' @1-18)~"},
    {R"~(format("%t", true))~", R"~(string "true")~"},
    {R"~(format("%v %v %v", 1, "a", true))~", R"~(string "1 a true")~"},
    {R"~(format("%v", 0.1))~", R"~(string "0.1")~"},
    {R"~(format("%v", 1/3))~", R"~(string "0.33333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333335")~"},
    {R"~(format("%v", 1000000))~", R"~(string "1e+06")~"},
    {R"~(format("%v", 123456.789))~", R"~(string "123456.789")~"},
    {R"~(format("%v", 123456789))~", R"~(string "1.23456789e+08")~"},
    {R"~(format("%v", 1e-7))~", R"~(string "1e-07")~"},
    {R"~(format("%v", [1,"a"]))~", R"~(string "[1,\"a\"]")~"},
    {R"~(format("%v", null))~", R"~(string "null")~"},
    {R"~(format("%x %X %o %b %#x", 255, 255, 8, 5, 255))~", R"~(string "ff FF 10 101 0xff")~"},
    {R"~(format("%x", -255))~", R"~(string "-ff")~"},
    {R"~(format("%y", 1))~", R"~(error: 'format': '%y' is not a verb; there are %v %s %q %d %b %o %x %X %f %e %E %g %G %t, and %% for a % sign @1-16)~"},
    {R"~(format("a", 1))~", R"~(error: 'format': 1 values are given, and the format uses 0 @1-15)~"},

    {R"~(formatlist("%s", "a"))~", R"~(list(string) ["a"])~"},
    {R"~(formatlist("%s", []))~", R"~(list(string) [])~"},
    {R"~(formatlist("%s-%s", ["a","b"], "x"))~", R"~(list(string) ["a-x","b-x"])~"},
    {R"~(formatlist("%s-%s", ["a"], ["b","c"]))~", R"~(error: 'formatlist': the lists must be of one length, and this has 2 elements, the first 1 @28-37)~"},
    {R"~(formatlist("x"))~", R"~(list(string) ["x"])~"},

    {R"~(indent(2, "a\nb\nc"))~", R"~(string "a\n  b\n  c")~"},

    {R"~(join(","))~", R"~(error: 'join': at least one list is required @1-10)~"},
    {R"~(join(",", ["a","b"]))~", R"~(string "a,b")~"},
    {R"~(join(",", ["a"], ["b"]))~", R"~(string "a,b")~"},
    {R"~(join(",", [1, true]))~", R"~(string "1,true")~"},
    {R"~(join(",", []))~", R"~(string "")~"},
    {R"~(join(",", [null]))~", R"~(error: 'join': null cannot be joined @11-17)~"},
    {R"~(join(",", ul))~", R"~(unknown string)~"},
    {R"~(join("-", st))~", R"~(string "y-z")~"},

    {R"~(lower("ABCÉİ"))~", R"~(string "abcéi")~"},

    {R"~(regex("(", "b"))~", R"~(error: 'regex': this is not a regular expression: missing ): ( @7-10)~"},
    {R"~(regex("(?P<a>x)(y)", "xy"))~", R"~(error: 'regex': either all groups of a regular expression have names or none @7-20)~"},
    {R"~(regex("(\\d\\d\\d\\d)-(\\d\\d)-(\\d\\d)", "2019-02-01"))~", R"~(tuple([string, string, string]) ["2019","02","01"])~"},
    {R"~(regex("(a)|(b)", "b"))~", R"~(tuple([string, string]) [null,"b"])~"},
    {R"~(regex("[a-z]+", "123"))~", R"~(error: 'regex': no part of the text matches the regular expression @17-22)~"},
    {R"~(regex("[a-z]+", "53453453.345345aaabbbccc23454"))~", R"~(string "aaabbbccc")~"},
    {R"~(regex("^(?:(?P<scheme>[^:/?#]+):)?(?://(?P<authority>[^/?#]*))?", "https://terraform.io/docs/"))~", R"~(object({authority=string, scheme=string}) {"authority":"terraform.io","scheme":"https"})~"},

    {R"~(regexall("", "ab"))~", R"~(list(string) ["","",""])~"},
    {R"~(regexall("(?P<x>a)|(?P<y>b)", "ab"))~", R"~(list(object({x=string, y=string})) [{"x":"a","y":null},{"x":null,"y":"b"}])~"},
    {R"~(regexall("(\\d)(\\d)", "1234"))~", R"~(list(tuple([string, string])) [["1","2"],["3","4"]])~"},
    {R"~(regexall("[a-z]+", "123"))~", R"~(list(string) [])~"},
    {R"~(regexall("[a-z]+", "1234abcd5678efgh9"))~", R"~(list(string) ["abcd","efgh"])~"},
    {R"~(regexall("a*", "baac"))~", R"~(list(string) ["","aa",""])~"},

    {R"~(replace("2019-02", "/(\\d+)-(\\d+)/", "$2/$1"))~", R"~(string "02/2019")~"},
    {R"~(replace("a/b/c", "/", "-"))~", R"~(string "a-b-c")~"},
    {R"~(replace("aaa", "/(/", "b"))~", R"~(error: 'replace': this is not a regular expression: missing ): ( @16-21)~"},
    {R"~(replace("ab", "/(?P<first>a)/", "[$${first}$first$$]"))~", R"~(string "[aa$]b")~"},
    {R"~(replace("ab", "/(a)/", "$1x-$${1}x-$3-$"))~", R"~(string "-ax--$b")~"},
    {R"~(replace("baac", "/a*/", "x"))~", R"~(string "xbxcx")~"},
    {R"~(replace("hello", "", "-"))~", R"~(string "-h-e-l-l-o-")~"},
    {R"~(replace("hello", "l", "L"))~", R"~(string "heLLo")~"},
    {R"~(replace("hello", "z", "-"))~", R"~(string "hello")~"},
    {R"~(replace("日本", "", "-"))~", R"~(string "-日-本-")~"},

    {R"~(split("", "abc"))~", R"~(list(string) ["a","b","c"])~"},
    {R"~(split(",", ""))~", R"~(list(string) [""])~"},
    {R"~(split(",", "a"))~", R"~(list(string) ["a"])~"},
    {R"~(split(",", "a,b,c"))~", R"~(list(string) ["a","b","c"])~"},
    {R"~(split("--", "a--b--"))~", R"~(list(string) ["a","b",""])~"},

    {R"~(startswith("hello", "he"))~", R"~(bool true)~"},
    {R"~(startswith("hello", "lo"))~", R"~(bool false)~"},

    {R"~(strcontains("hello", "ell"))~", R"~(bool true)~"},
    {R"~(strcontains("hello", "x"))~", R"~(bool false)~"},

    {R"~(strrev("e\u0301a"))~", R"~(string "aé")~"},
    {R"~(strrev("hello"))~", R"~(string "olleh")~"},

    {R"~(substr("hello world", 1, 4))~", R"~(string "ello")~"},
    {R"~(substr("hello", -10, 2))~", R"~(string "he")~"},
    {R"~(substr("hello", -2, -1))~", R"~(string "lo")~"},
    {R"~(substr("hello", 0, 0))~", R"~(string "")~"},
    {R"~(substr("hello", 1, 100))~", R"~(string "ello")~"},
    {R"~(substr("hello", 1.5, 2))~", R"~(error: 'substr': a whole number from -1099511627776 to 1099511627776 is required, not 1.5 @17-20)~"},
    {R"~(substr("hello", 10, 2))~", R"~(string "")~"},

    {R"~(title("hello wörld foo-bar foo_bar éa o'neil 1a a1b"))~", R"~(string "Hello Wörld Foo-Bar Foo_bar Éa O'Neil 1a A1b")~"},

    {R"~(trim("  a ", " "))~", R"~(string "a")~"},
    {R"~(trim("?!hello?!", "!?"))~", R"~(string "hello")~"},

    {R"~(trimprefix("helloworld", "hello"))~", R"~(string "world")~"},

    {R"~(trimspace("  \t\n hello\u00a0 "))~", R"~(string "hello")~"},

    {R"~(trimsuffix("helloworld", "world"))~", R"~(string "hello")~"},

    {R"~(upper("abcéßǆ"))~", R"~(string "ABCÉßǄ")~"},
    {R"~(upper(us))~", R"~(unknown string)~"},
    // clang-format on
};

}  // namespace

TEST_CASE("functions of strings give what Terraform gives") {
  for (const Row& row : rows) {
    CAPTURE(row.expression);
    CHECK(hcl_test::evaluate(row.expression) == std::string(row.result));
  }
}
