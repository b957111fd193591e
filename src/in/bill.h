#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "core/bom/bill.h"
#include "core/resource/request.h"
#include "core/sign/key.h"
#include "in/downloads.h"
#include "in/image.h"

namespace in {

/// A bill of materials as it came.
struct FoundBill {
  enum class Form { yaml, spdx };
  Form form = Form::yaml;
  std::string text;
  std::string where;  ///< for people: "the referrer sha256:…", "the label estaleiro.bom"
};

/// Gets the bill of an image as params.bom says, wherever it is kept. First beside the image: as an artifact that
/// refers to the document or to the platform's manifest, in the label "estaleiro.bom" that the original wrote, as
/// BuildKit's SPDX attestation in the index. Then inside, as the original's /bom/merged.yml: in the tree where one is
/// unpacked, else out of the layers, which only who requires a bill pays for. With source.cosign.public_key an artifact
/// that nobody has signed with it does not count: what the image itself carries is covered by its own signature.
class BillFetch {
 public:
  /// Borrows all of it. `image` gives the image of the wanted platform; it may ask the registry, and throw.
  BillFetch(const Line& line, const resource::InRequest& request, const oci::Document& document,
            std::function<const Image&()> image);

  /// Looks beside the image; before anything large is fetched. Referrers are the origin's matter, which whoever has a
  /// mirror may not reach: then who did not ask for a bill waits no longer than `patience` for it.
  void look_beside(std::chrono::milliseconds patience = std::chrono::seconds(10));
  /// Looks inside, unless it was found beside. `rootfs` is the unpacked tree, empty if there is none; `scratch` has
  /// room for a layer.
  void look_inside(const std::filesystem::path& rootfs, const std::filesystem::path& scratch);
  /// What was found so far.
  const std::optional<FoundBill>& found() const { return found_; }
  /// The bill that was found, which is YAML, sorted. Throws corrupt when it speaks of another image or is not the one
  /// that the image's label names, and what bom::read_yaml throws.
  bom::Bill bill() const;
  /// Writes bom.yml as it came, and bom.spdx.json and bom.cdx.json made from it, bom-diff.md where one lies beside it;
  /// of an attestation only bom.spdx.json, as it came. Throws not_found when a bill is required and there is none,
  /// corrupt when it speaks of another image, invalid when a required one cannot be read.
  void write(const std::filesystem::path& destination);

 private:
  std::optional<FoundBill> referring(const Line& line) const;
  std::optional<FoundBill> carried() const;
  void attempt(const std::function<void()>& body) const;
  void write_yaml(const std::filesystem::path& destination) const;

  const Line& line_;
  const oci::Document& document_;
  std::function<const Image&()> image_;
  std::optional<sign::PublicKey> key_;
  bool wanted_, required_, mirrored_;
  std::optional<FoundBill> found_;
};

}  // namespace in
