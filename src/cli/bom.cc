#include "cli/bom.h"

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/bom/diff.h"
#include "core/bom/yaml_reader.h"
#include "core/name/reference.h"
#include "core/remote/bill_artifact.h"

namespace cli {
namespace {

const std::map<std::string, BillFormat> formats = {{"yaml", BillFormat::yaml},
                                                   {"spdx", BillFormat::spdx},
                                                   {"cyclonedx", BillFormat::cyclonedx},
                                                   {"in-toto", BillFormat::in_toto},
                                                   {"html", BillFormat::html}};

struct BomOptions {
  BillLookup lookup;
  BillFormat format = BillFormat::yaml;
  std::string output;
  std::string first, second;
};

void deliver(const BomOptions& options, const std::string& content, Streams& streams) {
  if (options.output.empty() || options.output == "-")
    streams.out << content;
  else
    base::write_file(options.output, content);
}

int get(const BomOptions& options, Streams& streams) {
  // The page that was pushed knows every path; one made of the bill does not.
  if (options.format == BillFormat::html) {
    if (auto page = fetch_form(options.first, options.lookup, remote::page_media_type)) {
      deliver(options, *page, streams);
      return exit_ok;
    }
  }
  const auto found = fetch_bill(options.first, options.lookup);
  streams.err << "the bill of materials is " << found.where << "\n";
  const bool yaml = found.form == in::FoundBill::Form::yaml;
  if (yaml ? options.format == BillFormat::yaml : options.format == BillFormat::spdx) {
    deliver(options, found.text, streams);
    return exit_ok;
  }
  if (!yaml)
    throw base::Error(base::Kind::unsupported, "the bill is " + found.where + ", which is SPDX")
        .fix("--format spdx writes it as it is");
  auto name = name::Reference::parse(options.first).repository().text();
  deliver(options, write_bill(bom::read_yaml(found.text, "the bill"), options.format, name), streams);
  return exit_ok;
}

int convert(const BomOptions& options, Streams& streams) {
  bom::Bill bill = load_bill(options.first, options.lookup);
  deliver(options, write_bill(bill, options.format, bill.product_name), streams);
  return exit_ok;
}

int diff(const BomOptions& options, Streams& streams) {
  bom::Bill before = load_bill(options.first, options.lookup), after = load_bill(options.second, options.lookup);
  deliver(options, bom::to_markdown(bom::difference(before, after), after.product_name), streams);
  return exit_ok;
}

void add_lookup(CLI::App& command, BomOptions& options) {
  command.add_flag("--insecure", options.lookup.insecure, "Permits http");
  command.add_option("--platform", options.lookup.platform, "Of an index, linux/arm64 for example; this machine's");
  command.add_option("-o,--output", options.output, "A file instead of stdout");
}

void add_format(CLI::App& command, BomOptions& options) {
  command.add_option("--format", options.format, "yaml, spdx, cyclonedx, in-toto or html")
      ->transform(CLI::CheckedTransformer(formats));
}

}  // namespace

void add_bom(CLI::App& app, Streams& streams, Action& action) {
  CLI::App* bom = app.add_subcommand("bom", "Reads, converts, compares and verifies bills of materials");
  bom->require_subcommand(1);
  auto add = [&](const char* name, const char* help, int (*run)(const BomOptions&, Streams&), auto&& configure) {
    auto options = std::make_shared<BomOptions>();
    CLI::App* command = bom->add_subcommand(name, help);
    configure(*command, *options);
    add_lookup(*command, *options);
    command->callback(
        [options, run, &streams, &action] { action = [options, run, &streams] { return run(*options, streams); }; });
  };
  add("get", "The bill of an image, from wherever it is kept", get, [](CLI::App& command, BomOptions& options) {
    command.add_option("image", options.first, "registry.example/team/app:1.0 or …@sha256:…")->required();
    add_format(command, options);
  });
  add("convert", "A bill in another format", convert, [](CLI::App& command, BomOptions& options) {
    command.add_option("bill", options.first, "A bom.yml, or an image that has one")->required();
    add_format(command, options);
  });
  add("diff", "What changed from one bill to another, as Markdown", diff, [](CLI::App& command, BomOptions& options) {
    command.add_option("before", options.first, "A bom.yml, or an image that has one")->required();
    command.add_option("after", options.second, "Likewise")->required();
  });
  add_verify(*bom, streams, action);
}

}  // namespace cli
