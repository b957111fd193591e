#include <doctest/doctest.h>
#include <sys/stat.h>

#include <set>
#include <sstream>

#include "cli/recipe_json.h"
#include "cli/run.h"
#include "cli/schema_json.h"
#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "core/json/decode.h"
#include "tests/support/golden.h"

namespace {

struct Result {
  int code;
  std::string out, err;
};

Result estaleiro(std::vector<std::string> arguments, const std::string& input = "") {
  std::istringstream in(input);
  std::ostringstream out, err;
  cli::Streams streams{in, out, err};
  const int code = cli::run(std::move(arguments), streams);
  return {code, out.str(), err.str()};
}

const std::string good = "image \"x\" {\n  base_image = \"debian:${release}\"\n}\n";
const std::string ugly = "image \"x\" {\nbase_image=\"debian\"\n}\n";
const std::string pretty = "image \"x\" {\n  base_image = \"debian\"\n}\n";

/// The recipes of the recipe room's tests, which use these variables.
const std::string data = std::string(TEST_DATA) + "/../recipe/good/";
const std::vector<std::string> variables = {"--var", "commit=49b6936ef130793fff677038891e517718c2baf8", "--var",
                                            "release=sid"};

std::vector<std::string> with_variables(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), variables.begin(), variables.end());
  return arguments;
}

class Directory {
 public:
  std::string write(const std::string& name, const std::string& text) {
    base::write_file(directory_.path() / name, text);
    return path(name);
  }
  std::string path(const std::string& name) const { return (directory_.path() / name).string(); }

 private:
  base::TemporaryDirectory directory_{"cli-test"};
};

/// Where `value` does not keep to `schema`: the few words of JSON Schema that config_schema() uses.
void check_schema(const json::Ordered& value, const json::Ordered& schema, const std::string& path) {
  CAPTURE(path);
  if (schema.contains("enum"))
    CHECK(std::find(schema["enum"].begin(), schema["enum"].end(), value) != schema["enum"].end());
  if (!schema.contains("type")) return;
  const std::string type = schema["type"];
  CHECK((type == "string"    ? value.is_string()
         : type == "boolean" ? value.is_boolean()
         : type == "integer" ? value.is_number_integer()
         : type == "array"   ? value.is_array()
                             : value.is_object()));
  if (type == "array") {
    for (const auto& element : value) check_schema(element, schema["items"], path + "[]");
  }
  if (type != "object") return;
  for (const auto& name : schema.value("required", json::Ordered::array())) {
    CAPTURE(name);
    CHECK(value.contains(name.get<std::string>()));
  }
  for (const auto& [name, member] : value.items()) {
    if (schema.contains("properties") && schema["properties"].contains(name)) {
      check_schema(member, schema["properties"][name], path + "." + name);
    } else {
      CAPTURE(name);
      REQUIRE(schema.contains("additionalProperties"));
      CHECK(schema["additionalProperties"].is_object());
    }
  }
  int alternatives = 0;
  for (const auto& one : schema.value("oneOf", json::Ordered::array())) {
    alternatives += value.contains(one["required"][0].get<std::string>());
  }
  CHECK(alternatives == (schema.contains("oneOf") ? 1 : 0));
}

}  // namespace

TEST_CASE("validate says that a recipe is valid, and takes variables from files and the command line") {
  Directory directory;
  const std::string file = directory.write("r.hcl", good);
  const std::string vars = directory.write("v.yml", "release: bookworm\n");
  const Result valid = estaleiro({"validate", "--file", file, "--vars-file", vars, "--var", "release=trixie"});
  CHECK(valid.code == cli::exit_ok);
  CHECK(valid.out == file + " is valid\n");
  CHECK(valid.err == "");
  CHECK(estaleiro({"validate", "-f", "-", "--var", "release=sid"}, good).code == cli::exit_ok);
}

TEST_CASE("validate shows every problem on stderr and fails") {
  const Result result = estaleiro({"validate", "-f", "-"}, good);
  CHECK(result.code == cli::exit_failed);
  CHECK(result.out == "");
  CHECK(result.err ==
        "stdin:2:26: error: unknown variable 'release'\n"
        "  2 |   base_image = \"debian:${release}\"\n"
        "    |                          ^^^^^^^ no variables are given\n");
}

TEST_CASE("validate --json reports to editors, problems with the files themselves too") {
  const Result broken = estaleiro({"validate", "--json", "-f", "-"}, good);
  CHECK(broken.code == cli::exit_failed);
  const auto report = json::parse(broken.out, "report");
  CHECK(report["valid"] == false);
  CHECK(report["error_count"] == 1);
  CHECK(report["diagnostics"][0]["range"]["start"]["line"] == 2);
  CHECK(json::parse(estaleiro({"validate", "--json", "-f", "-"}, pretty).out, "report")["valid"] == true);
  const Result missing = estaleiro({"validate", "--json", "-f", "/nowhere/r.hcl"});
  CHECK(missing.code == cli::exit_failed);
  CHECK(json::parse(missing.out, "report")["valid"] == false);
}

