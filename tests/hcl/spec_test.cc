// The sentences of HCL's native syntax specification (hclsyntax/spec.md) and information model (spec.md) that say what
// must be, what is an error, or what an example gives; each with good and bad input beside it. The headings are those
// of the specification. Results are written as hcl_test::evaluate() shows them.
#include <doctest/doctest.h>

#include <span>
#include <string>

#include "core/hcl/static.h"
#include "tests/hcl/support.h"

namespace {

struct Row {
  const char* expression;
  const char* result;
};

void check(std::span<const Row> rows) {
  for (const Row& row : rows) {
    CAPTURE(row.expression);
    CHECK(hcl_test::evaluate(row.expression) == std::string(row.result));
  }
}

}  // namespace

TEST_CASE("Source Code Representation: UTF-8 without byte order marks; invalid encoding is always an error") {
  CHECK(hcl_test::problems("größe = \"日本語\"\n").empty());
  CHECK(hcl_test::problems("\xEF\xBB\xBF"
                           "a = 1\n") ==
        "test.hcl:1:1: warning: the file starts with a byte order mark\n"
        "  1 | \\xef\\xbb\\xbfa = 1\n"
        "    | ^^^^^^^^^^^^ it is ignored; save the file as UTF-8 without one\n");
  for (const char* bad : {"a = \"\xFF\"\n", "a = \"\xC0\xAF\"\n", "a = \"\xED\xA0\x80\"\n", "# \xF5\n", "a\x80 = 1\n",
                          "a = <<E\n\xC3\nE\n", "/* \xE2\x82 */\n", "a = 1\n\xEF\xBB\xBF"}) {
    CAPTURE(bad);
    CHECK(hcl_test::errors(bad) >= 1);
  }
}

TEST_CASE("Comments and Whitespace: three kinds of comment, none inside another or inside text") {
  CHECK(hcl_test::problems("a = 1 # b = 2\n// c\n/* d = 3\n */ e /* f */ = /* g */ 4 /* # */ + /* // */ 5\n").empty());
  CHECK(hcl_test::errors("/* /* */ */\n") == 1);
  const Row rows[] = {
      {"\"# // /* */\"", "string \"# // /* */\""},
      {"\"${ /* x */ n }\"", "number 5"},
      {"1 /* a\nb */ + 1", "number 2"},
      {"\t1\t+\t1\t", "number 2"},
  };
  check(rows);
}

TEST_CASE("Identifiers: ID_Start (ID_Continue | '-')*") {
  for (const char* good : {"a", "a-b", "a--", "_a", "größe", "名前", "a1", "ºa", "a·b", "a\u0301"}) {
    CAPTURE(good);
    CHECK(hcl_test::problems(std::string(good) + " = 1\n").empty());
  }
  for (const char* bad : {"1a", "-a", "€", "a.b", "a b", "$a", "😀", "a²", "\u0301a"}) {
    CAPTURE(bad);
    CHECK(hcl_test::errors(std::string(bad) + " = 1\n") >= 1);
  }
  CHECK(hcl_test::evaluate("estaleiro-commit") == "string \"abc\"");
  CHECK(hcl_test::evaluate("\"${estaleiro-commit}\"") == "string \"abc\"");
  CHECK(hcl_test::evaluate("n - 1") == "number 4");
  CHECK(hcl_test::evaluate("n-1") ==
        "error: there is no variable 'n-1'; this is one name: to subtract, put blanks around the '-' @1-4");
}

TEST_CASE("Keywords: no word is reserved outside of its context") {
  CHECK(hcl_test::problems("for = 1\nif = 2\ntrue = 3\nnull {\n}\nin \"x\" {}\nelse endif {}\n").empty());
}

TEST_CASE("Numeric Literals: decimal+ (\".\" decimal+)? (expmark decimal+)?") {
  const Row rows[] = {
      {"0", "number 0"},
      {"00012", "number 12"},
      {"1.50", "number 1.5"},
      {"1e3", "number 1000"},
      {"1E+3", "number 1000"},
      {"25e-1", "number 2.5"},
      {"1.", "error: a name is expected after '.', not the end of the file @3-3"},
      {".5", "error: a value is expected, not '.' @1-2"},
      {"1e", "error: nothing may follow the expression, and here is 'e' @2-3"},
      {"0x10", "error: nothing may follow the expression, and here is 'x10' @2-5"},
      {"1_000", "error: nothing may follow the expression, and here is '_000' @2-6"},
  };
  check(rows);
}

