// The pipelines and tasks that people copy: every key must be one that Concourse documents
// (https://concourse-ci.org/docs.html), every name must stand for something, and what goes to our resource type is
// decoded by the resource itself.
#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "core/hcl/json_text.h"
#include "core/json/decode.h"
#include "core/recipe/yaml_value.h"
#include "core/resource/request.h"

namespace {

using Keys = std::set<std::string>;
using json::Value;

const std::filesystem::path root = (std::filesystem::path(TEST_DATA) / "../../..").lexically_normal();

Value read_yaml(const std::filesystem::path& file) {
  hcl::Budget budget;
  return json::parse(hcl::to_json(recipe::decode_yaml(base::read_file(file, 1u << 20), budget)), file.string());
}

void only(const Value& object, const Keys& allowed, const std::string& where) {
  INFO(where);
  REQUIRE(object.is_object());
  for (const auto& [key, value] : object.items()) {
    INFO("key " << key);
    CHECK(allowed.contains(key));
  }
}

Keys with(Keys keys, const Keys& more) {
  keys.insert(more.begin(), more.end());
  return keys;
}

const Keys hooks{"on_success", "on_failure", "on_error", "on_abort", "ensure"};
const Keys modifiers = with(hooks, {"timeout", "attempts", "tags", "across", "fail_fast"});
const std::map<std::string, Keys> step_keys{{"get", {"resource", "passed", "params", "trigger", "version"}},
                                            {"put", {"resource", "inputs", "params", "get_params", "no_get"}},
                                            {"task",
                                             {"config", "file", "image", "privileged", "vars", "params",
                                              "container_limits", "input_mapping", "output_mapping"}},
                                            {"set_pipeline", {"file", "instance_vars", "vars", "var_files", "team"}},
                                            {"load_var", {"file", "format", "reveal"}},
                                            {"in_parallel", {}},
                                            {"do", {}},
                                            {"try", {}}};

void check_task(const Value& task, const std::string& where) {
  only(task,
       {"platform", "image_resource", "inputs", "outputs", "caches", "params", "run", "rootfs_uri", "container_limits"},
       where);
  CHECK(task.at("platform") == "linux");
  only(task.at("run"), {"path", "args", "dir", "user"}, where + ": run");
  if (task.contains("image_resource"))
    only(task["image_resource"], {"type", "source", "params", "version"}, where + ": image_resource");
  for (const auto& input : task.value("inputs", Value::array())) only(input, {"name", "path", "optional"}, where);
  for (const auto& output : task.value("outputs", Value::array())) only(output, {"name", "path"}, where);
  for (const auto& cache : task.value("caches", Value::array())) only(cache, {"path"}, where);
}

/// A variable stands for text until the pipeline is set.
std::string with_variables(const Value& value) {
  std::string text = value.dump();
  for (auto at = text.find("(("); at != std::string::npos; at = text.find("((", at))
    text.replace(at, text.find("))", at) + 2 - at, "variable");
  return text;
}

class Pipeline {
 public:
  explicit Pipeline(const std::filesystem::path& file) : pipeline_(read_yaml(file)), file_(file.filename().string()) {}

  void check() {
    only(pipeline_, {"jobs", "resources", "resource_types", "var_sources", "groups", "display"}, file_);
    for (const auto& type : pipeline_.value("resource_types", Value::array())) {
      only(type, {"name", "type", "source", "privileged", "params", "check_every", "tags", "defaults"}, file_);
      types_.insert(type.at("name").get<std::string>());
      if (type.at("source").value("repository", "").ends_with("/estaleiro"))
        ours_.insert(type.at("name").get<std::string>());
    }
    for (const auto& resource : pipeline_.at("resources")) check_resource(resource);
    for (const auto& job : pipeline_.at("jobs")) {
      const std::string name = job.at("name");
      only(job,
           with(hooks, {"name", "plan", "old_name", "serial", "serial_groups", "max_in_flight", "build_log_retention",
                        "public", "disable_manual_trigger", "interruptible"}),
           file_ + ": " + name);
      artifacts_.clear();
      variables_.clear();
      check_steps(job.at("plan"), name);
      jobs_.insert(name);
    }
  }

 private:
  void check_resource(const Value& resource) {
    only(resource,
         {"name", "type", "source", "old_name", "icon", "version", "check_every", "check_timeout",
          "expose_build_created_by", "tags", "public", "webhook_token"},
         file_);
    const std::string name = resource.at("name"), type = resource.at("type");
    INFO(file_ << ": resource " << name);
    CHECK(types_.contains(type));
    resources_[name] = resource;
    if (ours_.contains(type)) resource::decode_check(with_variables({{"source", resource.at("source")}}));
  }

