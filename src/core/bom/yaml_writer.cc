#include "core/bom/yaml_writer.h"

#include <cstdio>

#include "core/bom/yaml_scalar.h"

namespace bom {
namespace {

/// Lines of YAML in the announcement's layout: a mapping's keys four columns deeper than its own key, a list's dashes
/// two, the keys of an item four.
class Lines {
 public:
  void text(std::string_view key, std::string_view value) { line(key, yaml_scalar(value)); }
  void quoted(std::string_view key, std::string_view value) { line(key, yaml_quoted(value)); }
  void raw(std::string_view key, std::string_view value) { line(key, value); }

  template <class Body>
  void mapping(std::string_view key, Body&& body) {
    line(std::string(key) + ":");
    indent_ += 4;
    body();
    indent_ -= 4;
  }

  /// A list of mappings; `body` writes the keys of one.
  template <class Item, class Body>
  void list(std::string_view key, const std::vector<Item>& items, Body&& body) {
    line(std::string(key) + (items.empty() ? ": []" : ":"));
    indent_ += 4;
    for (const Item& item : items) {
      dash_ = true;
      body(item);
    }
    indent_ -= 4;
  }

  void texts(std::string_view key, const std::vector<std::string>& items) {
    list(key, items, [&](const std::string& item) { line(yaml_scalar(item)); });
  }

  std::string take() { return std::move(out_); }

 private:
  void line(std::string_view key, std::string_view value) {
    out_.append(dash_ ? indent_ - 2 : indent_, ' ').append(dash_ ? "- " : "");
    out_.append(key).append(": ").append(value).append("\n");
    dash_ = false;
  }
  void line(std::string_view content) {
    out_.append(dash_ ? indent_ - 2 : indent_, ' ').append(dash_ ? "- " : "").append(content).append("\n");
    dash_ = false;
  }

  std::string out_;
  std::size_t indent_ = 0;
  bool dash_ = false;  // the next line begins a list item
};

/// Writes a bill and notes whether it needed more than the announcement's keys.
class Writer {
 public:
  std::string write(const Bill& bill);

 private:
  void base_image(const BaseImage& base);
  void changeset(const Changeset& changeset);
  void file(const File& file);
  void package(const Package& package, bool changed);
  void removed(const Removed& removed);
  void image(const Image& image);
  void apt(const Apt& apt);
  void repository(const Repository& repository);
  void coverage(const Coverage& coverage);
  void key(const Key& key);
  void git(const Git& git);
  void location(const Location& location);
  void source(const Source& source);
  void origin(const Origin& origin);

  void source_names(std::string_view name, const std::vector<deb::SourceName>& sources) {
    lines_.list(name, sources, [&](const deb::SourceName& source) {
      lines_.text("name", source.name);
      lines_.text("version", source.version);
    });
  }

  /// Runs `body` for a key that the announcement does not have, unless there is nothing to write.
  template <class Body>
  void addition(bool present, Body&& body) {
    if (!present) return;
    additions_ = true;
    body();
  }
  void added_text(std::string_view name, const std::string& value) {
    addition(!value.empty(), [&] { lines_.text(name, value); });
  }
  void added_texts(std::string_view name, const std::vector<std::string>& values) {
    addition(!values.empty(), [&] { lines_.texts(name, values); });
  }
  void added_number(std::string_view name, const auto& value) {
    addition(value.has_value(), [&] { lines_.raw(name, std::to_string(*value)); });
  }

