#include "core/buildkit/exported_layout.h"

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/json/decode.h"
#include "core/oci/layout.h"

namespace buildkit {

void finish_layout(const std::filesystem::path& directory, const std::string& descriptor, const std::string& tag) {
  auto bad = [](const std::string& problem) {
    return base::Error(base::Kind::corrupt, "the engine describes its export wrongly: " + problem);
  };
  json::Ordered entry;
  try {
    json::Value parsed = json::parse(descriptor, "descriptor");
    json::Object object(parsed, "descriptor");
    entry["mediaType"] = object.required_string("mediaType");
    entry["digest"] = base::Digest::parse(object.required_string("digest")).text();
    entry["size"] = object.integer("size").value_or(-1);
  } catch (const base::Error& error) {
    throw bad(error.message());
  }
  if (entry["size"] < 0) throw bad("no size");
  entry["annotations"] = {{"org.opencontainers.image.ref.name", tag}};
  json::Ordered index = {{"schemaVersion", 2},
                         {"mediaType", "application/vnd.oci.image.index.v1+json"},
                         {"manifests", json::Ordered::array({std::move(entry)})}};
  oci::LayoutWriter(directory).finish(json::write(index));
}

}  // namespace buildkit
