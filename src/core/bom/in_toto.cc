#include "core/bom/in_toto.h"

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/bom/spdx_writer.h"
#include "core/json/decode.h"

namespace bom {

std::string to_in_toto(const Bill& bill, const std::string& name) {
  if (bill.image.digest.empty())
    throw base::Error(base::Kind::invalid, "a bill that does not name its image cannot be a statement about it");
  base::Digest digest = base::Digest::parse(bill.image.digest);
  json::Ordered statement = {
      {"_type", "https://in-toto.io/Statement/v0.1"},
      {"predicateType", "https://spdx.dev/Document"},
      {"subject", json::Ordered::array({{{"name", name}, {"digest", {{digest.algorithm(), digest.hex()}}}}})},
      {"predicate", json::Ordered::parse(to_spdx(bill))}};
  return json::write(statement);
}

}  // namespace bom
