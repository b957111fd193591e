#include "core/frontend/bill_files.h"

#include "core/base/error.h"
#include "core/bom/cyclonedx_writer.h"
#include "core/bom/spdx_writer.h"
#include "core/bom/yaml_writer.h"
#include "core/llb/file.h"
#include "core/llb/marshal.h"

namespace frontend {
namespace {

/// A graph goes to the engine in one message, of which it takes 16 MiB; the texts are its greatest part.
constexpr std::size_t max_text_bytes = 12u << 20;

Ref tree_of(Gateway& gateway, const std::vector<std::pair<std::string, std::string>>& files) {
  llb::Output tree;
  std::size_t bytes = 0;
  for (const auto& [name, text] : files) {
    bytes += text.size();
    if (bytes > max_text_bytes)
      throw base::Error(base::Kind::unsupported, "the bill of materials is too long to be handed to the engine")
          .fix("build with put, which does not send it through the graph");
    tree = llb::file(tree, {llb::mkfile("/" + name, text, {.time = llb::FileTime{}})}, {.name = "[bill] " + name});
  }
  return gateway.solve({.definition = llb::marshal(tree), .evaluate = true}).ref;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> bill_files(const bom::Bill& bill) {
  return {{"bom.yml", bom::to_yaml(bill)},
          {"bom.spdx.json", bom::to_spdx(bill)},
          {"bom.cdx.json", bom::to_cyclonedx(bill)}};
}

Ref bill_tree(Gateway& gateway, const bom::Bill& bill) { return tree_of(gateway, bill_files(bill)); }

Attestation bill_attestation(Gateway& gateway, const bom::Bill& bill) {
  return {tree_of(gateway, {{"sbom.spdx.json", bom::to_spdx(bill)}}),
          "/sbom.spdx.json",
          "https://spdx.dev/Document",
          {{"reason", "sbom"}}};
}

}  // namespace frontend
