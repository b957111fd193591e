#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/hcl/json_text.h"
#include "core/hcl/standard_functions.h"

namespace hcl {
namespace {

Function conversion_to(std::string name, std::string summary, Type type) {
  return {std::move(name),
          std::move(summary),
          {{"value", Type(), Nulls::allowed}},
          {},
          type,
          [type](Arguments& arguments) { return convert(arguments[0], type); },
          Unknowns::taken};
}

Function hash(std::string name) {
  std::string summary = "the " + name + " sum of a string, in hexadecimal";
  return {name, std::move(summary), {{"text", Type::string()}}, {}, Type::string(), [name](Arguments& arguments) {
            return Value::string(base::hash_hex(name, arguments[0].as_string()));
          }};
}

}  // namespace

void add_conversion_functions(FunctionTable& table) {
  table.add(conversion_to("tobool", "the value as a bool; \"true\" and \"false\" convert", Type::boolean()));
  table.add(conversion_to("tolist", "the value as a list, its elements of one type", Type::list({})));
  table.add(conversion_to("tomap", "the object as a map, its elements of one type", Type::map({})));
  table.add(conversion_to("tonumber", "the value as a number; a string of digits converts", Type::number()));
  table.add(conversion_to("toset", "the list as a set: sorted, without what occurs twice", Type::set({})));
  table.add(conversion_to("tostring", "the value as a string", Type::string()));

  const Parameter text{"text", Type::string()};
  table.add(
      {"base64decode", "the text that is encoded in base64", {text}, {}, Type::string(), [](Arguments& arguments) {
         arguments.budget().string(arguments[0].as_string().size());
         std::string out = base::from_base64(arguments[0].as_string());
         if (!base::valid_utf8(out)) throw arguments.problem(0, "what it encodes is not UTF-8 text");
         return Value::string(std::move(out));
       }});
  table.add({"base64encode", "a text encoded in base64", {text}, {}, Type::string(), [](Arguments& arguments) {
               arguments.budget().string(arguments[0].as_string().size() * 4 / 3 + 4);
               return Value::string(base::to_base64(arguments[0].as_string()));
             }});
  table.add({"jsondecode", "the value that a JSON text stands for", {text}, {}, {}, [](Arguments& arguments) {
               // No value takes more than about 60 times its text: "[0,0]" against two numbers in a list.
               arguments.budget().step(arguments[0].as_string().size());
               arguments.budget().collection(arguments[0].as_string().size() / 2);
               return from_json(arguments[0].as_string());
             }});
  table.add({"jsonencode",
             "a value as JSON, keys sorted",
             {{"value", Type(), Nulls::allowed}},
             {},
             Type::string(),
             [](Arguments& arguments) {
               std::string out = to_json(arguments[0]);
               arguments.budget().string(out.size());
               return Value::string(std::move(out));
             }});
  for (const char* name : {"md5", "sha1", "sha256", "sha512"}) table.add(hash(name));
  table.add({"urlencode",
             "a text as it may stand in the query of a URL, blanks as +",
             {text},
             {},
             Type::string(),
             [](Arguments& arguments) {
               arguments.budget().string(arguments[0].as_string().size() * 3);
               std::string out;
               std::string encoded = base::url_encode(arguments[0].as_string());
               for (std::size_t i = 0; i < encoded.size(); i++) {
                 bool blank = encoded.compare(i, 3, "%20") == 0;
                 out += blank ? '+' : encoded[i];
                 if (blank) i += 2;
               }
               return Value::string(std::move(out));
             }});

  Function attempt{
      "try", "the first argument that can be evaluated without an error", {}, Parameter{"expressions", {}}};
  attempt.special = Function::Special::first_that_works;
  table.add(attempt);
  Function test{"can", "whether the expression can be evaluated without an error", {{"expression", {}}}};
  test.result = Type::boolean();
  test.special = Function::Special::works;
  table.add(test);
}

}  // namespace hcl
