#include "cli/found_image.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/name/reference.h"

namespace cli {

in::Image FoundImage::image() const { return in::fetch_image(repository->puller(), document, platform, {}); }

FoundImage find_image(const std::string& text, const BillLookup& lookup) {
  auto reference = name::Reference::parse(text);
  resource::Source source;
  source.repository = reference.repository().text();
  source.insecure = lookup.insecure;
  auto repository = std::make_unique<remote::Repository>(source, [](std::string_view) {});
  auto document =
      repository->puller().manifest(reference.digest() ? reference.digest()->text() : reference.tag()->text());
  if (!document) throw base::Error(base::Kind::not_found, "there is no image " + base::quoted(reference.text()));
  auto platform = lookup.platform.empty() ? name::Platform::host() : name::Platform::parse(lookup.platform);
  return {std::move(source), std::move(repository), *std::move(document), std::move(platform)};
}

}  // namespace cli
