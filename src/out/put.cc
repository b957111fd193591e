#include "out/put.h"

#include <chrono>

#include "core/base/text.h"
#include "core/remote/signature.h"
#include "core/term/transfer_progress.h"
#include "out/prebuilt.h"
#include "out/prebuilt_policy.h"
#include "out/push_image.h"

namespace out {
namespace {

std::string now() {
  return resource::seen_at(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
}

std::string joined(const std::vector<name::Tag>& tags) {
  std::vector<std::string> out;
  for (const auto& tag : tags) out.push_back(tag.text());
  return base::join(out, " ");
}

}  // namespace

Put::Put(const resource::Source& source, const remote::Repository& repository, Tags tags, std::stop_token stop)
    : source_(source), repository_(repository), tags_(std::move(tags)), stop_(std::move(stop)) {
  if (!source.cosign.private_key.empty())
    key_ = sign::PrivateKey::parse(source.cosign.private_key, source.cosign.password);
}

void Put::sign(const oci::Descriptor& pushed) const {
  if (!key_) return;
  remote::push_signature(repository_.pusher(), repository_.puller(), pushed, *key_, now(), stop_);
  resource::log("signed " + pushed.digest.text() + "\n");
}

std::string Put::finish(const oci::Document& image, resource::Metadata details) const {
  // Who watches a tag with a public key never sees it without its signature.
  sign(image.descriptor());
  move_tags(tags_.in_order, image, repository_.pusher(), stop_);
  for (const auto& tag : tags_.in_order)
    resource::log("pushed " + repository_.name().text() + ":" + tag.text() + "@" + image.digest.text() + "\n");
  resource::Metadata metadata = {{"repository", repository_.name().text()}, {"tags", joined(tags_.in_order)}};
  for (auto& detail : details) metadata.push_back(std::move(detail));
  return resource::step_reply({tags_.reported.text(), image.digest.text(), source_.detect_rollbacks ? now() : ""},
                              metadata);
}

std::string push_prebuilt(const Put& put, const remote::Repository& repository, const resource::PutParams& params,
                          const std::filesystem::path& inputs, const std::optional<recipe::Policy>& policy,
                          std::stop_token stop) {
  Prebuilt image(inputs, params.image, stop);
  if (policy) check_prebuilt(*policy, image);
  term::TransferProgress progress([](std::string_view text) { resource::log(text); });
  push_image(image, repository.pusher(), progress, stop);
  return put.finish(image.root(), {{"size", base::human_bytes(image_bytes(image))}});
}

}  // namespace out
