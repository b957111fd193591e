#include "out/out.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/oci/manifest.h"
#include "out/bill.h"
#include "out/put.h"
#include "out/recipe_build.h"
#include "out/recipe_input.h"

namespace out {

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
  if (!params.image.empty()) return push_prebuilt(put, repository, params, inputs, call.stop);

  auto recipe = load_recipe(params, inputs);
  Terms terms = read_terms(source, params, inputs, recipe);
  remote::InputKeeper keeper(repository, call.stop);
  auto [digest, built] = build_and_push(source, params, repository, inputs, recipe, terms, keeper, call.stop);

  // Read back what the registry has: what the tags will point at is what it serves, not what we believe we sent.
  auto document = repository.puller().manifest(digest.text(), call.stop);
  if (!document)
    throw base::Error(base::Kind::corrupt, "the engine pushed " + digest.text() + " but the registry does not have it");

  // With an attestation that is an index of the two.
  oci::Document image = *document;
  if (image.is_index())
    image = repository.puller().document(
        oci::select_platform(oci::parse_index(image), name::Platform::parse(built.bill.image.platform)), call.stop);
  check_size(recipe, terms, image);
  keeper.finish(document->descriptor());
  bom::Bill& bill = built.bill;
  bill.image.digest = digest.text();
  built.page.layers = layers_of(image, built.result.images.begin()->second.base_config);
  PushedBill pushed = push_bill(repository, *document, bill, built.page, put.tags().reported, call.stop);
  resource::log("pushed the bill of materials " + pushed.digest.text() + "\n");
  put.sign(pushed.artifact);

  resource::Metadata metadata = {
      {"base_image", bill.base_image.canonical_name},
      {"packages_added", std::to_string(bill.changeset.packages.size())},
      {"files", std::to_string(bill.changeset.files.size())},
      {"bom_digest", pushed.digest.text()},
  };
  if (!pushed.changes.empty()) metadata.emplace_back("changes", pushed.changes);
  metadata.emplace_back("size", base::human_bytes(image_bytes(oci::parse_manifest(image))));
  return put.finish(*document, std::move(metadata));
}

}  // namespace out
