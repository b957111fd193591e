#include "in/bill.h"

#include "core/base/deadline.h"
#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/bom/cyclonedx_writer.h"
#include "core/bom/spdx_writer.h"
#include "core/bom/verify.h"
#include "core/bom/yaml_reader.h"
#include "core/remote/bill_artifact.h"
#include "core/remote/signature.h"
#include "in/attestation.h"
#include "in/image_file.h"

namespace in {
namespace {

constexpr const char* original_label = "estaleiro.bom";
constexpr const char* original_directory = "bom";
constexpr const char* original_file = "merged.yml";

FoundBill yaml(std::string text, std::string where) {
  return {FoundBill::Form::yaml, std::move(text), std::move(where)};
}

}  // namespace

BillFetch::BillFetch(const Line& line, const resource::InRequest& request, const oci::Document& document,
                     std::function<const Image&()> image)
    : line_(line),
      document_(document),
      image_(std::move(image)),
      mirrored_(request.source.registry_mirror.has_value()) {
  const auto& params = request.params;
  if (auto pem = request.source.cosign.public_key; !pem.empty()) key_ = sign::PublicKey::parse(pem);
  required_ = params.bom == "required" || params.bom == "only";
  wanted_ = required_ || (params.bom == "optional" && !params.skip_download);
}

std::optional<FoundBill> BillFetch::referring(const Line& line) const {
  auto referrer = [&](const base::Digest& subject) -> std::optional<FoundBill> {
    auto found = remote::find_bill(line.puller, subject, line.stop);
    if (!found) return std::nullopt;
    if (key_) remote::require_signature(line.puller, found->artifact, *key_, line.stop);
    return yaml(std::move(found->yaml), "the referrer " + found->digest.text());
  };
  if (auto found = referrer(document_.digest)) return found;
  return document_.is_index() ? referrer(image_().document.digest) : std::nullopt;
}

std::optional<FoundBill> BillFetch::carried() const {
  const Image& image = image_();
  if (auto label = image.config.labels.find(original_label); label != image.config.labels.end())
    return yaml(base::from_base64(label->second), std::string("the label ") + original_label);
  if (auto spdx = attested_spdx(line_, document_, image.document.digest))
    return FoundBill{FoundBill::Form::spdx, *std::move(spdx), "the attestation of " + image.document.digest.text()};
  return std::nullopt;
}

/// Who did not ask for a bill does not fail for want of one; a bill that contradicts its image is another matter.
void BillFetch::attempt(const std::function<void()>& body) const {
  try {
    body();
  } catch (const base::Error& error) {
    if (required_ || line_.stop.stop_requested() || error.kind() == base::Kind::corrupt) throw;
    line_.progress.line("no bill of materials: " + error.message());
  }
}

void BillFetch::look_beside(std::chrono::milliseconds patience) {
  if (!wanted_) return;
  std::optional<base::Deadline> deadline;
  if (mirrored_ && !required_) deadline.emplace(line_.stop, patience);
  attempt([&] { found_ = referring({line_.puller, line_.progress, deadline ? deadline->token() : line_.stop}); });
  if (!found_) attempt([&] { found_ = carried(); });
}

void BillFetch::look_inside(const std::filesystem::path& rootfs, const std::filesystem::path& scratch) {
  if (!wanted_ || found_) return;
  attempt([&] {
    std::optional<std::string> text;
    if (!rootfs.empty())
      text = file_in_tree(rootfs, original_directory, original_file, remote::max_bill_bytes);
    else if (required_)
      text = file_in_layers(line_, image_(), original_directory, original_file, remote::max_bill_bytes, scratch);
    if (text) found_ = yaml(*std::move(text), "/bom/merged.yml of the image");
  });
}

void BillFetch::write(const std::filesystem::path& destination) {
  if (!found_ && required_)
    throw base::Error(base::Kind::not_found, "image " + document_.digest.text() + " has no bill of materials")
        .fix("set params.bom to optional, or fetch an image that was built with one");
  if (!found_) return;
  line_.progress.line("the bill of materials is " + found_->where);
  if (found_->form == FoundBill::Form::spdx) return base::write_file(destination / "bom.spdx.json", found_->text);
  attempt([&] { base::within("reading " + found_->where, [&] { write_yaml(destination); }); });
}

bom::Bill BillFetch::bill() const {
  auto bill = bom::read_yaml(found_->text, "the bill");
  // It may name the index or the one manifest that it was made for.
  if (bill.image.digest != document_.digest.text()) bom::check_describes(bill, image_().document.digest);
  const auto& labels = image_().config.labels;
  if (auto label = labels.find(bom::digest_label); label != labels.end())
    bom::check_labelled(found_->text, label->second);
  bom::sort(bill);
  return bill;
}

void BillFetch::write_yaml(const std::filesystem::path& destination) const {
  const auto bill = this->bill();
  base::write_file(destination / "bom.yml", found_->text);
  base::write_file(destination / "bom.spdx.json", bom::to_spdx(bill));
  base::write_file(destination / "bom.cdx.json", bom::to_cyclonedx(bill));
  if (mirrored_ && !required_) return;  // see look_beside
  auto subject = base::Digest::valid(bill.image.digest) ? base::Digest::parse(bill.image.digest) : document_.digest;
  if (auto changes = remote::find_document(line_.puller, subject, remote::difference_media_type, line_.stop))
    base::write_file(destination / "bom-diff.md", changes->content);
}

}  // namespace in
