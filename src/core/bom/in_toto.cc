#include "core/bom/in_toto.h"

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/bom/spdx_writer.h"
#include "core/json/decode.h"

namespace bom {
namespace {

json::Ordered subject(const std::string& name, const base::Digest& digest) {
  return {{"name", name}, {"digest", {{digest.algorithm(), digest.hex()}}}};
}

std::string statement(const Bill& bill, json::Ordered subjects) {
  json::Ordered out = {{"_type", "https://in-toto.io/Statement/v0.1"},
                       {"predicateType", "https://spdx.dev/Document"},
                       {"subject", std::move(subjects)},
                       {"predicate", spdx_document(bill)}};
  return json::write(out);
}

}  // namespace

std::string to_in_toto(const Bill& bill, const std::string& name) {
  if (bill.image.digest.empty())
    throw base::Error(base::Kind::invalid, "a bill that does not name its image cannot be a statement about it");
  return statement(bill, json::Ordered::array({subject(name, base::Digest::parse(bill.image.digest))}));
}

std::string to_in_toto_of_contents(const Bill& bill) {
  json::Ordered subjects = json::Ordered::array();
  for (const auto& file : bill.changeset.files)
    subjects.push_back(subject(file.path, base::Digest::parse(file.digest)));
  for (const auto& package : bill.changeset.packages)
    if (package.location)
      subjects.push_back(subject(package.location->name, base::Digest::parse(package.location->digest)));
  if (subjects.empty())
    throw base::Error(base::Kind::invalid, "a bill without files and packages cannot be a statement about them");
  return statement(bill, std::move(subjects));
}

}  // namespace bom
