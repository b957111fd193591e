#include "core/frontend/bill_files.h"

#include "core/base/error.h"
#include "core/bom/cyclonedx_writer.h"
#include "core/bom/in_toto.h"
#include "core/bom/spdx_writer.h"
#include "core/bom/yaml_writer.h"
#include "core/llb/file.h"
#include "core/llb/marshal.h"

namespace frontend {
namespace {

/// A graph goes to the engine in one message, of which it takes 16 MiB; the texts are its greatest part.
constexpr std::size_t max_text_bytes = 12u << 20;

}  // namespace

TextFiles bill_files(const bom::Bill& bill, const bom::PageDetails& page) {
  TextFiles out = {{"bom.yml", bom::to_yaml(bill)},
                   {"bom.spdx.json", bom::to_spdx(bill)},
                   {"bom.cdx.json", bom::to_cyclonedx(bill)}};
  if (!bill.image.digest.empty())
    out.emplace_back("bom.intoto.json", bom::to_in_toto(bill, bill.product_name));
  else if (!bill.changeset.files.empty() || !bill.changeset.packages.empty())
    out.emplace_back("bom.intoto.json", bom::to_in_toto_of_contents(bill));
  out.emplace_back("bom.html", bom::to_html(bill, page));
  return out;
}

TextFiles lock_files(const bom::Bill& bill) { return {{"bom.yml", bom::to_yaml(bill)}}; }

Ref text_tree(Gateway& gateway, const TextFiles& files, const llb::Metadata& vertex) {
  llb::Output tree;
  std::size_t bytes = 0;
  for (const auto& [name, text] : files) {
    bytes += text.size();
    if (bytes > max_text_bytes)
      throw base::Error(base::Kind::unsupported, "the bill of materials is too long to be handed to the engine")
          .fix("build with put, which does not send it through the graph");
    llb::Metadata named = vertex;
    named.name = "[bill] " + name;
    tree = llb::file(tree, {llb::mkfile("/" + name, text, {.time = llb::FileTime{}})}, named);
  }
  return gateway.solve({.definition = llb::marshal(tree), .evaluate = true}).ref;
}

Attestation bill_attestation(Gateway& gateway, const bom::Bill& bill, const llb::Metadata& vertex) {
  return {text_tree(gateway, {{"sbom.spdx.json", bom::to_spdx(bill)}}, vertex),
          "/sbom.spdx.json",
          "https://spdx.dev/Document",
          {{"reason", "sbom"}}};
}

}  // namespace frontend