TEST_CASE("Attribute Definitions: each name may be defined no more than once in a body") {
  CHECK(hcl_test::errors("a = 1\nb {\n  a = 1\n}\nb {\n  a = 2\n}\n") == 0);
  CHECK(hcl_test::problems("a = 1\nb = 2\na = 3\na = 4\n") ==
        "test.hcl:3:1: error: the argument 'a' is given twice\n"
        "  3 | a = 3\n"
        "    | ^ an argument may be set only once in a block\n"
        "test.hcl:1:1: first set here\n"
        "  1 | a = 1\n"
        "    | ^\n"
        "\n"
        "test.hcl:4:1: error: the argument 'a' is given twice\n"
        "  4 | a = 4\n"
        "    | ^ an argument may be set only once in a block\n"
        "test.hcl:1:1: first set here\n"
        "  1 | a = 1\n"
        "    | ^\n");
}

TEST_CASE("Blocks: labels are quoted literal strings or naked identifiers; a one-line block holds one attribute") {
  for (const char* good : {"a {}\n", "a {\n}\n", "a \"b\" c \"d\" {\n}\n", "a { b = 1 }\n", "a {}",
                           "a \"\\n$${x}\" {}\n", "a { b = [\n1\n] }\n"}) {
    CAPTURE(good);
    CHECK(hcl_test::problems(good).empty());
  }
  for (const char* bad : {"a \"b${c}\" {}\n", "a \"%{if true}\" {}\n", "a 1 {}\n", "a\n{\n}\n", "a {\n", "a {} b {}\n",
                          "a { b = 1\n}\n", "a { b = 1, c = 2 }\n", "a { b = 1 c = 2 }\n", "a { b {} }\n", "a { 1 }\n",
                          "a {\n b = 1 }\n", "a { b = 1 \n c = 2 }\n"}) {
    CAPTURE(bad);
    CHECK(hcl_test::errors(bad) == 1);
  }
}

TEST_CASE("Expression Terms: newlines are ignored between parentheses, brackets and arguments, and nowhere else") {
  CHECK(hcl_test::problems("a = (1\n+\n2)\nb = [\n1\n,\n2\n]\nc = f(\n1\n,\n2\n)\nd = e[\n0\n]\n").empty());
  CHECK(hcl_test::errors("a = 1 +\n2\n") >= 1);
  CHECK(hcl_test::errors("a = b\n.c\n") >= 1);
  CHECK(hcl_test::errors("a = true ?\n1 : 2\n") >= 1);
}

TEST_CASE("Collection Values: tuples, objects, and what a key may be") {
  const Row rows[] = {
      {"[]", "tuple([]) []"},
      {"[1, \"a\",]", "tuple([number, string]) [1,\"a\"]"},
      {"[1 2]", "error: ',' or ']' is expected after an element, not '2' @4-5"},
      {"[,]", "error: a value is expected, not ',' @2-3"},
      {"{}", "object({}) {}"},
      {"{a = 1, b: 2,}", "object({a=number, b=number}) {\"a\":1,\"b\":2}"},
      {"{a = 1\nb = 2\n}", "object({a=number, b=number}) {\"a\":1,\"b\":2}"},
      {"{a = 1 b = 2}", "error: a line break, ',' or '}' is expected after an element, not 'b' @8-9"},
      {"{n = \"baz\"}", "object({n=string}) {\"n\":\"baz\"}"},
      {"{(s) = \"baz\"}", "object({str=string}) {\"str\":\"baz\"}"},
      {"{\"${s}-x\" = 1}", "object({str-x=number}) {\"str-x\":1}"},
      {"{1 = 2}", "object({1=number}) {\"1\":2}"},
      {"{o.a = 1}",
       "error: it is not clear whether this key is a name or a reference; put it in quotes for a name, in ( ) for a "
       "reference @2-5"},
      {"{(null) = 1}", "error: null is not a key @2-8"},
      {"{([]) = 1}", "error: a string is required, not a list @2-6"},
      {"{a = 1, \"a\" = 2}", "error: the key 'a' is given twice @9-12"},
      // The for expression has priority over an element whose first word is 'for'.
      {"[for, foo, baz]", "error: the name of a variable is expected after 'for', not ',' @5-6"},
      {"[(s), 1]", "tuple([string, number]) [\"str\",1]"},
      {"{for = 1, baz = 2}", "error: the name of a variable is expected after 'for', not '=' @6-7"},
      {"{\"for\" = 1, baz = 2}", "object({baz=number, for=number}) {\"baz\":2,\"for\":1}"},
      {"{baz = 2, for = 1}", "object({baz=number, for=number}) {\"baz\":2,\"for\":1}"},
  };
  check(rows);
}