TEST_CASE("config --json prints what its own schema describes, for every good recipe") {
  const json::Ordered schema = json::Ordered::parse(estaleiro({"config", "--schema"}).out);
  for (const std::string name : {"announcement.hcl", "whole.hcl", "scratch.hcl", "nulls.hcl"}) {
    CAPTURE(name);
    const Result result = estaleiro(with_variables({"config", "--json", "--file", data + name}));
    CHECK(result.err == "");
    REQUIRE(result.code == cli::exit_ok);
    check_schema(json::Ordered::parse(result.out), schema, "");
    golden::check(std::filesystem::path(TEST_DATA) / (std::string(name) + ".json"), result.out);
  }
}

TEST_CASE("config refuses a recipe with errors, and wants to know what to show") {
  const Result broken = estaleiro({"config", "--json", "-f", "-"}, good);
  CHECK(broken.code == cli::exit_failed);
  CHECK(broken.out == "");
  CHECK(broken.err.find("unknown variable 'release'") != std::string::npos);
  CHECK(estaleiro({"config"}).code == cli::exit_usage);
  CHECK(estaleiro({"config", "--json", "--schema"}).code == cli::exit_usage);
  CHECK(estaleiro({"config", "--reference"}).out.starts_with("## Blocks\n"));
}

TEST_CASE("fmt rewrites what is not in canonical layout, names it, and keeps permissions and links") {
  Directory directory;
  const std::string file = directory.write("r.hcl", ugly), fine = directory.write("fine.hcl", pretty);
  REQUIRE(chmod(file.c_str(), 0600) == 0);
  std::filesystem::create_symlink(file, directory.path("link.hcl"));
  const Result result = estaleiro({"fmt", directory.path("link.hcl"), fine});
  CHECK(result.code == cli::exit_ok);
  CHECK(result.out == directory.path("link.hcl") + "\n");
  CHECK(golden::read(file) == pretty);
  CHECK(std::filesystem::is_symlink(directory.path("link.hcl")));
  CHECK(std::filesystem::status(file).permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  CHECK(estaleiro({"fmt", file, fine}).out == "");
}

TEST_CASE("fmt --check changes nothing and tells by its exit code") {
  Directory directory;
  const std::string file = directory.write("r.hcl", ugly);
  const Result result = estaleiro({"fmt", "--check", file});
  CHECK(result.code == cli::exit_not_formatted);
  CHECK(result.out == file + "\n");
  CHECK(golden::read(file) == ugly);
  CHECK(estaleiro({"fmt", "--check", directory.write("fine.hcl", pretty)}).code == cli::exit_ok);
}

TEST_CASE("fmt is a filter from stdin to stdout") {
  CHECK(estaleiro({"fmt", "-"}, ugly).out == pretty);
  CHECK(estaleiro({"fmt", "--check", "-"}, ugly).code == cli::exit_not_formatted);
  CHECK(estaleiro({"fmt", "--check", "-"}, pretty).code == cli::exit_ok);
}

TEST_CASE("fmt goes on after a file that it cannot format, and leaves that file alone") {
  Directory directory;
  const std::string broken = directory.write("broken.hcl", "image {\n"), file = directory.write("r.hcl", ugly);
  const Result result = estaleiro({"fmt", broken, "/nowhere/r.hcl", file});
  CHECK(result.code == cli::exit_failed);
  CHECK(result.err.find("broken.hcl:1") != std::string::npos);
  CHECK(result.err.find("/nowhere/r.hcl") != std::string::npos);
  CHECK(golden::read(broken) == "image {\n");
  CHECK(golden::read(file) == pretty);
}

TEST_CASE("a command line that makes no sense is a usage error, help and version are none") {
  CHECK(estaleiro({}).code == cli::exit_usage);
  CHECK(estaleiro({"frobnicate"}).code == cli::exit_usage);
  CHECK(estaleiro({"validate", "--fiel", "x"}).code == cli::exit_usage);
  CHECK(estaleiro({"--help"}).code == cli::exit_ok);
  CHECK(estaleiro({"--version"}).out == ESTALEIRO_VERSION "\n");
  const Result bad_var = estaleiro({"validate", "-f", "-", "--var", "release"}, good);
  CHECK(bad_var.code == cli::exit_failed);
  CHECK(bad_var.err ==
        "error: --var: 'release' is not name=value\n"
        "  fix: a name begins with a letter and goes on with letters, digits, '_' and '-'\n");
}
