#include "cli/reproduce.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/bom.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "core/archive/byte_source.h"
#include "core/base/error.h"
#include "core/base/temporary_directory.h"
#include "core/base/text.h"
#include "core/bom/verify.h"
#include "core/oci/config.h"

namespace cli {
namespace {

void print(std::ostream& out, const std::vector<std::string>& findings) {
  for (const auto& line : findings) out << "  " << line << "\n";
}

struct VerifyArguments : BuildArguments {
  std::string image;
  BillLookup lookup;
};

/// The image as the registry has it; layers are fetched into `directory` when they are opened.
ImageParts pushed_image(const FoundImage& found, const in::Image& image, const std::filesystem::path& directory) {
  return {image.document, image.config_bytes, [&found, directory](const oci::Descriptor& layer) {
            const auto file = directory / std::string(layer.digest.hex());
            base::Fd to = base::create_file(file);
            found.repository->puller().blob(
                layer, [&](std::span<const std::byte> piece) { base::write_all(to.get(), piece, file.string()); });
            return std::make_unique<archive::FileSource>(base::open_read(file), "layer " + layer.digest.text());
          }};
}

int verify(VerifyArguments arguments, Streams& streams) {
  Interrupt interrupt;
  if (!arguments.file_given)
    arguments.recipe.file = (std::filesystem::path(arguments.context) / "estaleiro.hcl").lexically_normal().string();
  auto file = arguments.recipe.read(streams);
  bom::Bill bill = load_bill(arguments.image, arguments.lookup);
  if (!bill.image.platform.empty()) arguments.lookup.platform = bill.image.platform;
  const FoundImage found = find_image(arguments.image, arguments.lookup);
  const in::Image image = found.image();
  arguments.bill_label = image.config.labels.contains(bom::digest_label);
  arguments.platform = found.platform.text();

  base::TemporaryDirectory directory("estaleiro-verify");
  auto locks = lock_to(std::move(bill), found.source.repository, arguments.lookup.insecure);
  locks.same_files = false;
  BuildJob job(arguments, file, streams, interrupt.token());
  BuildJob::Run run;
  try {
    run = job.run({layout_export(directory.path() / "built")}, locks);
  } catch (const base::Error&) {
    if (interrupt.received() != 0) return 128 + interrupt.received();
    throw;
  }
  const ImageParts pushed = pushed_image(found, image, directory.path()),
                   built = layout_image(directory.path() / "built", found.platform);
  const auto comparison = compare_images(pushed, built, owners_of(run.made.built.begin()->second));
  const std::string name = base::printable(arguments.image);
  if (comparison.same_digest) {
    streams.out << name << " is what its bill says: built again it has the same digest, "
                << built.manifest.digest.text() << "\n";
  } else if (comparison.same_content) {
    streams.out << name << " is what its bill says: built again it has the same content, compressed by this engine in "
                << "another way (" << pushed.manifest.digest.text() << ", then " << built.manifest.digest.text()
                << ")\n";
    print(streams.out, comparison.findings);
  } else {
    streams.out << name << " is not what its bill says: it has the digest " << pushed.manifest.digest.text()
                << ", built again " << built.manifest.digest.text() << "\n";
    print(streams.out, comparison.findings);
  }
  return comparison.same_content ? exit_ok : exit_failed;
}

}  // namespace

Reproduced build_twice(BuildJob& job, std::vector<buildkit::Export> exports, const Locks& locks, Streams& streams) {
  base::TemporaryDirectory directory("estaleiro-twice");
  const auto first = directory.path() / "first", second = directory.path() / "second";
  exports.push_back(layout_export(first));
  Reproduced out{job.run(exports, locks), true};
  // The archives may move on between the two: what the first build took, the second takes too.
  Locks same;
  same.directory = std::make_shared<const base::TemporaryDirectory>("estaleiro-kept");
  same.kept = locks.kept;
  same.same_files = false;
  for (const auto& [platform, built] : out.first.made.built) same.bills.push_back(built.bill);
  streams.err << "building a second time, without the cache\n";
  job.run({layout_export(second)}, same, BuildJob::Cache::ignored);
  for (const auto& [text, built] : out.first.made.built) {
    const auto platform = name::Platform::parse(text);
    const auto comparison =
        compare_images(layout_image(first, platform), layout_image(second, platform), owners_of(built));
    out.same = out.same && comparison.same_digest;
    streams.err << (comparison.same_digest ? "reproducible: both builds gave the same image for "
                                           : "not reproducible: two builds gave two images for ")
                << text << "\n";
    print(streams.err, comparison.findings);
  }
  return out;
}

void add_verify(CLI::App& bom, Streams& streams, Action& action) {
  auto arguments = std::make_shared<VerifyArguments>();
  VerifyArguments& a = *arguments;
  CLI::App* command = bom.add_subcommand(
      "verify", "Builds an image again from its bill, and says whether it is the same or which path is not");
  command->add_option("image", a.image, "registry.example/team/app:1.0 or …@sha256:…")->required();
  command->add_option("context", a.context, "The build context, a directory")->capture_default_str();
  a.add_to(*command);
  command->add_flag("--insecure", a.lookup.insecure, "Permits http");
  command->add_option("--platform", a.lookup.platform, "Of an index, linux/arm64 for example; this machine's");
  command->callback([arguments, command, &streams, &action] {
    arguments->file_given = command->count("--file") > 0;
    action = [arguments, &streams] { return verify(*arguments, streams); };
  });
}

}  // namespace cli
