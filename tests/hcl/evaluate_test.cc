#include "core/hcl/evaluate.h"

#include <doctest/doctest.h>

#include "core/hcl/static.h"
#include "tests/hcl/support.h"

namespace {

struct Evaluated {
  hcl::Diagnostics diagnostics;
  hcl::Value value;
};

hcl::ParsedExpression parsed(std::string text) {
  hcl::Diagnostics diagnostics;
  return hcl::parse_expression(hcl::File::make("test.hcl", std::move(text)), diagnostics);
}

std::string variables(std::string text) {
  auto expression = parsed(std::move(text));
  std::string out;
  for (const auto& traversal : hcl::variables_of(expression.expression())) {
    out += (out.empty() ? "" : " ") + std::string(traversal.range.text());
  }
  return out;
}

}  // namespace

TEST_CASE("a value's place is that of its expression, an element's its own") {
  auto expression = parsed("[1, upper(\"x\"), n]");
  hcl::Scope scope(hcl::standard_functions());
  hcl_test::set_variables(scope);
  hcl::Diagnostics diagnostics;
  hcl::Value value = hcl::evaluate(expression.expression(), scope, diagnostics);
  CHECK(value.range().text() == "[1, upper(\"x\"), n]");
  CHECK(value.elements()[1].range().text() == "upper(\"x\")");
  CHECK(value.elements()[2].range().text() == "n");
}

TEST_CASE("an object's members know where their keys stand, so the order of the source is not lost") {
  auto expression = parsed("{b = 1, a = 2}");
  hcl::Scope scope(hcl::standard_functions());
  hcl::Diagnostics diagnostics;
  hcl::Value value = hcl::evaluate(expression.expression(), scope, diagnostics);
  CHECK(value.members()[0].name == "a");
  CHECK(value.members()[0].name_range.begin > value.members()[1].name_range.begin);
}

TEST_CASE("every independent mistake of an expression is reported, one that follows from another is not") {
  hcl::Diagnostics diagnostics;
  auto expression = parsed("[o.zz + 1, missing, upper([]), t[5].x]");
  hcl::Scope scope(hcl::standard_functions());
  hcl_test::set_variables(scope);
  hcl::Value value = hcl::evaluate(expression.expression(), scope, diagnostics);
  CHECK(diagnostics.errors() == 4);
  CHECK(value.is(hcl::Kind::tuple));
  CHECK_FALSE(value.wholly_known());
}

TEST_CASE("a loop reports its first mistake, not one for each element") {
  hcl::Diagnostics diagnostics;
  auto expression = parsed("[for v in range(100): missing]");
  hcl::Scope scope(hcl::standard_functions());
  hcl::evaluate(expression.expression(), scope, diagnostics);
  CHECK(diagnostics.errors() == 1);
}

TEST_CASE("an expected type is converted to, or the mistake is shown under the expression") {
  hcl::Scope scope(hcl::standard_functions());
  auto run = [&](const char* text, const hcl::Type& type) {
    hcl::Diagnostics diagnostics;
    auto expression = parsed(text);
    hcl::Value value = hcl::evaluate(expression.expression(), type, scope, diagnostics);
    return diagnostics.has_errors() ? hcl_test::show(diagnostics) : hcl_test::show(value);
  };
  CHECK(run("5", hcl::Type::string()) == "string \"5\"");
  CHECK(run("[\"a\", 1]", hcl::Type::list(hcl::Type::string())) == "list(string) [\"a\",\"1\"]");
  CHECK(run("[\"a\", []]", hcl::Type::list(hcl::Type::string())) ==
        "error: element 1: a string is required, not a list @1-10");
}

TEST_CASE("an unknown name is answered with near ones, or with what there is") {
  hcl::Scope scope(hcl::standard_functions());
  auto run = [&](const char* text) {
    hcl::Diagnostics diagnostics;
    auto expression = parsed(text);
    hcl::evaluate(expression.expression(), scope, diagnostics);
    return hcl_test::show(diagnostics);
  };
  CHECK(run("version") ==
        "error: there is no variable 'version'; there are no variables here; text is written in double quotes @1-8");
  scope.set("estaleiro-commit", hcl::Value::string("x"));
  scope.set("tag", hcl::Value::string("y"));
  CHECK(run("estaleiro_commit") ==
        "error: there is no variable 'estaleiro_commit'; did you mean 'estaleiro-commit'? @1-17");
  CHECK(run("version") == "error: there is no variable 'version'; there are 'estaleiro-commit', 'tag' @1-8");
  CHECK(run("tag-1") ==
        "error: there is no variable 'tag-1'; this is one name: to subtract, put blanks around the '-' @1-6");
}

TEST_CASE("a child scope sees its parent's variables and may hide them") {
  hcl::Scope parent(hcl::standard_functions());
  parent.set("a", hcl::Value::number(1));
  parent.set("b", hcl::Value::number(2));
  hcl::Scope child(&parent);
  child.set("a", hcl::Value::number(3));
  CHECK(*child.find("a") == hcl::Value::number(3));
  CHECK(*child.find("b") == hcl::Value::number(2));
  CHECK(*parent.find("a") == hcl::Value::number(1));
  CHECK(child.names() == std::vector<std::string>{"a", "b"});
}

