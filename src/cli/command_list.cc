#include "cli/command_list.h"

#include <CLI/CLI.hpp>

namespace cli {
namespace {

OptionText option_text(const CLI::Option& option) {
  OptionText out;
  for (const auto& name : option.get_snames()) out.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) out.names.push_back("--" + name);
  out.description = option.get_description();
  bool takes_value = option.get_items_expected_max() > 0;
  if (out.names.empty()) {
    out.value = option.get_name();
  } else if (takes_value) {
    out.value = option.get_lnames().empty() ? "VALUE" : CLI::detail::to_lower(option.get_lnames().front());
    for (char& c : out.value) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  for (const char* word : {"file", "output", "graph", "bom", "tls", "context"})
    out.is_file = out.is_file || (takes_value && option.get_name().find(word) != std::string::npos);
  return out;
}

}  // namespace

std::vector<CommandText> command_list(const CLI::App& app) {
  std::vector<CommandText> out;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App* each) { return !each->get_name().empty(); })) {
    CommandText text{command->get_name(), command->get_description(), {}, {}};
    auto add = [&](const CLI::App& from) {
      for (const CLI::Option* option : from.get_options()) text.options.push_back(option_text(*option));
    };
    add(*command);
    // Option groups are nameless commands within.
    for (const CLI::App* group :
         command->get_subcommands([](const CLI::App* each) { return each->get_name().empty(); }))
      add(*group);
    text.commands = command_list(*command);
    out.push_back(std::move(text));
  }
  return out;
}

}  // namespace cli
