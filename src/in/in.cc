#include "in/in.h"

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"
#include "core/remote/repository.h"
#include "core/remote/signature.h"
#include "core/term/transfer_progress.h"
#include "in/bill.h"
#include "in/formats.h"
#include "in/image.h"
#include "in/metadata.h"

namespace in {
namespace {

namespace fs = std::filesystem;

/// params.platform replaces source.platform as a whole; without either this machine's.
name::Platform wanted_platform(const resource::InRequest& request) {
  const auto& choice = request.params.platform ? request.params.platform : request.source.platform;
  return choice ? name::Platform::make(choice->os, choice->architecture) : name::Platform::host();
}

/// As the user wrote it, with the registry's host in front where the source's other fields name the registry (ECR).
std::string repository_text(const resource::Source& source, const remote::Repository& repository) {
  return source.aws.region.empty() ? source.repository : repository.name().text();
}

json::Ordered list_or_null(const std::optional<std::vector<std::string>>& list) {
  return list ? json::Ordered(*list) : json::Ordered(nullptr);
}

/// What Concourse runs containers of this image with (concourse: "implementing a resource type", fetched images).
void write_container_metadata(const oci::ImageConfig& config, const fs::path& destination) {
  json::Ordered out;
  out["env"] = config.env;
  out["user"] = config.user;
  out["entrypoint"] = list_or_null(config.entrypoint);
  out["cmd"] = list_or_null(config.cmd);
  base::write_file(destination / "metadata.json", json::write(out) + "\n");
}

void write_labels(const oci::ImageConfig& config, const fs::path& destination) {
  json::Ordered out = json::Ordered::object();
  for (const auto& [key, value] : config.labels) out[key] = value;
  base::write_file(destination / "labels.json", json::write(out) + "\n");
}

}  // namespace

std::string run(const resource::Call& call) {
  if (call.arguments.empty())
    throw base::Error(base::Kind::invalid, "the destination is missing")
        .fix("run as Concourse does: in DIRECTORY < request.json");
  const fs::path destination = call.arguments[0];
  const auto request = resource::decode_in(call.request);
  const auto& [source, version, params] = request;
  auto digest = base::Digest::parse(version.digest);
  auto platform = wanted_platform(request);
  std::string tag = version.tag.empty() ? "latest" : version.tag;
  bool regex = !source.label_regex.empty() || !source.annotation_regex.empty();
  // A pattern that is none is said to be before anything is fetched.
  matching({}, source.label_regex, "source.label_regex");
  matching({}, source.annotation_regex, "source.annotation_regex");

  std::error_code failure;
  fs::create_directories(destination, failure);
  if (failure) throw base::errno_error("create '" + destination.string() + "'", failure.value());
  remote::Repository repository(
      source, [](std::string_view line) { resource::log(std::string(line) + "\n"); }, call.stop);
  term::TransferProgress progress([](std::string_view text) { resource::log(text); });
  Line line{repository.puller(), progress, call.stop};
  std::string shown = repository_text(source, repository);
  progress.line("fetching " + shown + "@" + digest.text());

  if (!source.cosign.public_key.empty())
    remote::require_signature(line.puller, digest, sign::PublicKey::parse(source.cosign.public_key), call.stop);
  auto document = fetch_document(line.puller, digest, call.stop);
  std::optional<Image> fetched;
  auto image = [&]() -> const Image& {
    if (!fetched) fetched = fetch_image(line.puller, document, platform, call.stop);
    return *fetched;
  };
  bool download = !params.skip_download && params.bom != "only";
  // What this step cannot be without is asked for before anything large is fetched.
  if (regex || (download && (params.format != "oci-layout" || params.platform))) image();
  BillFetch bill(line, request, document, image);
  bill.look_beside();

  fs::path rootfs;
  if (download && params.format == "rootfs") {
    rootfs = destination / "rootfs";
    write_rootfs(line, image(), destination);
    write_container_metadata(image().config, destination);
    write_labels(image().config, destination);
  } else if (download && params.format == "oci") {
    write_docker_archive(line, image(), shown + ":" + tag, destination);
    write_labels(image().config, destination);
  } else if (download) {
    // The whole index, as registry-image stores it whatever the source's platform; one platform if the step says so.
    write_layout(line, params.platform ? image().document : document, destination);
  }
  bill.look_inside(rootfs, destination);
  bill.write(destination);
  base::write_file(destination / "repository", shown);
  base::write_file(destination / "tag", version.tag);
  base::write_file(destination / "digest", version.digest);
  if (!version.drift.empty()) base::write_file(destination / "drift", version.drift);

  resource::Metadata metadata{{"repository", shown}, {"tag", version.tag}};
  if (!version.drift.empty()) metadata.emplace_back("drift", version.drift);
  if (!source.label_regex.empty())
    for (auto& field : matching(image().config.labels, source.label_regex, "source.label_regex"))
      metadata.push_back(std::move(field));
  if (!source.annotation_regex.empty())
    for (auto& field : matching(image().manifest.annotations, source.annotation_regex, "source.annotation_regex"))
      metadata.push_back(std::move(field));
  return resource::step_reply(version, metadata);
}

}  // namespace in