TEST_CASE("Template Expressions: escapes in quoted templates, no newline in them, no escapes in heredocs") {
  const Row rows[] = {
      {R"("\n\r\t\"\\")", R"(string "\n\r\t\"\\")"},
      {R"("\u00e9\U0001F600")", "string \"é😀\""},
      {R"("\q")",
       R"(error: '\q' is not an escape sequence; there are \n, \r, \t, \", \\, \uNNNN and \UNNNNNNNN; write a backslash as \\ @2-4)"},
      {R"("\u12g4")", R"(error: '\u' is not followed by 4 hexadecimal digits; as in \u00e9 @2-4)"},
      {R"("\U0000012")", R"(error: '\U' is not followed by 8 hexadecimal digits; as in \U0001f980 @2-4)"},
      {R"("\ud83d")", R"(error: '\ud83d' is not a character; write the whole character with \U and eight digits @2-8)"},
      {"\"a\nb\"",
       "error: the string does not end on its line; close it with \", write a line break as \\n, or use a heredoc for "
       "several lines @1-2"},
      {"\"${\nn\n}\"", "number 5"},
      {"<<E\na\\n\"b\"\nE\n", "string \"a\\\\n\\\"b\\\"\\n\""},
      {"<<E\n$${n} ${n} %%{x}\nE\n", "string \"${n} 5 %{x}\\n\""},
      {"<<E\nNOT E\n E2\n  E  \n", "string \"NOT E\\n E2\\n\""},
      {"<<-E\n    a\n      b\n\n    ${s}\n   E\n", "string \"a\\n  b\\n\\nstr\\n\""},
      {"<<-E\n  a\n${\"  b\"}\n  E\n", "string \"  a\\n  b\\n\""},
      {"<<-E\n\ta\n\t\tb\nE\n", "string \"a\\n\\tb\\n\""},
      {"<<E\na", "error: the heredoc does not end; a line with nothing but E on it ends it @1-4"},
      {"<<E x\nE\n",
       "error: a value is expected, not '<'; a heredoc starts with << and a name, which end their line @1-2"},
  };
  check(rows);
}

TEST_CASE("Variables: the most local one of a name is meant") {
  const Row rows[] = {
      {"[for n in [1, 2]: n]", "tuple([number, number]) [1,2]"},
      {"[for n in [1]: [for n in [\"inner\"]: n]]", "tuple([tuple([string])]) [[\"inner\"]]"},
      {"[for k in [n]: k + n]", "tuple([number]) [10]"},
      {"[for k in [1]: k][0] + k", "error: there is no variable 'k' @24-25"},
  };
  check(rows);
}

TEST_CASE("Function Calls: the last argument may be expanded, and must then be a list") {
  const Row rows[] = {
      {"max([1, 3, 2]...)", "number 3"},
      {"max(9, [1, 3]...)", "number 9"},
      {"max(tolist([4])...)", "number 4"},
      {"max(1, 2,)", "number 2"},
      {"max(\"x\"...)", "error: '...' takes its arguments from a list, not from the string 'x' @5-8"},
      {"max(null...)", "error: '...' takes its arguments from a list, not from null @5-9"},
      {"max([1]..., 2)", "error: '...' stands behind the last argument, before ')' @11-12"},
      {"max(1 2)", "error: ',' or ')' is expected after an argument, not '2' @7-8"},
      {"{max = max(1)}", "object({max=number}) {\"max\":1}"},
  };
  check(rows);
}