  Lines lines_;
  bool additions_ = false;
};

std::string Writer::write(const Bill& bill) {
  base_image(bill.base_image);
  changeset(bill.changeset);
  addition(!bill.image.empty(), [&] { image(bill.image); });
  addition(!bill.apt.empty(), [&] { apt(bill.apt); });
  addition(bill.coverage.has_value(), [&] { coverage(*bill.coverage); });
  addition(!bill.licenses.empty(), [&] {
    lines_.list("licenses", bill.licenses, [&](const LicenseText& license) {
      lines_.text("id", license.id);
      lines_.quoted("text", license.text);
    });
  });
  Lines head;
  head.text("product_name", bill.product_name);
  head.quoted("protocol", additions_ ? protocol : seed_protocol);
  return head.take() + lines_.take();
}

void Writer::base_image(const BaseImage& base) {
  lines_.mapping("base_image", [&] {
    lines_.text("canonical_name", base.canonical_name);
    lines_.text("os", base.os);
    lines_.text("version", base.version);
    lines_.text("codename", base.codename);
    lines_.list("packages", base.packages, [&](const Package& one) { package(one, false); });
    added_text("manifest_digest", base.manifest_digest);
  });
}

void Writer::changeset(const Changeset& changeset) {
  lines_.mapping("changeset", [&] {
    lines_.list("files", changeset.files, [&](const File& one) { file(one); });
    lines_.list("packages", changeset.packages, [&](const Package& one) { package(one, true); });
    addition(!changeset.removed.empty(), [&] { removed(changeset.removed); });
  });
}

void Writer::file(const File& file) {
  lines_.text("path", file.path);
  lines_.quoted("digest", file.digest);
  if (file.source) lines_.mapping("source", [&] { git(*file.source); });
  addition(file.mode.has_value(), [&] {
    char octal[16];
    std::snprintf(octal, sizeof octal, "%04o", *file.mode);
    lines_.quoted("mode", octal);
  });
  addition(file.origin.index() != 0, [&] { lines_.mapping("origin", [&] { origin(file.origin); }); });
}

void Writer::origin(const Origin& origin) {
  if (auto* tarball = std::get_if<TarballOrigin>(&origin)) {
    lines_.text("tarball", tarball->tarball);
    lines_.text("digest", tarball->digest);
    lines_.text("member", tarball->member);
  } else if (auto* step = std::get_if<StepOrigin>(&origin)) {
    lines_.text("step", step->step);
    lines_.text("dockerfile", step->dockerfile);
    lines_.text("dockerfile_digest", step->dockerfile_digest);
    lines_.text("target", step->target);
    lines_.text("path", step->path);
  } else if (auto* image = std::get_if<ImageOrigin>(&origin)) {
    lines_.text("image", image->image);
    lines_.text("path", image->path);
  } else if (auto* url = std::get_if<UrlOrigin>(&origin)) {
    lines_.text("uri", url->uri);
    lines_.text("digest", url->digest);
  } else if (auto* package = std::get_if<PackageOrigin>(&origin)) {
    lines_.text("package", package->package);
    lines_.text("version", package->version);
    lines_.text("architecture", package->architecture);
    lines_.text("path", package->path);
  } else if (auto* context = std::get_if<ContextOrigin>(&origin)) {
    lines_.text("path", context->path);
  }
}

void Writer::package(const Package& package, bool changed) {
  lines_.text("name", package.name);
  lines_.text("version", package.version);
  lines_.text("source_package", package.source_package);
  lines_.text("architecture", package.architecture);
  // The announcement's base packages have neither; in ours they are additions where the archive still knows them.
  if (package.location) lines_.mapping("location", [&] { location(*package.location); });
  if (changed || !package.sources.empty())
    lines_.list("sources", package.sources, [&](const Source& one) { source(one); });
  if (!changed && (package.location || !package.sources.empty())) additions_ = true;
  addition(!package.source.name.empty(), [&] {
    lines_.mapping("source", [&] {
      lines_.text("name", package.source.name);
      lines_.text("version", package.source.version);
    });
  });
  added_text("state", package.state);
  added_text("replaces", package.replaces);
  addition(package.requested.has_value(), [&] { lines_.raw("requested", *package.requested ? "true" : "false"); });
  added_texts("requested_by", package.requested_by);
  addition(!package.built_using.empty(), [&] { source_names("built_using", package.built_using); });
  added_text("license", package.license);
}

void Writer::location(const Location& location) {
  lines_.text("uri", location.uri);
  lines_.text("digest", location.digest);
  lines_.text("name", location.name);
  added_number("size", location.size);
  addition(!location.sha1.empty(), [&] { lines_.quoted("sha1", location.sha1); });
  added_number("repository", location.repository);
}

void Writer::source(const Source& source) {
  if (auto* vcs = std::get_if<Git>(&source)) return git(*vcs);
  const auto& file = std::get<SourceFile>(source);
  lines_.text("uri", file.uri);
  lines_.text("digest", file.digest);
  lines_.text("name", file.name);
  added_number("size", file.size);
}

void Writer::git(const Git& git) {
  lines_.mapping("git", [&] {
    lines_.text("repository_uri", git.repository_uri);
    lines_.text("ref", git.ref);
  });
}

void Writer::removed(const Removed& removed) {
  lines_.mapping("removed", [&] {
    lines_.list("packages", removed.packages, [&](const Package& one) { package(one, false); });
    lines_.texts("paths", removed.paths);
    added_texts("fresh", removed.fresh);
  });
}

void Writer::image(const Image& image) {
  lines_.mapping("image", [&] {
    if (!image.digest.empty()) lines_.text("digest", image.digest);
    if (!image.platform.empty()) lines_.text("platform", image.platform);
    if (!image.created.empty()) lines_.text("created", image.created);
  });
}

void Writer::apt(const Apt& apt) {
  lines_.mapping("apt", [&] {
    lines_.list("repositories", apt.repositories, [&](const Repository& one) { repository(one); });
    lines_.list("keys", apt.keys, [&](const Key& one) { key(one); });
  });
}

void Writer::repository(const Repository& repository) {
  lines_.text("uri", repository.uri);
  lines_.text("suite", repository.suite);
  lines_.texts("components", repository.components);
  added_text("codename", repository.codename);
  added_text("date", repository.date);
  added_text("valid_until", repository.valid_until);
  added_text("in_release_digest", repository.in_release_digest);
  added_texts("signatures", repository.signatures);
  addition(!repository.indexes.empty(), [&] {
    lines_.list("indexes", repository.indexes, [&](const RepositoryIndex& index) {
      lines_.text("path", index.path);
      lines_.raw("size", std::to_string(index.size));
      lines_.text("digest", index.digest);
    });
  });
}

void Writer::coverage(const Coverage& coverage) {
  lines_.mapping("coverage", [&] {
    lines_.raw("paths", std::to_string(coverage.paths));
    lines_.raw("changed", std::to_string(coverage.changed));
    lines_.raw("explained", std::to_string(coverage.paths - coverage.residue.size() - coverage.unexplained.size()));
    lines_.raw("verified", std::to_string(coverage.verified));
    lines_.raw("observed", coverage.observed ? "true" : "false");
    lines_.list("by_kind", coverage.kinds, [&](const Coverage::Kind& kind) {
      lines_.text("kind", kind.name);
      lines_.raw("paths", std::to_string(kind.paths));
      lines_.raw("changed", std::to_string(kind.changed));
    });
    lines_.texts("unexplained", coverage.unexplained);
    added_texts("altered", coverage.altered);
    added_texts("set_id", coverage.set_id);
    added_texts("residue", coverage.residue);
    addition(!coverage.generated.empty(), [&] {
      lines_.list("generated", coverage.generated, [&](const Coverage::Generated& one) {
        lines_.text("path", one.path);
        added_texts("by", one.by);
      });
    });
  });
}

void Writer::key(const Key& key) {
  lines_.text("name", key.name);
  added_text("uri", key.uri);
  added_text("digest", key.digest);
  added_texts("fingerprints", key.fingerprints);
  added_texts("user_ids", key.user_ids);
}

}  // namespace

std::string to_yaml(const Bill& bill) { return Writer().write(bill); }

}  // namespace bom
