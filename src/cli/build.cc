#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>

#include "cli/build_job.h"
#include "cli/build_progress.h"
#include "cli/commands.h"
#include "cli/graph_file.h"
#include "cli/interrupt.h"
#include "cli/output_option.h"
#include "cli/reproduce.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"
#include "core/frontend/bill_files.h"
#include "core/frontend/subrequests.h"
#include "core/json/decode.h"

namespace cli {
namespace {

struct BuildCommand : BuildArguments {
  std::vector<std::string> tags, outputs, locks;
  std::string metadata_file, graph_file, bill_directory, kept_inputs;
  bool push = false, insecure = false, check_reproducible = false;
};

std::vector<Output> outputs(const BuildCommand& arguments) {
  std::vector<Output> out;
  std::vector<std::string> wanted = arguments.outputs;
  if (arguments.push) wanted.emplace_back("push");
  if (wanted.empty() && !arguments.tags.empty()) wanted.emplace_back("image");
  for (const auto& each : wanted) {
    out.push_back(parse_output(each, arguments.tags));
    if (arguments.insecure && out.back().exporter.type == "image")
      out.back().exporter.attributes.emplace("registry.insecure", "true");
  }
  return out;
}

/// The bills as files, now that the image's digest is known; of several platforms each in a directory of its own.
void write_bills(const std::string& directory, frontend::Made& made, const std::optional<base::Digest>& digest) {
  for (auto& [platform, built] : made.built) {
    std::filesystem::path to(directory);
    if (made.built.size() > 1) {
      std::string name = platform;
      std::replace(name.begin(), name.end(), '/', '_');
      to /= name;
    }
    std::filesystem::create_directories(to);
    if (digest && made.built.size() == 1) built.bill.image.digest = digest->text();
    for (const auto& [name, text] : frontend::bill_files(built.bill, built.page())) base::write_file(to / name, text);
  }
}

int answer(const frontend::Options& options, const std::shared_ptr<const hcl::File>& file, Streams& streams) {
  auto result = frontend::answer(options, file);
  streams.out << result.metadata["result.txt"];
  auto status = result.metadata.find("result.statuscode");
  return status != result.metadata.end() && status->second != "0" ? exit_failed : exit_ok;
}

int build(BuildCommand arguments, Streams& streams) {
  Interrupt interrupt;
  if (!arguments.file_given)
    arguments.recipe.file = (std::filesystem::path(arguments.context) / "estaleiro.hcl").lexically_normal().string();
  arguments.bill = !arguments.bill_directory.empty() || !arguments.graph_file.empty() || arguments.check_reproducible;
  auto file = arguments.recipe.read(streams);
  buildkit::BuildRequest contexts_only;
  auto options = frontend_options(arguments, contexts_only);
  options.variables = arguments.recipe.variables();
  if (!options.request.empty()) return answer(options, file, streams);

  auto locks = read_locks(arguments.locks, arguments.kept_inputs, arguments.insecure);
  auto exports = outputs(arguments);
  std::vector<buildkit::Export> exporters;
  for (const auto& each : exports) exporters.push_back(each.exporter);
  parse_progress(arguments.progress);
  BuildJob job(arguments, file, streams, interrupt.token());
  BuildJob::Run run;
  int code = exit_ok;
  try {
    if (arguments.check_reproducible) {
      Reproduced twice = build_twice(job, exporters, locks, streams);
      run = std::move(twice.first);
      code = twice.same ? exit_ok : exit_failed;
    } else {
      run = job.run(exporters, locks);
    }
  } catch (const base::Error&) {
    if (interrupt.received() != 0) return 128 + interrupt.received();
    throw;
  }

  auto digest = run.response.image_digest();
  if (!arguments.bill_directory.empty()) write_bills(arguments.bill_directory, run.made, digest);
  if (!arguments.graph_file.empty())
    base::write_file(arguments.graph_file, graph_text(graph_format(arguments.graph_file), job.recipe().image.name.value,
                                                      run.graph, run.timings));
  if (!arguments.metadata_file.empty()) {
    json::Ordered metadata = json::Ordered::object();
    for (const auto& [key, value] : run.response.exporter) metadata[key] = value;
    base::write_file(arguments.metadata_file, json::write_pretty(metadata));
  }
  if (digest) streams.err << "image " << digest->text() << "\n";
  if (exports.empty() && arguments.bill_directory.empty() && !arguments.check_reproducible)
    streams.err << "built, and left in the engine's cache: say what to make of it with --tag, --push or --output\n";
  return code;
}

}  // namespace

void add_build(CLI::App& app, Streams& streams, Action& action) {
  auto arguments = std::make_shared<BuildCommand>();
  BuildCommand& a = *arguments;
  CLI::App* command = app.add_subcommand("build", "Builds a recipe with a BuildKit engine");
  command->add_option("context", a.context, "The build context, a directory")->capture_default_str();
  a.add_to(*command);
  auto many = [&](const char* name, std::vector<std::string>& to, const char* text) {
    command->add_option(name, to, text)->allow_extra_args(false);
  };
  many("-t,--tag", a.tags, "The image's name; may be repeated");
  many("-o,--output", a.outputs,
       "Where the result goes: image, push, oci, docker, tar or local with dest=PATH, or a directory; may be repeated");
  command->add_flag("--push", a.push, "Short for --output push");
  command->add_flag("--insecure", a.insecure, "Lets the engine push over plain http");
  many("--lock", a.locks,
       "A bom.yml, or an image that has one, to build from: the same base and packages by digest, nothing resolved; "
       "one for each platform");
  command->add_option("--kept-inputs", a.kept_inputs,
                      "The repository where put kept the lock's packages; that of a lock that is an image by default");
  command->add_flag("--check-reproducible", a.check_reproducible,
                    "Builds a second time, from the first one's bill and without the cache, and names each path that "
                    "is another");
  command->add_option("--platform", a.platform, "linux/amd64,linux/arm64 …; as the recipe says by default");
  command->add_option("--target", a.target, "image; bom: the bill of materials in every format; lock: the bill alone");
  many("--cache-to", a.cache_to, "A cache to write: type=registry,ref=… or type=local,dest=…; may be repeated");
  command->add_flag("--pull", a.pull, "Asks the registry for the base image even if the engine has it");
  command->add_flag("--sbom", a.sbom, "Attaches the bill to the image as an SPDX attestation");
  command->add_flag("--bom-label", a.bill_label, "Labels the image with the digest of its bill");
  command->add_option("--bom", a.bill_directory, "Writes the bill in every format into this directory");
  command->add_option("--epoch", a.epoch, "Seconds since 1970 that stand for now; the base image's time by default")
      ->envname("SOURCE_DATE_EPOCH");
  command->add_option("--metadata-file", a.metadata_file, "Writes what the engine says of the result, as JSON");
  command->add_option("--graph", a.graph_file, "Writes the build's graph with its timings: FILE.svg, .dot or .llb");
  command->add_option("--call", a.call, "Answers instead of building: outline, targets, describe or check");
  command->add_flag("--check", a.check, "Short for --call check");
  command->callback([arguments, command, &streams, &action] {
    arguments->file_given = command->count("--file") > 0;
    action = [arguments, &streams] { return build(*arguments, streams); };
  });
}

}  // namespace cli