TEST_CASE("For Expressions: what is iterated, in which order, with which keys, and the error of equal keys") {
  const Row rows[] = {
      {"[for v in [\"a\", \"b\"]: v]", "tuple([string, string]) [\"a\",\"b\"]"},
      {"[for i, v in [\"a\", \"b\"]: i]", "tuple([number, number]) [0,1]"},
      {"{for i, v in [\"a\", \"b\"]: v => i}", "object({a=number, b=number}) {\"a\":0,\"b\":1}"},
      {"{for i, v in [\"a\", \"a\", \"b\"]: v => i}",
       "error: two elements give the key 'a'; to collect all values of one key in a list, write ... after the value "
       "@31-32"},
      {"{for i, v in [\"a\", \"a\", \"b\"]: v => i...}",
       "object({a=tuple([number, number]), b=tuple([number])}) {\"a\":[0,1],\"b\":[2]}"},
      {"[for i, v in [\"a\", \"b\", \"c\"]: v if i < 2]", "tuple([string, string]) [\"a\",\"b\"]"},
      {"[for k, v in {b = 1, a = 2}: \"${k}${v}\"]", "tuple([string, string]) [\"a2\",\"b1\"]"},
      {"[for k, v in m: k]", "tuple([string]) [\"k\"]"},
      {"[for k, v in st: \"${k}${v}\"]", "tuple([string, string]) [\"yy\",\"zz\"]"},
      {"[for v in \"abc\": v]",
       "error: a 'for' goes through a list, a set, a map or an object, not the string 'abc' @11-16"},
      {"[for v in null: v]", "error: a 'for' goes through a list, a set, a map or an object, not null @11-15"},
      {"[for v in [1]: v if \"x\"]", "error: a bool is required, not the string 'x' @21-24"},
      {"[for v in [1]: v if null]", "error: a bool is required, not null @21-25"},
      {"{for v in [null]: v => 1}", "error: null is not a key @19-20"},
      {"[for v in u: v]", "unknown any"},
      {"[for v in [1]: v if ub]", "unknown any"},
      {"[for v in [1]: v => v]",
       "error: a 'for' in [ ] gives values only, without keys; write { } for an object @16-20"},
      {"{for v in [1]: v}",
       "error: a 'for' in { } needs a key and a value; write key => value, or [ ] for a list @16-17"},
      {"[for v in [1]: v...]", "error: '...' groups by key, and a 'for' in [ ] has none @17-20"},
  };
  check(rows);
}

TEST_CASE("Index Operator: the key must be of the right kind and there") {
  const Row rows[] = {
      {"t[0]", "number 1"},
      {"t[\"1\"]", "string \"x\""},
      {"l[1]", "string \"q\""},
      {"o[\"a\"]", "number 1"},
      {"m[\"k\"]", "number 7"},
      {"t[2]", "error: there is no element 2: the last one is 1 @3-4"},
      {"el[0]", "error: there is no element 0: the list is empty @4-5"},
      {"t[-1]", "error: an index counts from 0, so it is not -1 @3-5"},
      {"t[0.5]", "error: an index is a whole number, not 0.5 @3-6"},
      {"t[\"x\"]", "error: a number is required, not the string 'x' @3-6"},
      {"t[null]", "error: null is not an index @3-7"},
      {"o[\"zz\"]", "error: this object has no element 'zz'; it has 'a', 'b' @3-7"},
      {"m[\"zz\"]", "error: this map has no element 'zz'; it has 'k' @3-7"},
      {"st[0]", "error: the elements of a set have no index; convert it with tolist() first @4-5"},
      {"s[0]", "error: a string has no elements @3-4"},
      {"null[0]", "error: null has no elements @6-7"},
      {"l[un]", "unknown string"},
      {"t[un]", "unknown any"},
      {"ul[0]", "unknown string"},
      {"u[0]", "unknown any"},
      // LegacyIndex, an index and not an attribute; two in a row are one number.
      {"t.1", "string \"x\""},
      {"o.0", "error: this object has no element '0'; it has 'a', 'b' @3-4"},
      {"os.0.id", "number 1"},
      {"os.0.0.id", "error: indexes written with dots cannot follow one another; write [0][0] @4-7"},
  };
  check(rows);
}

