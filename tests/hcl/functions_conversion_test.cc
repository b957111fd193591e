#include <doctest/doctest.h>

#include "tests/hcl/support.h"

namespace {

struct Row {
  const char* expression;
  const char* result;  // as hcl_test::evaluate() shows it
};

constexpr Row rows[] = {
    // clang-format off
    {R"~(abs(-5))~", R"~(number 5)~"},
    {R"~(abs(5.5))~", R"~(number 5.5)~"},

    {R"~(base64decode("!"))~", R"~(error: 'base64decode': text is not base64 @1-18)~"},
    {R"~(base64decode("/w=="))~", R"~(error: 'base64decode': what it encodes is not UTF-8 text @14-20)~"},
    {R"~(base64decode("ZXN0YWxlaXJv"))~", R"~(string "estaleiro")~"},

    {R"~(base64encode("estaleiro é"))~", R"~(string "ZXN0YWxlaXJvIMOp")~"},

    {R"~(can())~", R"~(error: it is called as can(expression) @1-6)~"},
    {R"~(can(1, 2))~", R"~(error: it is called as can(expression) @1-10)~"},
    {R"~(can(tonumber("x")))~", R"~(bool false)~"},
    {R"~(can(u))~", R"~(bool true)~"},
    {R"~(can(u.x))~", R"~(bool true)~"},

    {R"~(ceil(-1.2))~", R"~(number -1)~"},
    {R"~(ceil(1.2))~", R"~(number 2)~"},

    {R"~(floor(-1.7))~", R"~(number -2)~"},
    {R"~(floor(1.7))~", R"~(number 1)~"},

    {R"~(jsondecode(" "))~", R"~(error: 'jsondecode': JSON line 1, column 2: expected a value @1-16)~"},
    {R"~(jsondecode("1e3"))~", R"~(number 1000)~"},
    {R"~(jsondecode("[1,"))~", R"~(error: 'jsondecode': JSON line 1, column 4: expected a value @1-18)~"},
    {R"~(jsondecode("\"a\""))~", R"~(string "a")~"},
    {R"~(jsondecode("{\"a\":[1,2.5,null,true,\"x\"]}"))~", R"~(object({a=tuple([number, number, any, bool, string])}) {"a":[1,2.5,null,true,"x"]})~"},

    {R"~(jsonencode("é\u2028\t\u0001"))~", R"~(string "\"é\\u2028\\t\\u0001\"")~"},
    {R"~(jsonencode(1.50))~", R"~(string "1.5")~"},
    {R"~(jsonencode(1e21))~", R"~(string "1000000000000000000000")~"},
    {R"~(jsonencode(null))~", R"~(string "null")~"},
    {R"~(jsonencode(st))~", R"~(string "[\"y\",\"z\"]")~"},
    {R"~(jsonencode(u))~", R"~(unknown string)~"},
    {R"~(jsonencode({a=1,b=[true,null,"x<y>&"]}))~", R"~(string "{\"a\":1,\"b\":[true,null,\"x\\u003cy\\u003e\\u0026\"]}")~"},

    {R"~(log(0, 10))~", R"~(error: 'log': the result is not a number @1-11)~"},
    {R"~(log(100, 10))~", R"~(number 2)~"},
    {R"~(log(8, 2))~", R"~(number 3)~"},

    {R"~(max("5", 3))~", R"~(number 5)~"},
    {R"~(max(1,5,3))~", R"~(number 5)~"},

    {R"~(md5("hello world"))~", R"~(string "5eb63bbbe01eeed093cb22bb8f5acdc3")~"},

    {R"~(min(1,-5,3))~", R"~(number -5)~"},

    {R"~(parseint("", 10))~", R"~(error: 'parseint': the string '' is not a whole number in base 10 @10-12)~"},
    {R"~(parseint("-101", 2))~", R"~(number -5)~"},
    {R"~(parseint("1.5", 10))~", R"~(error: 'parseint': the string '1.5' is not a whole number in base 10 @10-15)~"},
    {R"~(parseint("10", 1))~", R"~(error: 'parseint': a whole number from 2 to 62 is required, not 1 @16-17)~"},
    {R"~(parseint("10", 63))~", R"~(error: 'parseint': a whole number from 2 to 62 is required, not 63 @16-18)~"},
    {R"~(parseint("FF", 16))~", R"~(number 255)~"},
    {R"~(parseint("ff", 16))~", R"~(number 255)~"},
    {R"~(parseint("g", 16))~", R"~(error: 'parseint': the string 'g' is not a whole number in base 16 @10-13)~"},
    {R"~(parseint("zZ", 62))~", R"~(number 2231)~"},

    {R"~(pow(2, 0.5))~", R"~(number 1.4142135623730951)~"},
    {R"~(pow(2, 10))~", R"~(number 1024)~"},

    {R"~(sha1("hello world"))~", R"~(string "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed")~"},

    {R"~(sha256("hello world"))~", R"~(string "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9")~"},

    {R"~(sha512(""))~", R"~(string "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e")~"},

    {R"~(signum(-3))~", R"~(number -1)~"},
    {R"~(signum(0))~", R"~(number 0)~"},

    {R"~(sum(["x"]))~", R"~(error: 'sum': a number is required, not the string 'x' @1-11)~"},
    {R"~(sum([1, 2.5, "3"]))~", R"~(number 6.5)~"},
    {R"~(sum([]))~", R"~(error: 'sum': an empty list has no sum @5-7)~"},

    {R"~(tobool("0"))~", R"~(bool false)~"},
    {R"~(tobool("1"))~", R"~(bool true)~"},
    {R"~(tobool("TRUE"))~", R"~(error: 'tobool': a bool is required, not the string 'TRUE' @1-15)~"},
    {R"~(tobool("true"))~", R"~(bool true)~"},
    {R"~(tobool("x"))~", R"~(error: 'tobool': a bool is required, not the string 'x' @1-12)~"},
    {R"~(tobool(1))~", R"~(error: 'tobool': a bool is required, not the number 1 @1-10)~"},

    {R"~(tolist("a"))~", R"~(error: 'tolist': a list of any type is required, not the string 'a' @1-12)~"},
    {R"~(tolist(["a",1]))~", R"~(list(string) ["a","1"])~"},
    {R"~(tolist([1,[2]]))~", R"~(error: 'tolist': all elements must be of one type, and those of a list have none in common @1-16)~"},
    {R"~(tolist([[1],["a","b"]]))~", R"~(list(list(string)) [["1"],["a","b"]])~"},
    {R"~(tolist([]))~", R"~(list(any) [])~"},
    {R"~(tolist([null,1]))~", R"~(list(number) [null,1])~"},
    {R"~(tolist([{a=1},{b="x"}]))~", R"~(list(map(string)) [{"a":"1"},{"b":"x"}])~"},
    {R"~(tolist(st))~", R"~(list(string) ["y","z"])~"},
    {R"~(tolist(u))~", R"~(unknown list(any))~"},

    {R"~(tomap([]))~", R"~(error: 'tomap': a map of any type is required, not a list @1-10)~"},
    {R"~(tomap({a=1,b="x"}))~", R"~(map(string) {"a":"1","b":"x"})~"},
    {R"~(tomap({a=1,b=[]}))~", R"~(error: 'tomap': all elements must be of one type, and those of an object have none in common @1-18)~"},
    {R"~(tomap({a=null,b=1}))~", R"~(map(number) {"a":null,"b":1})~"},
    {R"~(tomap({}))~", R"~(map(any) {})~"},

    {R"~(tonumber(" 7"))~", R"~(error: 'tonumber': a number is required, not the string ' 7' @1-15)~"},
    {R"~(tonumber(""))~", R"~(error: 'tonumber': a number is required, not the string '' @1-13)~"},
    {R"~(tonumber("+7"))~", R"~(number 7)~"},
    {R"~(tonumber("-7"))~", R"~(number -7)~"},
    {R"~(tonumber(".5"))~", R"~(error: 'tonumber': a number is required, not the string '.5' @1-15)~"},
    {R"~(tonumber("0x10"))~", R"~(error: 'tonumber': a number is required, not the string '0x10' @1-17)~"},
    {R"~(tonumber("1_0"))~", R"~(error: 'tonumber': a number is required, not the string '1_0' @1-16)~"},
    {R"~(tonumber("1e3"))~", R"~(number 1000)~"},
    {R"~(tonumber("5"))~", R"~(number 5)~"},
    {R"~(tonumber("5."))~", R"~(error: 'tonumber': a number is required, not the string '5.' @1-15)~"},
    {R"~(tonumber("5.50"))~", R"~(number 5.5)~"},
    {R"~(tonumber("x"))~", R"~(error: 'tonumber': a number is required, not the string 'x' @1-14)~"},
    {R"~(tonumber(true))~", R"~(error: 'tonumber': a number is required, not true @1-15)~"},
    {R"~(tonumber(us))~", R"~(unknown number)~"},

    {R"~(toset(["b","a","b"]))~", R"~(set(string) ["a","b"])~"},
    {R"~(toset([3,1,2]))~", R"~(set(number) [1,2,3])~"},
    {R"~(toset([true,"a"]))~", R"~(set(string) ["a","true"])~"},

    {R"~(tostring(1))~", R"~(string "1")~"},
    {R"~(tostring([]))~", R"~(error: 'tostring': a string is required, not a list @1-13)~"},
    {R"~(tostring(null))~", R"~(string null)~"},
    {R"~(tostring(true))~", R"~(string "true")~"},
    {R"~(tostring(un))~", R"~(unknown string)~"},

    {R"~(try())~", R"~(error: it is called as try(expressions...) @1-6)~"},
    {R"~(try(o.zz, nofunction()))~", R"~(error: none of the arguments of 'try' works; the first one: this object has no element 'zz' @1-24)~"},
    {R"~(try(o.zz, t[9], "default"))~", R"~(string "default")~"},
    {R"~(try(u, 1))~", R"~(unknown any)~"},

    {R"~(urlencode("a b/ç?&=-_.~"))~", R"~(string "a+b%2F%C3%A7%3F%26%3D-_.~")~"},
    // clang-format on
};

}  // namespace

TEST_CASE("functions of numbers, conversions and encodings give what Terraform gives") {
  for (const Row& row : rows) {
    CAPTURE(row.expression);
    CHECK(hcl_test::evaluate(row.expression) == std::string(row.result));
  }
}
