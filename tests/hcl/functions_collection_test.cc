#include <doctest/doctest.h>

#include "tests/hcl/support.h"

namespace {

struct Row {
  const char* expression;
  const char* result;  // as hcl_test::evaluate() shows it
};

constexpr Row rows[] = {
    // clang-format off
    {R"~(alltrue([]))~", R"~(bool true)~"},
    {R"~(alltrue([true, "true"]))~", R"~(bool true)~"},
    {R"~(alltrue([true, false]))~", R"~(bool false)~"},
    {R"~(alltrue([true, null]))~", R"~(bool false)~"},

    {R"~(anytrue([]))~", R"~(bool false)~"},
    {R"~(anytrue([false, true]))~", R"~(bool true)~"},
    {R"~(anytrue([null]))~", R"~(bool false)~"},

    {R"~(chunklist(["a","b","c"], 0))~", R"~(list(list(string)) [["a","b","c"]])~"},
    {R"~(chunklist(["a","b","c"], 2))~", R"~(list(list(string)) [["a","b"],["c"]])~"},
    {R"~(chunklist(["a"], -1))~", R"~(error: 'chunklist': a whole number from 0 to 1073741824 is required, not -1 @18-20)~"},
    {R"~(chunklist([], 2))~", R"~(list(list(any)) [])~"},

    {R"~(coalesce("", "b"))~", R"~(string "b")~"},
    {R"~(coalesce())~", R"~(error: 'coalesce': all arguments must be of one type @1-11)~"},
    {R"~(coalesce(null))~", R"~(error: 'coalesce': every argument is null or an empty string @1-15)~"},
    {R"~(coalesce(null, "", us))~", R"~(unknown string)~"},
    {R"~(coalesce(null, "a", 1))~", R"~(string "a")~"},
    {R"~(coalesce(null, 1))~", R"~(number 1)~"},

    {R"~(coalescelist([], ["a"]))~", R"~(tuple([string]) ["a"])~"},
    {R"~(coalescelist([], []))~", R"~(error: 'coalescelist': every argument is null or empty @1-21)~"},
    {R"~(coalescelist(null, [1]))~", R"~(tuple([number]) [1])~"},

    {R"~(compact(["a","",null,"b"]))~", R"~(list(string) ["a","b"])~"},
    {R"~(compact([]))~", R"~(list(string) [])~"},

    {R"~(concat())~", R"~(error: 'concat': at least one list is required @1-9)~"},
    {R"~(concat(["a"], ["b"]))~", R"~(tuple([string, string]) ["a","b"])~"},
    {R"~(concat([1], ["a"]))~", R"~(tuple([number, string]) [1,"a"])~"},
    {R"~(concat(l, [1]))~", R"~(tuple([string, string, number]) ["p","q",1])~"},
    {R"~(concat(l, l))~", R"~(list(string) ["p","q","p","q"])~"},
    {R"~(concat(l, tolist([1])))~", R"~(list(string) ["p","q","1"])~"},
    {R"~(concat(ul, ["a"]))~", R"~(unknown any)~"},

    {R"~(contains("abc", "a"))~", R"~(error: 'contains': a list is required, not the string 'abc' @10-15)~"},
    {R"~(contains(["a"], "a"))~", R"~(bool true)~"},
    {R"~(contains(["a"], "b"))~", R"~(bool false)~"},
    {R"~(contains([1], "1"))~", R"~(bool false)~"},
    {R"~(contains([null], null))~", R"~(bool true)~"},
    {R"~(contains(st, "y"))~", R"~(bool true)~"},

    {R"~(distinct(["a","b","a"]))~", R"~(list(string) ["a","b"])~"},
    {R"~(distinct([1,"1"]))~", R"~(list(string) ["1"])~"},
    {R"~(distinct([]))~", R"~(list(any) [])~"},

    {R"~(element(["a","b"], -1))~", R"~(string "b")~"},
    {R"~(element(["a","b"], 3))~", R"~(string "b")~"},
    {R"~(element([], 0))~", R"~(error: 'element': an empty list has no elements @9-11)~"},
    {R"~(element(l, 0.5))~", R"~(error: 'element': a whole number from -1099511627776 to 1099511627776 is required, not 0.5 @12-15)~"},

    {R"~(flatten("a"))~", R"~(error: 'flatten': a list is required, not the string 'a' @9-12)~"},
    {R"~(flatten([["a"], [], "b", st]))~", R"~(tuple([string, string, string, string]) ["a","b","y","z"])~"},
    {R"~(flatten([[1,2],[3,[4]]]))~", R"~(tuple([number, number, number, number]) [1,2,3,4])~"},
    {R"~(flatten([null,[null]]))~", R"~(tuple([any, any]) [null,null])~"},
    {R"~(flatten([{a=[1]}]))~", R"~(tuple([object({a=tuple([number])})]) [{"a":[1]}])~"},

    {R"~(index(["a","b"], 1))~", R"~(error: 'index': the number 1 is not in the list @18-19)~"},

    {R"~(keys([]))~", R"~(error: 'keys': a map or an object is required, not a list @6-8)~"},
    {R"~(keys(m))~", R"~(list(string) ["k"])~"},
    {R"~(keys(u))~", R"~(unknown any)~"},
    {R"~(keys({b=1,a=2}))~", R"~(tuple([string, string]) ["a","b"])~"},
    {R"~(keys({}))~", R"~(tuple([]) [])~"},

    {R"~(length("e\u0301a"))~", R"~(number 2)~"},
    {R"~(length("日本語"))~", R"~(number 3)~"},
    {R"~(length([1,2]))~", R"~(number 2)~"},
    {R"~(length(el))~", R"~(number 0)~"},
    {R"~(length(m))~", R"~(number 1)~"},
    {R"~(length(st))~", R"~(number 2)~"},
    {R"~(length(u))~", R"~(unknown number)~"},

    {R"~(lookup([], "a", 1))~", R"~(error: 'lookup': a map or an object is required, not a list @8-10)~"},
    {R"~(lookup(m, "k", 0))~", R"~(number 7)~"},
    {R"~(lookup(m, "z", "5"))~", R"~(number 5)~"},
    {R"~(lookup(m, "z", "x"))~", R"~(error: 'lookup': a number is required, not the string 'x' @1-20)~"},
    {R"~(lookup(m, "z", 0))~", R"~(number 0)~"},
    {R"~(lookup({a=1}, "a", 2))~", R"~(number 1)~"},
    {R"~(lookup({a=1}, "b", "x"))~", R"~(string "x")~"},
    {R"~(lookup({a=1}, "b", 2))~", R"~(number 2)~"},

    {R"~(matchkeys(["a","b","c"], ["x","y","x"], ["x"]))~", R"~(list(string) ["a","c"])~"},
    {R"~(matchkeys(["a"], ["x"], []))~", R"~(list(string) [])~"},
    {R"~(matchkeys(["a"], [], ["x"]))~", R"~(error: 'matchkeys': as many keys as values are required: 1 @18-20)~"},

    {R"~(merge())~", R"~(object({}) {})~"},
    {R"~(merge(m, m))~", R"~(map(number) {"k":7})~"},
    {R"~(merge(m, {a=1}))~", R"~(object({a=number, k=number}) {"a":1,"k":7})~"},
    {R"~(merge({a=1}, [1]))~", R"~(error: 'merge': a map or an object is required, not a list @14-17)~"},
    {R"~(merge({a=1},null))~", R"~(object({a=number}) {"a":1})~"},
    {R"~(merge({a=1},{b=2},{a=3}))~", R"~(object({a=number, b=number}) {"a":3,"b":2})~"},

    {R"~(one(["a"]))~", R"~(string "a")~"},
    {R"~(one([1, 2]))~", R"~(error: 'one': a list of at most one element is required, not of 2 @5-11)~"},
    {R"~(one([]))~", R"~(any null)~"},
    {R"~(one(st))~", R"~(error: 'one': a list of at most one element is required, not of 2 @5-7)~"},
    {R"~(one(toset([7])))~", R"~(number 7)~"},

    {R"~(range())~", R"~(error: 'range': one to three numbers are required: limit, start and limit, or a step too @1-8)~"},
    {R"~(range(-3))~", R"~(list(number) [0,-1,-2])~"},
    {R"~(range(0))~", R"~(list(number) [])~"},
    {R"~(range(0, 1, 0.25))~", R"~(list(number) [0,0.25,0.5,0.75])~"},
    {R"~(range(1, 4))~", R"~(list(number) [1,2,3])~"},
    {R"~(range(1, 8, 2))~", R"~(list(number) [1,3,5,7])~"},
    {R"~(range(1,4,-1))~", R"~(error: 'range': steps of -1 never get from 1 to 4 @9-10)~"},
    {R"~(range(1,4,0))~", R"~(error: 'range': the step must not be 0 @11-12)~"},
    {R"~(range(3))~", R"~(list(number) [0,1,2])~"},
    {R"~(range(4, 1))~", R"~(list(number) [4,3,2])~"},
    {R"~(range(4, 1, -1))~", R"~(list(number) [4,3,2])~"},
    {R"~(range(5000))~", R"~(error: 'range': more than 1024 numbers @1-12)~"},

    {R"~(reverse("abc"))~", R"~(error: 'reverse': a list is required, not the string 'abc' @9-14)~"},
    {R"~(reverse([1,2,"a"]))~", R"~(tuple([string, number, number]) ["a",2,1])~"},
    {R"~(reverse(l))~", R"~(list(string) ["q","p"])~"},
    {R"~(reverse(st))~", R"~(list(string) ["z","y"])~"},

    {R"~(setintersection(["a","b"],["b","c"]))~", R"~(set(string) ["b"])~"},
    {R"~(setintersection(st, ["y"]))~", R"~(set(string) ["y"])~"},

    {R"~(setproduct(["a","b"],[1,2]))~", R"~(list(tuple([string, number])) [["a",1],["a",2],["b",1],["b",2]])~"},
    {R"~(setproduct(["a",1],[true]))~", R"~(list(tuple([string, bool])) [["a",true],["1",true]])~"},
    {R"~(setproduct(["a"]))~", R"~(error: 'setproduct': at least two sets or lists are required @1-18)~"},
    {R"~(setproduct(["a"],[]))~", R"~(list(tuple([string, any])) [])~"},
    {R"~(setproduct(toset(["a"]),["b"]))~", R"~(set(tuple([string, string])) [["a","b"]])~"},

    {R"~(setsubtract(["a","b"],["b"]))~", R"~(set(string) ["a"])~"},

    {R"~(setunion(["a"],["b","a"]))~", R"~(set(string) ["a","b"])~"},
    {R"~(setunion([1],["a"]))~", R"~(set(string) ["1","a"])~"},

    {R"~(slice(["a","b","c"], -1, 1))~", R"~(error: 'slice': a whole number from 0 to 1 is required, not -1 @22-24)~"},
    {R"~(slice(["a","b","c"], 1, 2))~", R"~(tuple([string]) ["b"])~"},
    {R"~(slice(["a","b","c"], 1, 5))~", R"~(error: 'slice': a whole number from 0 to 3 is required, not 5 @25-26)~"},
    {R"~(slice(["a","b","c"], 2, 1))~", R"~(error: 'slice': a whole number from 0 to 1 is required, not 2 @22-23)~"},
    {R"~(slice(l, 0, 0))~", R"~(list(string) [])~"},
    {R"~(slice(l, 0, 1))~", R"~(list(string) ["p"])~"},
    {R"~(slice(st, 0, 1))~", R"~(error: 'slice': the elements of a set have no index @7-9)~"},

    {R"~(sort(["b","a","C"]))~", R"~(list(string) ["C","a","b"])~"},
    {R"~(sort([2,10,1]))~", R"~(list(string) ["1","10","2"])~"},
    {R"~(sort(st))~", R"~(list(string) ["y","z"])~"},

    {R"~(transpose({a=["x","y"],b=["x"]}))~", R"~(map(list(string)) {"x":["a","b"],"y":["a"]})~"},

    {R"~(values([]))~", R"~(error: 'values': a map or an object is required, not a list @8-10)~"},
    {R"~(values(m))~", R"~(list(number) [7])~"},
    {R"~(values({b=1,a="x"}))~", R"~(tuple([string, number]) ["x",1])~"},

    {R"~(zipmap(["a","a"], [1,2]))~", R"~(object({a=number}) {"a":2})~"},
    {R"~(zipmap(["a","b"], [1,"x"]))~", R"~(object({a=number, b=string}) {"a":1,"b":"x"})~"},
    {R"~(zipmap(["a"], [1,2]))~", R"~(error: 'zipmap': as many values as keys are required: 1, not 2 @15-20)~"},
    {R"~(zipmap(l, l))~", R"~(map(string) {"p":"p","q":"q"})~"},
    // clang-format on
};

}  // namespace

TEST_CASE("functions of lists, maps and sets give what Terraform gives") {
  for (const Row& row : rows) {
    CAPTURE(row.expression);
    CHECK(hcl_test::evaluate(row.expression) == std::string(row.result));
  }
}
