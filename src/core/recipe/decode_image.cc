#include <map>

#include "core/base/text.h"
#include "core/name/platform.h"
#include "core/name/reference.h"
#include "core/recipe/decode.h"
#include "core/recipe/syntax.h"

namespace recipe {
namespace {

std::string canonical_base(std::string_view text) {
  return text == "scratch" ? "scratch" : name::Reference::parse(text).text();
}

Text base_of_block(Reader& block) {
  const Text name = block.required_text("name");
  const auto ref = block.text("ref");
  if (name.value.empty()) return name;
  if (name.value == "scratch") {
    if (ref) block.error(ref->range, "'scratch' has no ref");
    return name;
  }
  if (!ref) return block.normal(name, canonical_base);
  const bool digest = ref->value.find(':') != std::string::npos;
  const Text whole{name.value + (digest ? "@" : ":") + ref->value, ref->range};
  // Both parts may hold the mistake; the name alone shows which.
  if (!block.parsed(name, name::Repository::parse)) return Text{"", name.range};
  return Text{block.normal(whole, canonical_base).value, name.range};
}

void decode_base(Reader& reader, Image& image) {
  image.base = Text{"", reader.range()};
  std::optional<hcl::Range> block_range;
  reader.each("base_image", [&](Reader& block) {
    block_range = block.range();
    image.base = base_of_block(block);
  });
  if (reader.has("base_image")) {
    if (block_range) {
      reader.error(reader.place("base_image"), "the base image is given twice", "keep one of the two forms",
                   hcl::Related{*block_range, "and here as a block"});
    }
    image.base = reader.normal(reader.required_text("base_image"), canonical_base);
  } else if (!block_range) {
    reader.error(reader.range(), "the image has no base image",
                 "write base_image = \"debian:bookworm\", or \"scratch\" for none");
  }
  image.scratch = image.base.value == "scratch";
}

Placed<Healthcheck> decode_healthcheck(Reader& reader) {
  Placed<Healthcheck> check{{}, reader.range()};
  const auto disable = reader.boolean("disable");
  const bool given = reader.has("cmd") || reader.has("command_line");
  if (disable && disable->value) {
    check.value.test = {"NONE"};
    if (given) reader.error(disable->range, "a healthcheck that is disabled has a command");
    return check;
  }
  if (!given || (reader.has("cmd") && reader.has("command_line"))) {
    reader.error(reader.range(), given ? "the healthcheck has two commands" : "the healthcheck has no command",
                 "give one of 'cmd' and 'command_line'");
  }
  if (const auto words = reader.words("cmd")) {
    if (words->value.empty()) reader.error(words->range, "'cmd' is empty");
    check.value.test = {"CMD"};
    check.value.test.insert(check.value.test.end(), words->value.begin(), words->value.end());
  } else if (const auto line = reader.text("command_line")) {
    if (line->value.empty()) reader.error(line->range, "'command_line' is empty");
    check.value.test = {"CMD-SHELL", line->value};
  }
  auto time = [&](std::string_view name) -> std::optional<std::chrono::nanoseconds> {
    const auto text = reader.text(name);
    return text ? reader.parsed(*text, syntax::duration) : std::nullopt;
  };
  check.value.interval = time("interval");
  check.value.timeout = time("timeout");
  check.value.start_period = time("start_period");
  check.value.start_interval = time("start_interval");
  if (const auto retries = reader.number("retries")) {
    if (retries->value < 1 || retries->value > 1000) {
      reader.error(retries->range, "'retries' is " + std::to_string(retries->value) + ", wanted is 1 to 1000");
    } else {
      check.value.retries = static_cast<int>(retries->value);
    }
  }
  return check;
}

template <class Parse>
std::vector<Text> normal_texts(Reader& reader, std::string_view name, Parse&& parse) {
  std::vector<Text> texts;
  std::map<std::string, hcl::Range> seen;
  for (const Text& written : reader.texts(name)) {
    Text text = reader.normal(written, parse);
    if (text.value.empty()) continue;
    const auto [first, fresh] = seen.emplace(text.value, text.range);
    if (fresh) {
      texts.push_back(std::move(text));
    } else {
      reader.error(text.range, base::quoted(text.value) + " is twice in " + base::quoted(name), "",
                   hcl::Related{first->second, "the first is here"});
    }
  }
  return texts;
}

std::vector<Entry> environment(Reader& reader) {
  std::vector<Entry> entries = reader.entries("env");
  for (const Entry& entry : entries) {
    if (entry.key.value.find('=') != std::string::npos) {
      reader.error(entry.key.range, base::quoted(entry.key.value) + " has a '='",
                   "the name of an environment variable cannot have one");
    }
  }
  return entries;
}

}  // namespace

Image decode_image(Reader& reader) {
  Image image;
  image.range = reader.range();
  image.name = reader.label();
  decode_base(reader, image);
  reader.each("apt", [&](Reader& block) { image.apt.push_back(decode_apt(block)); });
  image.files.reserve(reader.count("file"));
  reader.each("file", [&](Reader& block) { image.files.push_back(decode_file(block)); });
  image.env = environment(reader);
  image.cmd = reader.words("cmd");
  image.entrypoint = reader.words("entrypoint");
  image.volumes = normal_texts(reader, "volumes", syntax::absolute_path);
  if (const auto signal = reader.text("stopsignal")) image.stopsignal = reader.normal(*signal, syntax::stop_signal);
  if (const auto user = reader.text("user")) {
    if (reader.parsed(*user, syntax::owner)) image.user = user;
  }
  if (const auto workdir = reader.text("workdir")) image.workdir = reader.normal(*workdir, syntax::absolute_path);
  image.labels = reader.entries("labels");
  image.annotations = reader.entries("annotations");
  image.exposed_ports = normal_texts(reader, "exposed_ports", syntax::exposed_port);
  reader.each("healthcheck", [&](Reader& block) { image.healthcheck = decode_healthcheck(block); });
  image.shell = reader.words("shell");
  image.platforms =
      normal_texts(reader, "platforms", [](std::string_view text) { return name::Platform::parse(text).text(); });
  return image;
}

}  // namespace recipe