TEST_CASE("Attribute Access Operator: an error if there is no attribute of that name") {
  const Row rows[] = {
      {"o.a", "number 1"},
      {"m.k", "number 7"},
      {"{été = 1}.été", "number 1"},
      {"o.zz", "error: this object has no element 'zz'; it has 'a', 'b' @3-5"},
      {"{entrypoint = 1}.entrypont",
       "error: this object has no element 'entrypont'; did you mean 'entrypoint'? @18-27"},
      {"s.x", "error: a string has no attributes @3-4"},
      {"os.id", "error: a list has no attributes; select an element with [0], or all of them with [*].id @4-6"},
      {"null.x", "error: null has no attributes @6-7"},
      {"u.x", "unknown any"},
  };
  check(rows);
}

TEST_CASE("Splat Operators: both kinds, single values, and null") {
  const Row rows[] = {
      {"os.*.id", "tuple([number, number]) [1,2]"},
      {"os.*.x[0]", "tuple([bool]) [true]"},
      {"os[*].x[0]", "tuple([bool, bool]) [true,false]"},
      {"os[*]",
       "tuple([object({id=number, x=tuple([bool])}), object({id=number, x=tuple([bool])})]) "
       "[{\"id\":1,\"x\":[true]},{\"id\":2,\"x\":[false]}]"},
      {"l[*]", "list(string) [\"p\",\"q\"]"},
      {"st[*]", "list(string) [\"y\",\"z\"]"},
      {"o.*.a", "tuple([number]) [1]"},
      {"n.*", "tuple([number]) [5]"},
      {"nul.*", "tuple([]) []"},
      {"nully[*]", "tuple([]) []"},
      {"nl.*", "error: a splat cannot look into null @1-3"},
      {"os.*.zz", "error: this object has no element 'zz'; it has 'id', 'x' @6-8"},
      {"ul[*]", "unknown list(string)"},
      {"u[*].a", "unknown any"},
  };
  check(rows);
}

TEST_CASE("Operations: precedence and associativity") {
  const Row rows[] = {
      {"1 + 2 * 3", "number 7"},
      {"(1 + 2) * 3", "number 9"},
      {"8 / 4 * 2", "number 4"},
      {"1 - 2 - 3", "number -4"},
      {"1 + 1 == 2 && 2 > 1 || false", "bool true"},
      {"true || true && false", "bool true"},
      {"1 < 2 == true", "bool true"},
      {"-2 * -3", "number 6"},
      {"-n + 1", "number -4"},
      {"!true || true", "bool true"},
      {"!(true || true)", "bool false"},
      {"--1", "number 1"},
      {"1 +", "error: a value is expected, not the end of the file @4-4"},
      {"* 1", "error: a value is expected, not '*' @1-2"},
  };
  check(rows);
}

TEST_CASE("Comparison Operators: equality is identity of type and value, order is for numbers") {
  const Row rows[] = {
      {"1 == 1.0", "bool true"},
      {"1 == \"1\"", "bool false"},
      {"1 != \"1\"", "bool true"},
      {"\"1\" == 1", "bool false"},
      {"[1] == [1]", "bool true"},
      {"[1] == tolist([1])", "bool false"},
      {"{a = 1} == {a = 1}", "bool true"},
      {"{a = 1} == {a = \"1\"}", "bool false"},
      {"null == null", "bool true"},
      {"nul == null", "bool true"},
      {"n == null", "bool false"},
      {"\"a\\u0301\" == \"\\u00e1\"", "bool true"},
      {"un == 5", "unknown bool"},
      {"us == 5", "bool false"},
      {"u == 5", "unknown bool"},
      {"[1, un] == [2, un]", "bool false"},
      {"[1, un] == [1, un]", "unknown bool"},
      {"2 > \"1\"", "bool true"},
      {"1 >= 1", "bool true"},
      {"un < 1", "unknown bool"},
      {"1 < \"x\"", "error: a number is required, not the string 'x' @5-8"},
      {"true < 1", "error: a number is required, not true @1-5"},
      {"null < 1", "error: a number is required, not null @1-5"},
  };
  check(rows);
}

