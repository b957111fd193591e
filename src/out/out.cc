#include "out/out.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/oci/manifest.h"
#include "core/remote/bill_artifact.h"
#include "out/bill.h"
#include "out/put.h"
#include "out/recipe_build.h"
#include "out/recipe_input.h"
#include "out/source_policy.h"

namespace out {
namespace {

/// One platform's image of what was pushed.
struct PlatformImage {
  std::string platform;
  oci::Document document;  ///< its manifest
  frontend::Built& built;
  std::string name;    ///< for messages: "an image", "the image for linux/arm64"
  std::string suffix;  ///< "", " (linux/arm64)"
};

/// The images of `document`, which is one, or an index of them and their attestations.
std::vector<PlatformImage> images_of(const remote::Repository& repository, Pushed& pushed,
                                     const oci::Document& document, std::stop_token stop) {
  std::vector<PlatformImage> out;
  const bool several = pushed.made.built.size() > 1;
  for (auto& [platform, built] : pushed.made.built) {
    oci::Document image = document;
    if (document.is_index())
      image = repository.puller().document(
          oci::select_platform(oci::parse_index(document), name::Platform::parse(platform)), stop);
    out.push_back({platform, std::move(image), built, several ? "the image for " + platform : "an image",
                   several ? " (" + platform + ")" : ""});
  }
  return out;
}

void describe(const PlatformImage& image, const PushedBill& bill, resource::Metadata& metadata) {
  auto add = [&](const std::string& name, std::string value) {
    metadata.emplace_back(name + image.suffix, std::move(value));
  };
  add("base_image", image.built.bill.base_image.canonical_name);
  add("packages_added", std::to_string(image.built.bill.changeset.packages.size()));
  add("files", std::to_string(image.built.bill.changeset.files.size()));
  add("bom_digest", bill.digest.text());
  if (!bill.changes.empty()) add("changes", bill.changes);
  add("size", base::human_bytes(image_bytes(oci::parse_manifest(image.document))));
}

}  // namespace

std::string run(const resource::Call& call) {
  if (call.arguments.empty())
    throw base::Error(base::Kind::invalid, "the directory of the inputs is missing")
        .fix("run as Concourse does: out DIRECTORY < request.json");
  const std::filesystem::path inputs = call.arguments[0];
  auto [source, params] = resource::decode_out(call.request);
  if (params.context.empty()) params.context = ".";

  remote::Repository repository(
      source, [](std::string_view line) { resource::log(std::string(line) + "\n"); }, call.stop);
  const Put put(source, repository,
                planned_tags(source, params, inputs, [&] { return repository.pusher().tags(call.stop); }), call.stop);
  auto policy = decode_policy(source.policy);
  if (!params.image.empty()) return push_prebuilt(put, repository, params, inputs, policy, call.stop);

  auto recipe = load_recipe(params, inputs);
  const Terms terms = read_terms(std::move(policy), params, inputs, recipe);
  Pushed pushed = build_and_push(source, params, repository, inputs, recipe, terms, call.stop);

  // Read back what the registry has: what the tags will point at is what it serves, not what we believe we sent.
  auto document = repository.puller().manifest(pushed.digest.text(), call.stop);
  if (!document)
    throw base::Error(base::Kind::corrupt,
                      "the engine pushed " + pushed.digest.text() + " but the registry does not have it");
  auto images = images_of(repository, pushed, *document, call.stop);
  for (const auto& image : images) check_size(recipe, terms, image.document, image.name);

  resource::Metadata metadata;
  std::vector<oci::Descriptor> bills;
  for (auto& image : images) {
    // Alone in its index the image's bill is the index's too, which tools ask first.
    const oci::Document& subject = images.size() > 1 ? image.document : *document;
    if (auto kept = pushed.kept.find(image.platform); kept != pushed.kept.end())
      kept->second.finish(subject.descriptor());
    image.built.bill.image.digest = subject.digest.text();
    auto page = [&] {
      auto details = image.built.page();
      details.layers = layers_of(image.document, pushed.made.result.images.at(image.platform).base_config);
      return details;
    };
    PushedBill bill = push_bill(repository, subject, image.built.bill, page, put.tags().reported, call.stop);
    resource::log("pushed the bill of materials " + bill.digest.text() + image.suffix + "\n");
    put.sign(bill.artifact);
    if (images.size() > 1) put.sign(image.document.descriptor());
    describe(image, bill, metadata);
    bills.push_back(std::move(bill.artifact));
    bills.back().platform = name::Platform::parse(image.platform);
  }
  if (images.size() > 1) remote::push_bill_list(repository.pusher(), document->descriptor(), bills, call.stop);
  return put.finish(*document, std::move(metadata));
}

}  // namespace out
