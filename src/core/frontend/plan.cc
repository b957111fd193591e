#include "core/frontend/plan.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/frontend/apt_install.h"
#include "core/frontend/files.h"
#include "core/llb/exec.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"
#include "core/name/reference.h"

namespace frontend {
namespace {

const base::Digest& unknown_digest() {
  static const base::Digest zero = base::Digest::parse("sha256:" + std::string(64, '0'));
  return zero;
}

/// Stands in for an engine: every tree can be solved, none can be looked into.
class PlanGateway final : public Gateway {
 public:
  PlanGateway(const recipe::Recipe& recipe, const Places& places) : recipe_(recipe), places_(places) {}

  const std::set<std::string>& capabilities() const override { return capabilities_; }
  std::string session_id() const override { return "plan"; }
  ResolvedImage resolve_image(const std::string&, const name::Platform&, ResolveMode) override {
    return {unknown_digest(), "{}"};
  }
  ResolvedImage resolve_layout(const std::string&, const std::string&, const name::Platform&) override {
    return {unknown_digest(), "{}"};
  }
  SolveResult solve(const SolveRequest& request) override {
    SolveResult out;
    out.ref = {"plan", request.frontend.empty() ? request.definition : llb::marshal(dockerfile(request))};
    return out;
  }
  // A Dockerfile is taken to be there.
  std::optional<std::string> read_file(const Ref&, const std::string&, std::uint64_t) override { return ""; }
  bool read_pieces(const Ref&, const std::string&, const std::function<void(std::string_view)>&) override {
    return true;
  }
  std::optional<std::vector<FileInfo>> read_directory(const Ref&, const std::string&) override { return std::nullopt; }
  std::optional<FileInfo> stat(const Ref&, const std::string&) override { return std::nullopt; }
  void warn(const std::string&, const std::string&, const std::string&) override {}

 private:
  /// The one vertex that stands for a Dockerfile's.
  llb::Output dockerfile(const SolveRequest& request) const {
    auto option = [&](const char* name) {
      auto found = request.options.find(name);
      return found == request.options.end() ? std::string() : found->second;
    };
    auto step = std::find_if(recipe_.steps.begin(), recipe_.steps.end(), [&](const recipe::Step& each) {
      return each.dockerfile.value == option("filename") && (each.target ? each.target->value : "") == option("target");
    });
    std::string name = step == recipe_.steps.end() ? "step" : step->name.value;
    const hcl::Range place = step == recipe_.steps.end() ? hcl::Range() : step->range;
    llb::Output context = llb::local("context", {.session = "plan"}, places_.at(place, "[" + name + "] context"));
    llb::ExecOptions options;
    options.args = {"dockerfile.v0", option("filename"), option("target")};
    std::string text = "[" + name + "] " + option("filename");
    if (!option("target").empty()) text += ", stage " + option("target");
    return llb::exec(context, options, places_.at(place, text)).root();
  }

  const recipe::Recipe& recipe_;
  const Places& places_;
  std::set<std::string> capabilities_;
};

AptPlan plan_of(const recipe::Image& image) {
  AptPlan out;
  for (const auto& block : image.apt)
    for (const auto& package : block.packages) {
      PlannedPackage planned;
      planned.binary.name = package.name.value.substr(0, package.name.value.find(':'));
      planned.binary.architecture = "any";
      planned.download.uri = "https://archive.invalid/" + base::url_encode(planned.binary.name) + ".deb";
      planned.download.name = planned.binary.name + (package.version ? "=" + package.version->value : "");
      planned.download.hash = {"sha256", std::string(64, '0')};
      planned.requested = true;
      auto same = [&](const PlannedPackage& each) { return each.binary.name == planned.binary.name; };
      if (std::none_of(out.packages.begin(), out.packages.end(), same)) out.packages.push_back(std::move(planned));
    }
  return out;
}

/// A vertex for each package that files are taken out of: which .deb it will be is not known yet.
PackageFiles package_files(const recipe::Recipe& recipe, const Places& places) {
  PackageFiles out;
  for (const auto& file : recipe.image.files) {
    const auto* from = std::get_if<recipe::FromPackage>(&file.origin);
    if (!from) continue;
    out.used[from] = out.packages.size();
    FilePackage package;
    package.tree =
        llb::http("https://archive.invalid/" + base::url_encode(from->name.value) + ".deb",
                  {.checksum = unknown_digest()}, places.at(file.origin_range, "[package] " + from->name.value));
    out.packages.push_back(std::move(package));
  }
  return out;
}

}  // namespace

BuildGraph plan_graph(const recipe::Recipe& recipe, const name::Platform& platform) {
  Places places(recipe);
  const recipe::Image& image = recipe.image;
  BaseImage base;
  if (!image.scratch) {
    base.canonical_name = name::Reference::parse(image.base.value).with_digest(unknown_digest()).text();
    base.tree = llb::image(base.canonical_name,
                           {.platform = llb::Platform{platform.os(), platform.architecture(), platform.variant()}},
                           places.at(image.base.range, "[base] " + image.base.value));
  }
  BuildGraph out;
  Installation installed{base.tree, {}};
  if (AptPlan plan = plan_of(image); !plan.packages.empty()) {
    llb::ExecOptions resolve;
    resolve.args = {"/bin/sh", "/tmp/in/resolve.sh"};
    resolve.mounts = {llb::output_mount("/tmp/out")};
    std::size_t count = plan.packages.size();
    auto metadata = places.at(image.apt.front().range,
                              "[apt] resolve " + std::to_string(count) + (count == 1 ? " package" : " packages"));
    out.evidence.push_back(llb::marshal(llb::exec(base.tree, resolve, metadata).output("/tmp/out")));
    installed = install_packages(recipe, base, plan, {}, platform, {}, {}, places);
    out.evidence.push_back(llb::marshal(installed.report));
  }
  PlanGateway gateway(recipe, places);
  Files files = add_files(gateway, recipe, installed.tree, {.session = "plan"}, package_files(recipe, places), platform,
                          {}, places);
  out.images.push_back(llb::marshal(files.tree));
  if (!files.declared.is_scratch()) {
    llb::ExecOptions hash;
    hash.args = {"sha256sum"};
    hash.mounts = {llb::bind_mount("/tmp/tree", files.declared), llb::output_mount("/tmp/out")};
    out.evidence.push_back(llb::marshal(
        llb::exec(base.tree, hash, places.at(file_blocks(recipe), "[bill] hash the files")).output("/tmp/out")));
  }
  return out;
}

}  // namespace frontend