TEST_CASE("Arithmetic Operators: numbers of arbitrary precision") {
  const Row rows[] = {
      {"1 + \"2\"", "number 3"},
      {"10 / 4", "number 2.5"},
      {"7 % 3", "number 1"},
      {"-7 % 3", "number -1"},
      {"5.5 % 2", "number 1.5"},
      {"0.1 + 0.2", "number 0.3"},
      {"123456789012345678901234567890 * 1000000000000000000000",
       "number 123456789012345678901234567890000000000000000000000"},
      {"un * 2", "unknown number"},
      {"u - 2", "unknown number"},
      {"1 / 0", "error: division by zero @1-6"},
      {"1 % 0", "error: division by zero @1-6"},
      {"1 + true", "error: a number is required, not true @5-9"},
      {"[] + 1", "error: a number is required, not a list @1-3"},
      {"-\"x\"", "error: a number is required, not the string 'x' @2-5"},
  };
  check(rows);
}

TEST_CASE("Logic Operators: bools only") {
  const Row rows[] = {
      {"true && \"true\"", "bool true"},
      {"!\"false\"", "bool true"},
      {"ub && true", "unknown bool"},
      {"ub && false", "bool false"},
      {"ub || true", "bool true"},
      {"!u", "unknown bool"},
      {"1 && true", "error: a bool is required, not the number 1 @1-2"},
      {"true && null", "error: a bool is required, not null @9-13"},
      {"!1", "error: a bool is required, not the number 1 @2-3"},
      {"false && o.zz", "bool false"},
      {"true || o.zz", "bool true"},
      {"true && o.zz", "error: this object has no element 'zz'; it has 'a', 'b' @11-13"},
  };
  check(rows);
}

TEST_CASE("Conditional Operator: a boolean predicate, results of one type, errors of the selected one only") {
  const Row rows[] = {
      {"b ? 1 : 2", "number 1"},
      {"\"false\" ? 1 : 2", "number 2"},
      {"b ? 1 : \"a\"", "string \"1\""},
      {"b ? [1, 2] : [\"a\"]", "list(string) [\"1\",\"2\"]"},
      {"b ? [1] : [\"a\"]", "tuple([string]) [\"1\"]"},
      {"b ? l : [1]", "list(string) [\"p\",\"q\"]"},
      {"b ? {a = 1} : {b = 2}", "map(number) {\"a\":1}"},
      {"b ? {a = 1} : {a = \"x\"}", "object({a=string}) {\"a\":\"1\"}"},
      {"b ? null : 5", "number null"},
      {"b ? st : l", "list(string) [\"y\",\"z\"]"},
      {"b ? 1 : o.zz", "number 1"},
      {"b ? o.zz : 1", "error: this object has no element 'zz'; it has 'a', 'b' @7-9"},
      {"length(el) > 0 ? el[0] : \"default\"", "string \"default\""},
      {"b ? false : b ? 1 : 2",
       "error: the two results of a conditional must be of one type; the first is false, the second the number 1 "
       "@5-22"},
      {"b ? [1] : {a = 1}",
       "error: the two results of a conditional must be of one type; the first is a list, the second an object @5-18"},
      {"ub ? 1 : 2", "unknown number"},
      {"u ? 1 : \"x\"", "unknown string"},
      {"null ? 1 : 2", "error: a bool is required, not null @1-5"},
      {"5 ? 1 : 2", "error: a bool is required, not the number 5 @1-2"},
      {"b ? 1", "error: a conditional goes on with ':' and the other result, not the end of the file @6-6"},
  };
  check(rows);
}

