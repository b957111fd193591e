#include <filesystem>
#include <memory>

#include "cli/bom.h"
#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"
#include "core/bom/cyclonedx_writer.h"
#include "core/bom/html_writer.h"
#include "core/bom/in_toto.h"
#include "core/bom/spdx_writer.h"
#include "core/bom/verify.h"
#include "core/bom/yaml_reader.h"
#include "core/bom/yaml_writer.h"
#include "core/name/reference.h"
#include "core/oci/manifest.h"
#include "core/remote/bill_artifact.h"
#include "core/remote/repository.h"

namespace cli {
namespace {

/// Where the original keeps its bill, in base64.
constexpr const char* original_label = "estaleiro.bom";

std::optional<std::string> labelled_bill(const registry::Puller& puller, const oci::Document& image) {
  auto config = puller.config(oci::parse_manifest(image));
  auto label = config.labels.find(original_label);
  if (label == config.labels.end()) return std::nullopt;
  return base::from_base64(label->second);
}

/// An image in a registry: the index or manifest that a reference names, and of an index the platform's manifest.
struct Image {
  std::unique_ptr<remote::Repository> repository;
  std::vector<oci::Document> documents;
};

Image find_image(const std::string& text, const BillLookup& lookup) {
  auto reference = name::Reference::parse(text);
  resource::Source source;
  source.repository = reference.repository().text();
  source.insecure = lookup.insecure;
  Image image;
  image.repository = std::make_unique<remote::Repository>(source, [](std::string_view) {});
  const auto& puller = image.repository->puller();
  auto document = puller.manifest(reference.digest() ? reference.digest()->text() : reference.tag()->text());
  if (!document) throw base::Error(base::Kind::not_found, "there is no image " + base::quoted(reference.text()));
  image.documents = {*document};
  if (!document->is_index()) return image;
  auto platform = lookup.platform.empty() ? name::Platform::host() : name::Platform::parse(lookup.platform);
  auto index = oci::parse_index(*document);
  if (const auto* child = oci::find_platform(index, platform)) image.documents.push_back(puller.document(*child));
  return image;
}

}  // namespace

std::string fetch_bill(const std::string& reference, const BillLookup& lookup, std::string_view media_type) {
  Image image = find_image(reference, lookup);
  const auto& puller = image.repository->puller();
  for (const auto& document : image.documents) {
    auto found = remote::find_document(puller, document.digest, media_type, {});
    if (!found) continue;
    if (media_type == remote::bill_media_type)
      bom::check_describes(bom::read_yaml(found->content, "the bill of " + base::printable(reference)),
                           document.digest);
    return found->content;
  }
  if (media_type == remote::bill_media_type && !image.documents.back().is_index())
    if (auto found = labelled_bill(puller, image.documents.back())) return *found;
  throw base::Error(base::Kind::not_found, "image " + base::quoted(reference) + " has no bill of materials")
      .fix("build it with estaleiro, or name an image that was");
}

bom::Bill load_bill(const std::string& file_or_reference, const BillLookup& lookup) {
  bool file = std::filesystem::exists(file_or_reference);
  std::string yaml = file ? base::read_file(file_or_reference, bom::max_bill_bytes)
                          : fetch_bill(file_or_reference, lookup, remote::bill_media_type);
  return bom::read_yaml(yaml, file_or_reference);
}

std::string write_bill(const bom::Bill& bill, BillFormat format, const std::string& name) {
  switch (format) {
    case BillFormat::yaml:
      return bom::to_yaml(bill);
    case BillFormat::spdx:
      return bom::to_spdx(bill);
    case BillFormat::cyclonedx:
      return bom::to_cyclonedx(bill);
    case BillFormat::in_toto:
      return bom::to_in_toto(bill, name);
    case BillFormat::html:
      return bom::to_html(bill);
  }
  return "";
}

}  // namespace cli
