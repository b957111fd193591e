#include "core/base/text.h"
#include "core/name/reference.h"
#include "core/recipe/decode.h"
#include "core/recipe/syntax.h"

namespace recipe {
namespace {

/// A member's name: archives differ in what stands in front of it.
std::string member_path(std::string_view text) {
  while (text.starts_with('/')) text.remove_prefix(1);
  return syntax::relative_path(text);
}

/// Decodes one from_… block into `file`.
class OriginDecoder {
 public:
  OriginDecoder(Reader& reader, File& file) : reader_(reader), file_(file) {}

  void decode(std::string_view type) {
    file_.origin_range = reader_.range();
    auto canonical = [](std::string_view text) { return name::Reference::parse(text).text(); };
    if (type == "from_step") {
      file_.origin = FromStep{reader_.label(), 0, path(syntax::absolute_path)};
    } else if (type == "from_tarball") {
      file_.origin = FromTarball{reader_.normal(reader_.label(), syntax::relative_path), 0, path(member_path)};
    } else if (type == "from_context") {
      file_.origin = FromContext{path(syntax::relative_path)};
      file_.provenance = decode_vcs(reader_);
    } else if (type == "from_image") {
      file_.origin = FromImage{reader_.normal(reader_.label(), canonical), path(syntax::absolute_path)};
      file_.provenance = decode_vcs(reader_);
    } else if (type == "from_git") {
      git();
    } else if (type == "from_url") {
      file_.origin = FromUrl{reader_.normal(reader_.label(), syntax::http_uri),
                             reader_.normal(reader_.required_text("digest"), syntax::sha256_digest)};
      file_.provenance = decode_vcs(reader_);
      if (file_.directory) reader_.error(reader_.range(), "a download is one file, the destination is a directory");
    } else if (type == "from_package") {
      FromPackage package{reader_.normal(reader_.label(), syntax::package_name), {}, {}, path(syntax::absolute_path)};
      if (const auto version = reader_.text("version")) {
        package.version = reader_.normal(*version, syntax::package_version);
      }
      if (const auto image = reader_.text("image")) package.image = reader_.normal(*image, canonical);
      file_.origin = std::move(package);
    }
  }

 private:
  template <class Clean>
  Text path(Clean&& clean) {
    const Text written = reader_.required_text("path");
    Text path = reader_.normal(written, clean);
    const bool directory = path.value == "." || path.value == "/" || written.value.ends_with('/');
    if (!path.value.empty() && directory && !file_.directory) {
      reader_.error(written.range, base::quoted(written.value) + " is a directory, the destination is a file",
                    "end the destination with '/' to copy a directory");
    }
    return path;
  }

  void git() {
    const Text repository = decode_repository(reader_, reader_.label());
    const Text ref = decode_ref(reader_);
    file_.origin = FromGit{repository, ref, path(syntax::relative_path)};
    file_.provenance = Vcs{{"git", reader_.range()}, repository, ref, reader_.range()};
  }

  Reader& reader_;
  File& file_;
};

}  // namespace

File decode_file(Reader& reader) {
  File file;
  file.range = reader.range();
  const Text label = reader.label();
  file.directory = label.value.ends_with('/');
  file.destination = reader.normal(label, syntax::absolute_path);
  reader.choice([&](std::string_view type, Reader& origin) { OriginDecoder(origin, file).decode(type); });
  if (const auto mode = reader.text("mode")) {
    if (const auto bits = reader.parsed(*mode, syntax::file_mode)) file.mode = {*bits, mode->range};
    // Who may read a directory but not search it sees names and reaches nothing.
    if (file.directory && file.mode && (file.mode->value >> 2 & 0111 & ~file.mode->value) != 0) {
      reader.error(mode->range, "mode " + base::quoted(mode->value) + " would close the directories below",
                   "it is that of files and directories: give x wherever there is r, or leave it out");
    }
  }
  if (const auto owner = reader.text("owner")) {
    if (auto parsed = reader.parsed(*owner, syntax::owner)) file.owner = {std::move(*parsed), owner->range};
  }
  return file;
}

}  // namespace recipe
