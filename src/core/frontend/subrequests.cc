#include "core/frontend/subrequests.h"

#include <algorithm>
#include <functional>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/frontend/outline.h"
#include "core/json/decode.h"

namespace frontend {
namespace {

using json::Ordered;
constexpr char version[] = "1.0.0";

/// Columns as wide as their widest cell, `gap` blanks between them; every row ends where its last cell does.
std::string table(const std::vector<std::vector<std::string>>& rows, std::size_t gap) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); i++) {
      if (i == widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], row[i].size());
    }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); i++) {
      line += base::printable(row[i]);
      if (i + 1 < row.size()) line += std::string(widths[i] - row[i].size() + gap, ' ');
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

Ordered position(const hcl::Position& at) { return {{"line", at.line}, {"character", at.column - 1}}; }

Ordered location(const hcl::Range& range) {
  return {{"ranges", Ordered::array({Ordered{{"start", position(range.start())}, {"end", position(range.stop())}}})}};
}

Result result(const Ordered& answer, std::string text) {
  Result out;
  out.metadata["result.json"] = json::write_pretty(answer);
  out.metadata["result.txt"] = std::move(text);
  out.metadata["version"] = version;
  return out;
}

Result describe();

Result show_outline(const Options& options, const std::shared_ptr<const hcl::File>& file) {
  Outline found = outline(file, options.variables);
  Ordered answer;
  std::string target(target_name(options.target));
  answer["name"] = target;
  answer["description"] = found.name;
  std::string text = table({{"TARGET:", target}, {"DESCRIPTION:", found.name}}, 1) + "\n";

  Ordered arguments = Ordered::array();
  std::vector<std::vector<std::string>> rows = {{"BUILD ARG", "VALUE", "DESCRIPTION"}};
  for (const auto& variable : found.variables) {
    arguments.push_back({{"name", variable.name},
                         {"description", variable.description},
                         {"value", variable.value},
                         {"location", location(variable.range)}});
    rows.push_back({variable.name, variable.value, variable.description});
  }
  if (rows.size() > 1) {
    answer["args"] = std::move(arguments);
    text += table(rows, 3) + "\n";
  }
  auto list = [&](const char* key, const char* title, const std::vector<recipe::Text>& ids) {
    if (ids.empty()) return;
    Ordered entries = Ordered::array();
    std::vector<std::vector<std::string>> lines = {{title, "REQUIRED"}};
    for (const auto& id : ids) {
      entries.push_back({{"name", id.value}, {"location", location(id.range)}});
      lines.push_back({id.value, ""});
    }
    answer[key] = std::move(entries);
    text += table(lines, 3) + "\n";
  };
  list("secrets", "SECRET", found.secrets);
  list("ssh", "SSH", found.ssh);
  answer["sources"] = Ordered::array({base::to_base64(file->text())});
  return result(answer, std::move(text));
}

Result show_targets(const Options&, const std::shared_ptr<const hcl::File>& file) {
  const std::pair<Target, const char*> targets[] = {{Target::image, "the image"},
                                                    {Target::bom, "its bill of materials in every format, as files"},
                                                    {Target::lock, "its bill as bom.yml, to build the same again"}};
  Ordered list = Ordered::array();
  std::vector<std::vector<std::string>> rows = {{"TARGET", "DESCRIPTION"}};
  for (const auto& [target, description] : targets) {
    std::string name(target_name(target));
    Ordered entry = {{"name", name}, {"description", description}};
    if (target == Target::image) entry["default"] = true;
    rows.push_back({name + (target == Target::image ? " (default)" : ""), description});
    list.push_back(std::move(entry));
  }
  Ordered answer = {{"targets", std::move(list)}, {"sources", Ordered::array({base::to_base64(file->text())})}};
  return result(answer, table(rows, 1));
}

Result lint(const Options& options, const std::shared_ptr<const hcl::File>& file) {
  hcl::Diagnostics problems;
  recipe::load(file, options.variables, problems);

  Ordered warnings = Ordered::array(), error_ranges = Ordered::array();
  std::string first_error;
  for (const auto& problem : problems.list()) {
    if (problem.severity == hcl::Severity::error) {
      if (first_error.empty()) first_error = problem.summary;
      if (problem.subject) error_ranges.push_back(location(problem.subject)["ranges"][0]);
      continue;
    }
    std::string detail = problem.summary + (problem.detail.empty() ? "" : ": " + problem.detail);
    warnings.push_back({{"ruleName", "Recipe"},
                        {"description", problem.summary},
                        {"detail", detail},
                        {"location", problem.subject ? location(problem.subject) : Ordered{{"sourceIndex", -1}}}});
  }
  Ordered answer = {
      {"warnings", std::move(warnings)},
      {"sources", Ordered::array({Ordered{
                      {"filename", file->name()}, {"data", base::to_base64(file->text())}, {"language", "HCL"}}})}};
  if (problems.errors() > 1) first_error += " (and " + std::to_string(problems.errors() - 1) + " more)";
  if (problems.has_errors())
    answer["buildError"] = {{"message", first_error}, {"location", {{"ranges", std::move(error_ranges)}}}};
  Result out = result(answer, hcl::render(problems));
  out.metadata["result.statuscode"] = problems.empty() ? "0" : "1";
  return out;
}

struct Request {
  const char* name;
  const char* description;
  bool takes_target;
  Result (*answer)(const Options&, const std::shared_ptr<const hcl::File>&);
};
const Request requests[] = {
    {request_describe, "List available subrequest types", false, [](const auto&, const auto&) { return describe(); }},
    {request_lint, "Check a recipe without building it", false, lint},
    {request_outline, "List the variables, secrets and ssh agents that a recipe takes", true, show_outline},
    {request_targets, "List what can be built of a recipe", false, show_targets},
};

Result describe() {
  Ordered answer = Ordered::array();
  std::vector<std::vector<std::string>> rows = {{"NAME", "VERSION", "DESCRIPTION"}};
  for (const Request& request : requests) {
    Ordered options = Ordered::array(), metadata = Ordered::array();
    if (request.takes_target) options.push_back({{"name", "target"}, {"description", "image, bom or lock"}});
    for (const char* name : {"result.json", "result.txt"}) metadata.push_back({{"name", name}, {"description", ""}});
    if (request.name == std::string_view(request_lint))
      metadata.push_back({{"name", "result.statuscode"}, {"description", ""}});
    answer.push_back({{"name", request.name},
                      {"version", version},
                      {"type", "rpc"},
                      {"description", request.description},
                      {"opts", std::move(options)},
                      {"inputs", nullptr},
                      {"metadata", std::move(metadata)},
                      {"refs", nullptr}});
    rows.push_back(
        {std::string(request.name).substr(std::string_view("frontend.").size()), version, request.description});
  }
  return result(answer, table(rows, 1));
}

}  // namespace

Result answer(const Options& options, const std::shared_ptr<const hcl::File>& recipe) {
  for (const Request& request : requests)
    if (options.request == request.name) return request.answer(options, recipe);
  std::vector<std::string> names;
  for (const Request& request : requests) names.emplace_back(request.name);
  throw base::Error(base::Kind::unsupported, "unsupported request " + base::quoted(options.request))
      .fix("this frontend answers " + base::join(names, ", "));
}

}  // namespace frontend
