#include "core/hcl/functions.h"

#include <doctest/doctest.h>

#include <set>

#include "tests/hcl/support.h"

TEST_CASE("every standard function says what it does and how it is called") {
  for (const auto& [name, function] : hcl::standard_functions().all()) {
    CAPTURE(name);
    CHECK(function.name == name);
    CHECK(function.summary.size() > 10);
    CHECK_FALSE(function.summary.ends_with('.'));
    CHECK((function.implementation || function.special != hcl::Function::Special::none));
    for (const auto& parameter : function.parameters) CHECK_FALSE(parameter.name.empty());
  }
  CHECK(hcl::standard_functions().find("join")->signature() == "join(separator, lists...)");
  CHECK(hcl::standard_functions().find("substr")->signature() == "substr(text, offset, length)");
}

TEST_CASE("no standard function looks at clocks, files or the network") {
  for (const char* name : {"timestamp", "plantimestamp", "uuid", "bcrypt", "file", "fileset", "templatefile", "abspath",
                           "pathexpand", "env"}) {
    CHECK(hcl::standard_functions().find(name) == nullptr);
  }
}

TEST_CASE("a caller adds its own functions to a copy of the table") {
  hcl::FunctionTable functions = hcl::standard_functions();
  functions.add({.name = "double",
                 .summary = "twice the number",
                 .parameters = {{"number", hcl::Type::number()}},
                 .result = hcl::Type::number(),
                 .implementation = [](hcl::Arguments& arguments) {
                   if (arguments[0].as_number().is_negative()) throw arguments.problem(0, "it is negative");
                   return hcl::Value::number(*hcl::Number::add(arguments[0].as_number(), arguments[0].as_number()));
                 }});
  hcl::Scope scope(functions);
  auto run = [&](const char* text) {
    hcl::Diagnostics diagnostics;
    auto parsed = hcl::parse_expression(hcl::File::make("test.hcl", text), diagnostics);
    hcl::Value value = hcl::evaluate(parsed.expression(), scope, diagnostics);
    return diagnostics.has_errors() ? hcl_test::show(diagnostics) : hcl_test::show(value);
  };
  CHECK(run("double(\"4\")") == "number 8");
  CHECK(run("double(1 + double(2))") == "number 10");
  CHECK(run("double(-1)") == "error: 'double': it is negative @8-10");
  CHECK(hcl::standard_functions().find("double") == nullptr);
}

TEST_CASE("arguments are checked before a function is called") {
  CHECK(hcl_test::evaluate("nofunction(1)") == "error: there is no function 'nofunction' @1-11");
  CHECK(hcl_test::evaluate("uper(s)") == "error: there is no function 'uper'; did you mean 'upper'? @1-5");
  CHECK(hcl_test::evaluate("upper()") == "error: 'upper' lacks its argument 'text'; it is called as upper(text) @1-8");
  CHECK(hcl_test::evaluate("upper(s, s)") ==
        "error: 'upper' takes 1 argument, not 2; it is called as upper(text) @10-11");
  CHECK(hcl_test::evaluate("upper(null)") == "error: 'text' of 'upper': it must not be null @7-11");
  CHECK(hcl_test::evaluate("upper([1])") == "error: 'text' of 'upper': a string is required, not a list @7-10");
  CHECK(hcl_test::evaluate("join(\",\", [[1]])") ==
        "error: 'lists' of 'join': element 0: a string is required, not a list @11-16");
}

TEST_CASE("unknown arguments give an unknown result of the function's type") {
  CHECK(hcl_test::evaluate("upper(us)") == "unknown string");
  CHECK(hcl_test::evaluate("length(u)") == "unknown number");
  CHECK(hcl_test::evaluate("split(\",\", us)") == "unknown list(string)");
  CHECK(hcl_test::evaluate("upper(ul)") == "error: 'text' of 'upper': a string is required, not a list of string @7-9");
  CHECK(hcl_test::evaluate("max(ul...)") == "unknown number");
}
