#include <filesystem>

#include "cli/bom.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "core/base/text.h"
#include "core/bom/cyclonedx_writer.h"
#include "core/bom/html_writer.h"
#include "core/bom/in_toto.h"
#include "core/bom/spdx_writer.h"
#include "core/bom/yaml_reader.h"
#include "core/bom/yaml_writer.h"
#include "core/remote/bill_artifact.h"
#include "core/term/transfer_progress.h"

namespace cli {
namespace {

resource::InRequest bill_request(const FoundImage& image) {
  resource::InRequest request;
  request.source = image.source;
  request.params.bom = "only";
  return request;
}

/// The image with its bill, looked for as a `get` does that cannot be without one.
template <class Use>
auto with_bill(const std::string& reference, const BillLookup& lookup, Use&& use) {
  const FoundImage found = find_image(reference, lookup);
  term::TransferProgress progress([](std::string_view) {});
  const in::Line line{found.repository->puller(), progress, {}};
  std::optional<in::Image> image;
  in::BillFetch fetch(line, bill_request(found), found.document, [&]() -> const in::Image& {
    if (!image) image = found.image();
    return *image;
  });
  fetch.look_beside();
  if (!fetch.found()) {
    base::TemporaryDirectory scratch("estaleiro-bom");
    fetch.look_inside({}, scratch.path());
  }
  if (!fetch.found())
    throw base::Error(base::Kind::not_found, "image " + base::quoted(reference) + " has no bill of materials")
        .fix("build it with estaleiro, or name an image that was");
  return base::within("reading " + fetch.found()->where, [&] { return use(fetch); });
}

}  // namespace

in::FoundBill fetch_bill(const std::string& reference, const BillLookup& lookup) {
  return with_bill(reference, lookup, [](const in::BillFetch& fetch) {
    if (fetch.found()->form == in::FoundBill::Form::yaml) fetch.bill();
    return *fetch.found();
  });
}

std::optional<std::string> fetch_form(const std::string& reference, const BillLookup& lookup,
                                      std::string_view media_type) {
  const FoundImage found = find_image(reference, lookup);
  auto form = [&](const base::Digest& subject) {
    return remote::find_document(found.repository->puller(), subject, media_type, {});
  };
  auto document = form(found.document.digest);
  if (!document && found.document.is_index()) document = form(found.image().document.digest);
  if (!document) return std::nullopt;
  return std::move(document->content);
}

bom::Bill load_bill(const std::string& file_or_reference, const BillLookup& lookup) {
  if (std::filesystem::exists(file_or_reference))
    return bom::read_yaml(base::read_file(file_or_reference, bom::max_bill_bytes), file_or_reference);
  return with_bill(file_or_reference, lookup, [&](const in::BillFetch& fetch) {
    if (fetch.found()->form != in::FoundBill::Form::yaml)
      throw base::Error(base::Kind::unsupported, "image " + base::quoted(file_or_reference) + " has only " +
                                                     fetch.found()->where + ", which is SPDX")
          .fix("estaleiro bom get --format spdx writes it as it is");
    return fetch.bill();
  });
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
