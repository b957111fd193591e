#include "core/frontend/frontend.h"

#include <algorithm>
#include <future>

#include "core/base/text.h"
#include "core/frontend/bill_files.h"
#include "core/frontend/ignore_file.h"
#include "core/frontend/located_error.h"
#include "core/frontend/named_context.h"
#include "core/frontend/place.h"
#include "core/frontend/subrequests.h"
#include "core/frontend/tools.h"
#include "core/llb/file.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"

namespace frontend {
namespace {

constexpr char epoch_key[] = "source.date.epoch";

void apply_labels(const Options& options, recipe::Image& image) {
  for (const auto& label : options.labels) {
    auto known = std::find_if(image.labels.begin(), image.labels.end(),
                              [&](const auto& each) { return each.key.value == label.first; });
    if (known != image.labels.end())
      known->value.value = label.second;
    else
      image.labels.push_back({{label.first, image.range}, {label.second, image.range}});
  }
}

/// The lock for a platform; one that names none is for any. nullptr without locks.
const bom::Bill* lock_for(const std::vector<bom::Bill>& locks, const name::Platform& platform) {
  if (locks.empty()) return nullptr;
  std::vector<std::string> there;
  for (const auto& lock : locks) {
    if (lock.image.platform.empty() || lock.image.platform == platform.text()) return &lock;
    there.push_back(lock.image.platform);
  }
  throw base::Error(base::Kind::invalid, "no lock is for " + platform.text() + ", there are those for " +
                                             base::printable(base::join(there, ", ")));
}

/// Both policies once more, for a base that something else has taken the place of.
void check_base(const recipe::Recipe& recipe, const recipe::Policy* policy) {
  hcl::Diagnostics violations;
  recipe::check_policy(recipe, recipe.policy, "the recipe's policy", violations);
  if (policy) recipe::check_policy(recipe, *policy, "source.policy", violations);
  violations.throw_if_errors();
}

/// One platform's part of the result.
Built build_one(Gateway& gateway, recipe::Recipe recipe, const Options& options, BuildOptions build,
                const std::vector<bom::Bill>& locks) {
  const name::Platform platform = build.platform;
  apply_contexts(gateway, options, platform, recipe, build.context);
  if (!options.contexts.empty()) check_base(recipe, build.policy);
  build.epoch = options.epoch;
  build.resolve = options.resolve;
  build.hosts = options.hosts;
  build.no_cache = options.no_cache;
  build.bill = options.bill || options.sbom || options.target != Target::image;
  build.lock = lock_for(locks, platform);
  Built built = build_image(gateway, recipe, build);
  Result::Image& image = built.result.images.at(platform.text());
  const llb::Metadata vertex = Places(recipe).at(recipe.image.range, "");
  if (options.target != Target::image) {
    const bool lock = options.target == Target::lock;
    image.ref = text_tree(gateway, lock ? lock_files(built.bill) : bill_files(built.bill, built.page()), vertex);
    image.base_config.clear();
  } else if (options.sbom) {
    image.attestations.push_back(bill_attestation(gateway, built.bill, vertex));
  }
  return built;
}

/// The recipe as the caller has it, and the vertex that read it.
std::shared_ptr<const hcl::File> read_recipe(Gateway& gateway, const Options& options, const BuildContext& context) {
  llb::Output tree;
  if (context.tree) {
    tree = *context.tree;
  } else {
    llb::LocalOptions local;
    local.session = gateway.session_id();
    local.include = {literal_pattern(options.filename)};
    local.shared_key_hint = "recipe-" + options.filename;
    local.differ = llb::LocalOptions::Differ::none;
    tree = llb::local(options.recipe_local, local, {.name = "[internal] load the recipe " + options.filename});
  }
  auto ref = gateway.solve({.definition = llb::marshal(tree)}).ref;
  auto text = gateway.read_file(ref, options.filename, hcl::max_file_bytes);
  if (!text)
    throw base::Error(base::Kind::not_found, "there is no recipe " + base::quoted(options.filename))
        .fix("name the recipe with --file, or the option 'filename'");
  return hcl::File::make(options.filename, std::move(*text));
}

void warn(Gateway& gateway, const hcl::Diagnostics& problems, const std::shared_ptr<const llb::SourceFile>& file) {
  for (const auto& problem : problems.list())
    gateway.warn_at(problem.subject ? source_place(file, problem.subject) : llb::SourcePlace(), problem.summary,
                    problem.detail);
}

}  // namespace

std::vector<name::Platform> choose_platforms(const Options& options, const recipe::Recipe& recipe,
                                             const std::vector<bom::Bill>& locks) {
  if (!options.platforms.empty()) return options.platforms;
  std::vector<name::Platform> out;
  for (const auto& platform : recipe.image.platforms) out.push_back(name::Platform::parse(platform.value));
  if (out.empty())
    for (const auto& lock : locks)
      if (!lock.image.platform.empty()) out.push_back(name::Platform::parse(lock.image.platform));
  if (out.empty()) out.push_back(name::Platform::host());
  return out;
}

Made make(Gateway& gateway, recipe::Recipe recipe, const Options& options, BuildContext context,
          const std::vector<bom::Bill>& locks, const BuildOptions& common) {
  apply_labels(options, recipe.image);
  context.step_options.insert(options.for_steps.begin(), options.for_steps.end());
  auto platforms = choose_platforms(options, recipe, locks);
  auto one = [&](const name::Platform& platform) {
    BuildOptions build = common;
    build.platform = platform;
    build.context = context;
    try {
      return build_one(gateway, recipe, options, std::move(build), locks);
    } catch (base::Error& error) {
      add_platform(error, gateway, platform);
      throw;
    }
  };

  // Platforms are made side by side: most of the time each waits for the engine.
  std::vector<std::future<Built>> running;
  for (std::size_t i = 1; i < platforms.size(); i++)
    running.push_back(std::async(std::launch::async, [&, i] { return one(platforms[i]); }));
  Made out;
  out.built.emplace(platforms[0].text(), one(platforms[0]));
  for (std::size_t i = 0; i < running.size(); i++) out.built.emplace(platforms[i + 1].text(), running[i].get());

  for (auto& [id, built] : out.built) {
    out.result.images.merge(built.result.images);
    for (auto& [key, value] : built.result.metadata)
      out.result.metadata[platforms.size() > 1 && key == epoch_key ? key + "/" + id : key] = value;
  }
  return out;
}

Result run(Gateway& gateway, const std::map<std::string, std::string>& given) {
  Options options = parse_options(given);
  BuildContext context{
      .name = options.context_local, .dockerfiles = options.context_local, .session = gateway.session_id()};
  if (!options.context_url.empty()) context.tree = git_context(options.context_url, "main", {});

  std::future<IgnoreFile> ignore;
  if (!context.tree && options.request.empty())
    ignore = std::async(std::launch::async, [&] { return read_ignore_file(gateway, options.context_local); });
  auto file = read_recipe(gateway, options, context);
  try {
    if (!options.request.empty()) return answer(options, file);
    hcl::Diagnostics problems;
    recipe::Recipe recipe = recipe::load(file, options.variables, problems);
    problems.throw_if_errors();
    warn(gateway, problems, source_file(*file));
    if (ignore.valid()) {
      IgnoreFile found = ignore.get();
      context.exclude = std::move(found.patterns);
      context.docker_ignores = found.of_docker;
    }
    return make(gateway, std::move(recipe), options, std::move(context)).result;
  } catch (const base::Error& error) {
    throw locate(error, *file);
  }
}

}  // namespace frontend
