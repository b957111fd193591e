#include "out/bill.h"

#include <chrono>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/bom/cyclonedx_writer.h"
#include "core/bom/diff.h"
#include "core/bom/in_toto.h"
#include "core/bom/spdx_writer.h"
#include "core/bom/verify.h"
#include "core/bom/yaml_reader.h"
#include "core/bom/yaml_writer.h"
#include "core/frontend/image_config.h"
#include "core/oci/config.h"
#include "core/remote/bill_artifact.h"
#include "core/resource/run.h"

namespace out {
namespace {

/// What `tag` names before this put: the bill for `platform`; nullopt if there is none that can be read, or it is the
/// same image: a note for people must not fail a build.
std::optional<bom::Bill> previous_bill(const remote::Repository& repository, const oci::Document& image,
                                       const std::string& platform, const name::Tag& tag, std::stop_token stop) {
  try {
    const auto& puller = repository.puller();
    auto before = puller.manifest(tag.text(), stop);
    if (!before || before->digest == image.digest) return std::nullopt;
    auto found = remote::find_bill(puller, before->digest, stop);
    if (!found && before->is_index()) {
      const auto index = oci::parse_index(*before);
      const auto* child = oci::find_platform(index, name::Platform::parse(platform));
      if (!child || child->digest == image.digest) return std::nullopt;
      found = remote::find_bill(puller, child->digest, stop);
    }
    if (!found) return std::nullopt;
    auto bill = bom::read_yaml(found->yaml, "the previous bill");
    if (!bill.image.platform.empty() && bill.image.platform != platform) return std::nullopt;
    return bill;
  } catch (const base::Error& error) {
    if (error.kind() == base::Kind::cancelled) throw;
    resource::log("no difference to the previous image: " + error.message() + "\n");
    return std::nullopt;
  }
}

/// With microseconds: of two bills of one image the later one counts.
std::string time_of_push() {
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  std::string text = frontend::rfc3339(second), fraction = std::to_string((now - second).count());
  text.insert(text.size() - 1, "." + std::string(6 - fraction.size(), '0') + fraction);
  return text;
}

}  // namespace

std::vector<bom::PageDetails::Layer> layers_of(const oci::Document& image, const std::string& base_config) {
  std::vector<bom::PageDetails::Layer> out;
  std::size_t of_base = base_config.empty() ? 0 : oci::parse_config(base_config).diff_ids.size();
  for (const auto& layer : oci::parse_manifest(image).layers) {
    std::size_t number = out.size() + 1;
    out.push_back({(number > of_base ? "layer " : "[base] layer ") + std::to_string(number), layer.size});
  }
  return out;
}

PushedBill push_bill(const remote::Repository& repository, const oci::Document& image, const bom::Bill& bill,
                     const std::function<bom::PageDetails()>& page, const name::Tag& tag, std::stop_token stop) {
  bom::check_consistent(bill);
  auto text = [](std::string_view type) { return std::string(type); };
  const std::string yaml = bom::to_yaml(bill);
  const base::Digest digest = base::sha256(yaml);
  // The other forms are of the image, the bill and this version.
  const std::string made_from = digest.text() + " " ESTALEIRO_VERSION;
  std::vector<remote::BillDocument> documents = {
      {text(remote::bill_media_type), "bom.yml", [&] { return yaml; }},
      {text(remote::spdx_media_type), "bom.spdx.json", [&] { return bom::to_spdx(bill); }, made_from},
      {text(remote::cyclonedx_media_type), "bom.cdx.json", [&] { return bom::to_cyclonedx(bill); }, made_from},
      {text(remote::in_toto_media_type), "bom.intoto.json",
       [&] { return bom::to_in_toto(bill, repository.name().text()); }, made_from},
      {text(remote::page_media_type), "bom.html", [&] { return bom::to_html(bill, page()); }, made_from},
  };
  std::string summary;
  if (auto before = previous_bill(repository, image, bill.image.platform, tag, stop)) {
    bom::Difference changes = bom::difference(*before, bill);
    summary = changes.summary();
    documents.push_back({text(remote::difference_media_type), "bom-diff.md",
                         [text = bom::to_markdown(changes, bill.product_name)] { return text; }});
  }
  auto artifacts = remote::push_documents(repository.pusher(), repository.puller(), image.descriptor(), documents,
                                          time_of_push(), stop);
  return {digest, artifacts.front(), std::move(summary)};
}

}  // namespace out