TEST_CASE("Template Literals: sequences are escaped by doubling, strip markers take blanks of the source only") {
  const Row rows[] = {
      {"\"$${n} %%{n} $ % $$ %% $n\"", "string \"${n} %{n} $ % $$ %% $n\""},
      {"\"$$${n}\"", "string \"$${n}\""},
      {"\"hello ${~ \"world\" }\"", "string \"helloworld\""},
      {"\"%{ if true ~} hello %{~ endif }\"", "string \"hello\""},
      {"\"${\"hello\" ~}${\" world\"}\"", "string \"hello world\""},
      {"\"a \\t\\n\\u2003${~ n ~}\\u00a0 b\"", "string \"a5b\""},
  };
  check(rows);
}

TEST_CASE("Template Interpolations: the value is converted to a string, or it is an error") {
  const Row rows[] = {
      {"\"a${n}b${b}c${s}\"", "string \"a5btruecstr\""},
      {"\"a${1.50}\"", "string \"a1.5\""},
      {"\"a${us}\"", "unknown string"},
      {"\"a${[1]}\"", "error: a string is required, not a list @5-8"},
      {"\"a${o}\"", "error: a string is required, not an object @5-6"},
      {"\"a${null}\"", "error: null cannot be part of a string @5-9"},
      {"\"a${n\"", "error: the interpolation does not end; there is no } for this ${ @3-5"},
  };
  check(rows);
}

TEST_CASE("Template Directives: if with and without else, for") {
  const Row rows[] = {
      {"\"%{ if b }yes%{ else }no%{ endif }\"", "string \"yes\""},
      {"\"%{ if !b }yes%{ else }no%{ endif }\"", "string \"no\""},
      {"\"%{ if !b }yes%{ endif }\"", "string \"\""},
      {"\"%{ if b }${5}%{ endif }\"", "string \"5\""},
      {"\"%{ if b }a%{ if !b }b%{ else }c%{ endif }d%{ endif }\"", "string \"acd\""},
      {"\"%{ for v in l }${v},%{ endfor }\"", "string \"p,q,\""},
      {"\"%{ for k, v in o }${k}=${v};%{ endfor }\"", "string \"a=1;b=x;\""},
      {"\"%{ for v in [[\"a\"], [\"b\"]] }%{ for w in v }(${w})%{ endfor }%{ endfor }\"", "string \"(a)(b)\""},
      {"\"%{ if ub }a%{ endif }\"", "unknown string"},
      {"\"%{ for v in ul }a%{ endfor }\"", "unknown string"},
      {"\"%{ if n }a%{ endif }\"", "error: a bool is required, not the number 5 @8-9"},
      {"\"%{ for v in n }a%{ endfor }\"",
       "error: a 'for' goes through a list, a set, a map or an object, not the number 5 @14-15"},
      {"\"%{ for v in [null] }${v}%{ endfor }\"", "error: null cannot be part of a string @24-25"},
      {"\"%{ if b }\"", "error: there is no 'endif' for this 'if' @2-11"},
      {"\"%{ endfor }\"", "error: 'endfor' without a 'for' before it @2-13"},
      {"\"%{ elsif b }\"",
       "error: 'elsif' is not a template directive; there are if, else, endif, for and endfor @5-10"},
  };
  check(rows);
}

TEST_CASE("Template Interpolation Unwrapping: one interpolation alone keeps its type") {
  const Row rows[] = {
      {"\"${true}\"", "bool true"},
      {"\"${\"${true}\"}\"", "bool true"},
      {"\"hello ${true}\"", "string \"hello true\""},
      {"\"${\"\"}${true}\"", "string \"true\""},
      {"\"%{ for v in [true] }${v}%{ endfor }\"", "string \"true\""},
      {"\"${null}\"", "any null"},
  };
  check(rows);
}