  void check_steps(const Value& steps, const std::string& job) {
    for (const auto& step : steps) check_step(step, job);
  }

  void check_step(const Value& step, const std::string& job) {
    INFO(file_ << ": " << job << ": " << step.dump());
    const std::pair<const std::string, Keys>* kind = nullptr;
    for (const auto& each : step_keys)
      if (step.contains(each.first)) kind = &each;
    REQUIRE(kind);
    only(step, with(with(kind->second, modifiers), {kind->first}), job);
    for (const auto& hook : hooks)
      if (step.contains(hook)) check_step(step[hook], job);
    const Value& subject = step[kind->first];
    if (kind->first == "load_var") variables_.insert(subject.get<std::string>());
    const std::string text = step.dump();
    for (auto at = text.find("((.:"); at != std::string::npos; at = text.find("((.:", at + 1)) {
      INFO("a local variable that load_var has not set");
      CHECK(variables_.contains(text.substr(at + 4, text.find("))", at) - at - 4)));
    }
    if (kind->first == "do") return check_steps(subject, job);
    if (kind->first == "try") return check_step(subject, job);
    if (kind->first == "in_parallel") {
      if (subject.is_object()) only(subject, {"steps", "limit", "fail_fast"}, job);
      return check_steps(subject.is_object() ? subject["steps"] : subject, job);
    }
    if (kind->first == "task") return check_task_step(step, job);
    if (kind->first != "get" && kind->first != "put") return;

    const std::string name = step.value("resource", subject.get<std::string>());
    REQUIRE(resources_.contains(name));
    const Value& resource = resources_[name];
    for (const auto& passed : step.value("passed", Value::array())) CHECK(jobs_.contains(passed.get<std::string>()));
    artifacts_.insert(subject.get<std::string>());
    if (!ours_.contains(resource.at("type").get<std::string>())) return;
    Value request{{"source", resource.at("source")}, {"params", step.value("params", Value::object())}};
    if (kind->first == "put") {
      resource::decode_out(with_variables(request));
      request["params"] = step.value("get_params", Value::object());
    }
    request["version"] = {{"tag", "1"}, {"digest", "sha256:" + std::string(64, '0')}};
    resource::decode_in(with_variables(request));
  }

  void check_task_step(const Value& step, const std::string& job) {
    if (step.contains("config")) check_task(step["config"], job);
    for (const auto& output : step.value("config", Value::object()).value("outputs", Value::array()))
      artifacts_.insert(output.at("name").get<std::string>());
    if (!step.contains("file")) return;
    const std::string file = step["file"];
    CHECK(artifacts_.contains(file.substr(0, file.find('/'))));
    const auto ours = root / file.substr(file.find('/') + 1);
    REQUIRE(std::filesystem::exists(ours));
    const Value task = read_yaml(ours);
    for (const auto& input : task.value("inputs", Value::array())) {
      const std::string name = input.at("name");
      INFO("input " << name);
      CHECK((input.value("optional", false) ||
             artifacts_.contains(step.value("input_mapping", Value::object()).value(name, name))));
    }
    for (const auto& output : task.value("outputs", Value::array())) {
      const std::string name = output.at("name");
      artifacts_.insert(step.value("output_mapping", Value::object()).value(name, name));
    }
  }

  Value pipeline_;
  std::string file_;
  Keys types_{"git", "registry-image", "time", "mock"};  // those that come with Concourse and are used here
  Keys ours_, jobs_, artifacts_, variables_;
  std::map<std::string, Value> resources_;
};

std::set<std::filesystem::path> files_in(const char* folder) {
  std::set<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(root / folder))
    if (entry.path().extension() == ".yml") out.insert(entry.path());
  return out;
}

}  // namespace

TEST_CASE("our own pipeline is one that Concourse takes") { Pipeline(root / "ci/pipeline.yml").check(); }

TEST_CASE("pipelines to copy are such that Concourse and the resource take") {
  const auto files = files_in("examples/pipelines");
  CHECK(!files.empty());
  for (const auto& file : files) {
    CAPTURE(file.string());
    Pipeline(file).check();
  }
}

TEST_CASE("tasks are such that Concourse takes") {
  const auto files = files_in("ci/tasks");
  CHECK(!files.empty());
  for (const auto& file : files) check_task(read_yaml(file), file.string());
}

TEST_CASE("the pipeline in the README too") {
  const std::string readme = base::read_file(root / "README.md", 1u << 20);
  const auto begin = readme.find("```yaml\nresource_types:") + 8;
  base::TemporaryDirectory directory("readme");
  base::write_file(directory.path() / "README.yml", readme.substr(begin, readme.find("```", begin) - begin));
  Pipeline(directory.path() / "README.yml").check();
}
