#include <algorithm>

#include "core/base/text.h"
#include "core/name/platform.h"
#include "core/recipe/decode.h"
#include "core/recipe/syntax.h"

namespace recipe {
namespace {

/// A value that tools get as an argument: one word that cannot be taken for an option.
std::string word(std::string_view text) {
  if (text.empty()) throw base::Error(base::Kind::invalid, "the value is blank");
  if (text.find_first_of(" \t") != std::string_view::npos) {
    throw base::Error(base::Kind::invalid, base::quoted(text) + " has a blank in it");
  }
  if (text.starts_with('-')) {
    throw base::Error(base::Kind::invalid, base::quoted(text) + " begins with '-'");
  }
  return std::string(text);
}

/// The id of a secret or an agent.
std::string id(std::string_view text) {
  auto fine = [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '_' || c == '-'; };
  if (!std::all_of(text.begin(), text.end(), fine)) {
    throw base::Error(base::Kind::invalid, base::quoted(text) + " cannot be an id")
        .fix("letters, digits, '.', '_' and '-'");
  }
  return std::string(text);
}

/// The form in which patterns and paths are compared: no "./" in front, no '/' at the end.
std::string pattern(std::string_view text) {
  if (const std::string problem = pattern_problem(text); !problem.empty()) {
    throw base::Error(base::Kind::invalid, base::quoted(text) + " has " + problem)
        .fix("write \\\\ in front of a character that means itself");
  }
  while (text.starts_with("./")) text.remove_prefix(2);
  while (text.size() > 1 && text.ends_with('/') && !text.ends_with("\\/")) text.remove_suffix(1);
  return std::string(text);
}

std::vector<SourceFile> decode_source_files(Reader& reader) {
  std::vector<SourceFile> files;
  reader.each("source_file", [&](Reader& block) {
    SourceFile file;
    file.pattern = block.normal(block.label(), pattern);
    if (auto vcs = decode_vcs(block)) file.vcs = std::move(*vcs);
    if (!file.pattern.value.empty()) files.push_back(std::move(file));
  });
  return files;
}

std::vector<Text> ids(Reader& reader, std::string_view name) {
  std::vector<Text> ids;
  for (const Text& text : reader.texts(name)) ids.push_back(reader.normal(text, id));
  return ids;
}

Step::Network network(std::string_view text) {
  if (text == "none") return Step::Network::none;
  if (text == "host") return Step::Network::host;
  return Step::Network::default_;
}

}  // namespace

Text decode_repository(Reader& reader, const Text& written) {
  return reader.normal(written, [](std::string_view text) {
    const bool web = text.starts_with("http://") || text.starts_with("https://");
    return web ? syntax::http_uri(base::trim(text)) : word(base::trim(text));
  });
}

Text decode_ref(Reader& reader) {
  return reader.normal(reader.required_text("ref"), [](std::string_view text) { return word(base::trim(text)); });
}

bool Vcs::pinned() const {
  return (ref.value.size() == 40 || ref.value.size() == 64) &&
         ref.value.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

std::optional<Vcs> decode_vcs(Reader& reader) {
  std::optional<Vcs> vcs;
  reader.each("vcs", [&](Reader& block) {
    if (vcs) return;
    vcs.emplace();
    vcs->range = block.range();
    vcs->kind = block.label();
    if (!vcs->kind.value.empty() && vcs->kind.value != "git") {
      block.error(vcs->kind.range, "unknown kind of vcs " + base::quoted(vcs->kind.value), "'git' is the one there is");
    }
    vcs->repository = decode_repository(block, block.required_text("repository"));
    vcs->ref = decode_ref(block);
  });
  return vcs;
}

Step decode_step(Reader& reader) {
  Step step;
  step.range = reader.range();
  step.name = reader.label();
  step.dockerfile = reader.normal(reader.required_text("dockerfile"), syntax::relative_path);
  step.target = reader.text("target");
  step.context = Text{".", reader.range()};
  if (const auto context = reader.text("context")) step.context = reader.normal(*context, syntax::relative_path);
  step.build_args = reader.entries("build_args");
  if (const auto platform = reader.text("platform")) {
    step.platform = reader.normal(*platform, [](std::string_view text) { return name::Platform::parse(text).text(); });
  }
  step.secrets = ids(reader, "secrets");
  step.ssh = ids(reader, "ssh");
  step.network = {Step::Network::default_, reader.range()};
  if (const auto name = reader.text("network")) step.network = {network(name->value), name->range};
  step.source_files = decode_source_files(reader);
  return step;
}

Tarball decode_tarball(Reader& reader) {
  Tarball tarball;
  tarball.range = reader.range();
  tarball.path = reader.normal(reader.label(), syntax::relative_path);
  tarball.source_files = decode_source_files(reader);
  return tarball;
}

}  // namespace recipe