TEST_CASE("the variables of an expression are those it does not define itself") {
  CHECK(variables("a + b.c[0].d[\"e\"]") == "a b.c[0].d[\"e\"]");
  CHECK(variables("\"x ${estaleiro-commit} %{ if f }${g}%{ endif }\"") == "estaleiro-commit f g");
  CHECK(variables("a[b.c].d") == "a b.c");
  CHECK(variables("[for v in list: v.x + w if v.y && k]") == "list w k");
  CHECK(variables("{for k, v in m: k => [for k in v: k + z]}") == "m z");
  CHECK(variables("f(a, b...)") == "a b");
  CHECK(variables("os.*.id[i]") == "os i");
  CHECK(variables("{a = b, (c) = d}") == "b c d");
  CHECK(variables("[1, true, null, \"x\"]").empty());
  CHECK(variables("v + [for v in v: v][0]") == "v v");
}

TEST_CASE("evaluation is bounded in time and memory, with an error at its place") {
  hcl::Limits limits{1'000'000, 32 << 20, 1 << 20, 1 << 16};
  struct Row {
    const char *expression, *summary;
  };
  const char* steps = "evaluating the configuration takes too many steps";
  const char* memory = "evaluating the configuration takes too much memory";
  const char* length = "this would make a string that is too long";
  const char* count = "this would make a collection of too many elements";
  for (Row row : {
           Row{"[for a in range(1000): [for b in range(1000): [for c in range(1000): c]]]", memory},
           Row{"[for a in range(1000): [for b in range(1000): a]]", memory},
           Row{"join(\"\", [for a in range(1000): format(\"%010000d\", a)])", length},
           Row{"format(\"%9999999d\", 1)", length},
           Row{"format(\"%.9999999f\", 1)", length},
           Row{"\"%{ for a in range(1000) }%{ for b in range(1000) }abcdefgh%{ endfor }%{ endfor }\"", memory},
           Row{"setproduct(range(1000), range(1000))", count},
           Row{"replace(format(\"%0500000d\", 0), \"0\", \"abcdefghij\")", length},
           Row{"replace(format(\"%0500000d\", 0), \"/0/\", \"abcdefghij\")", steps},
           Row{"flatten([for a in range(1000): [for b in range(1000): [for c in range(10): b]]])", memory},
           Row{"indent(10000, replace(format(\"%01000d\", 0), \"0\", \"\\n\"))", length},
           Row{"split(\"\", format(\"%0900000d\", 0))", count},
           Row{"regexall(\"0\", format(\"%0900000d\", 0))", steps},
           Row{"[for a in range(1000): regex(\"(0|00)*1\", format(\"%0100000d\", 0))]",
               "'regex': no part of the text matches "
               "the regular expression"},
           Row{"[for a in range(1000): [for b in range(1000): a + b + a + b + a + b + a + b]]", steps},
           Row{"can([for a in range(1000): [for b in range(1000): [for c in range(1000): c]]])", memory},
       }) {
    CAPTURE(row.expression);
    std::string result = hcl_test::evaluate(row.expression, limits);
    CHECK(result.starts_with("error: " + std::string(row.summary)));
  }
}

TEST_CASE("a budget is shared by all evaluations of a root scope, so many small ones are bounded too") {
  hcl::Scope scope(hcl::standard_functions(), {10'000, 1 << 20, 1 << 20, 1 << 16});
  auto expression = parsed("[for a in range(100): a]");
  int done = 0;
  for (;; done++) {
    hcl::Diagnostics diagnostics;
    hcl::evaluate(expression.expression(), scope, diagnostics);
    if (diagnostics.has_errors()) break;
    REQUIRE(done < 1000);
  }
  CHECK(done > 10);
}

TEST_CASE("a hundred thousand unknown names on one line are counted in the time of one") {
  std::string text = "[";
  for (int i = 0; i < 100'000; i++) text += "unknown, ";
  hcl::Scope scope(hcl::standard_functions());
  for (int i = 0; i < 500; i++) scope.set("known" + std::to_string(i), hcl::Value::number(i));
  hcl::Diagnostics diagnostics;
  auto expression = parsed(text + "]");
  hcl::evaluate(expression.expression(), scope, diagnostics);
  CHECK(diagnostics.errors() == 100'000);
  CHECK(hcl::render(diagnostics).size() < 100'000);
}

TEST_CASE("values that share parts without end cost what they weigh") {
  hcl::Scope scope(hcl::standard_functions(), {100'000, 1 << 20, 1 << 20, 1 << 16});
  hcl::Diagnostics diagnostics;
  scope.set("v", hcl::Value::tuple({hcl::Value::number(1)}));
  auto doubled = parsed("[v, v]");
  for (int i = 0; i < 60; i++) scope.set("v", hcl::evaluate(doubled.expression(), scope, diagnostics));
  CHECK_FALSE(diagnostics.has_errors());
  for (const char* text : {"jsonencode(v)", "v == v", "v[0] == 1 ? v : [v]", "flatten(v)"}) {
    CAPTURE(text);
    hcl::Diagnostics found;
    auto expression = parsed(text);
    hcl::evaluate(expression.expression(), scope, found);
    CHECK(found.has_errors());
  }
}