TEST_CASE("Templates stand alone too: without escapes, with line breaks") {
  CHECK(hcl_test::expand("a\n\"b\" \\n ${n}\n") == "string \"a\\n\\\"b\\\" \\\\n 5\\n\"");
  CHECK(hcl_test::expand("${[1]}") == "tuple([number]) [1]");
  CHECK(hcl_test::expand("") == "string \"\"");
  CHECK(hcl_test::expand("$${n} $") == "string \"${n} $\"");
  CHECK(hcl_test::expand("%{ for v in l ~}\n- ${v}\n%{ endfor ~}\n") == "string \"- p\\n- q\\n\"");
  CHECK(hcl_test::expand("a ${n") == "error: the interpolation does not end; there is no } for this ${ @3-5");
}

TEST_CASE("Primitive Types: an error for integers that cannot be represented, rounding for other numbers") {
  std::string digits(154, '9');
  CHECK(hcl_test::evaluate(digits) == "number " + digits);
  CHECK(hcl_test::evaluate(std::string(155, '9')).find("cannot be represented") != std::string::npos);
  CHECK(hcl_test::evaluate("1e10001").find("cannot be represented") != std::string::npos);
  CHECK(hcl_test::evaluate("0." + std::string(2000, '3')) == "number 0." + std::string(154, '3') + "5");
}

TEST_CASE("Type Conversions: between strings and numbers, strings and bools, and never numbers and bools") {
  const Row rows[] = {
      {"tostring(1.50)", "string \"1.5\""},
      {"tostring(1e3)", "string \"1000\""},
      {"tonumber(\"-12.5\")", "number -12.5"},
      {"tonumber(\"x\")", "error: 'tonumber': a number is required, not the string 'x' @1-14"},
      {"tobool(\"1\")", "bool true"},
      {"tobool(\"0\")", "bool false"},
      {"tobool(\"yes\")", "error: 'tobool': a bool is required, not the string 'yes' @1-14"},
      {"tobool(1)", "error: 'tobool': a bool is required, not the number 1 @1-10"},
      {"tonumber(true)", "error: 'tonumber': a number is required, not true @1-15"},
      {"tostring(null)", "string null"},
      {"tolist([1, \"a\", true])", "list(string) [\"1\",\"a\",\"true\"]"},
      {"tolist([1, []])",
       "error: 'tolist': all elements must be of one type, and those of a list have none in common @1-16"},
      {"toset([\"b\", \"a\", \"b\"])", "set(string) [\"a\",\"b\"]"},
      {"tomap({a = 1, b = \"x\"})", "map(string) {\"a\":\"1\",\"b\":\"x\"}"},
  };
  check(rows);
}

TEST_CASE("Static Analysis: lists, maps, calls and traversals are read off the tree") {
  auto parsed = [](const char* text) {
    hcl::Diagnostics diagnostics;
    return hcl::parse_expression(hcl::File::make("test.hcl", text), diagnostics);
  };
  auto list = parsed("[a, 1]");
  REQUIRE(hcl::static_list(list.expression()));
  CHECK(hcl::static_list(list.expression())->size() == 2);
  CHECK_FALSE(hcl::static_list(parsed("a").expression()));
  CHECK_FALSE(hcl::static_list(parsed("[for v in a: v]").expression()));

  auto map = parsed("{a = 1, b.c = 2}");
  REQUIRE(hcl::static_map(map.expression()));
  CHECK(hcl::static_map(map.expression())->size() == 2);

  auto call = parsed("f(a, 1)");
  REQUIRE(hcl::static_call(call.expression()));
  CHECK(hcl::static_call(call.expression())->name.text == "f");
  CHECK(hcl::static_call(call.expression())->arguments.size() == 2);

  auto traversal = parsed("local.a[\"b\"][0].c.1");
  auto path = hcl::static_traversal(traversal.expression());
  REQUIRE(path);
  CHECK(path->root.text == "local");
  REQUIRE(path->steps.size() == 5);
  CHECK(path->steps[1].key == hcl::Value::string("b"));
  CHECK(path->steps[4].key == hcl::Value::number(1));
  CHECK(hcl::static_keyword(parsed("true").expression()) == "true");
  CHECK(hcl::static_traversal(parsed("null").expression())->root.text == "null");
  CHECK_FALSE(hcl::static_traversal(parsed("a[b]").expression()));
  CHECK_FALSE(hcl::static_traversal(parsed("f().a").expression()));
}
