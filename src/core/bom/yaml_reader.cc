#include "core/bom/yaml_reader.h"

#include <charconv>
#include <limits>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/bom/yaml_tree.h"

namespace bom {
namespace {

using Kind = YamlNode::Kind;

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "empty";
    case Kind::scalar:
      return "a text";
    case Kind::list:
      return "a list";
    case Kind::mapping:
      return "a mapping";
  }
  return "";
}

/// A node and the path that leads to it: "changeset.packages[3].location". Empty values count as absent.
class Value {
 public:
  Value(const YamlNode* node, std::string path) : node_(node), path_(std::move(path)) {
    if (node_ && node_->kind == Kind::null) node_ = nullptr;
  }

  explicit operator bool() const { return node_ != nullptr; }
  bool is_mapping() const { return node_ && node_->kind == Kind::mapping; }

  base::Error problem(const std::string& text) const {
    return base::Error(base::Kind::invalid, (path_.empty() ? "the bill" : path_) + " " + text +
                                                (node_ ? " (line " + std::to_string(node_->line) + ")" : ""));
  }

  Value operator[](std::string_view key) const {
    std::string path = path_.empty() ? std::string(key) : path_ + "." + std::string(key);
    if (!node_) return {nullptr, std::move(path)};
    want(Kind::mapping);
    for (std::size_t i = 0; i + 1 < node_->items.size(); i += 2)
      if (node_->items[i].text == key) return {&node_->items[i + 1], std::move(path)};
    return {nullptr, std::move(path)};
  }

  Value required(std::string_view key) const {
    Value value = (*this)[key];
    if (!value) throw value.problem("is missing");
    return value;
  }

  /// "" when absent. An unquoted number is the text that it was written as.
  std::string text() const {
    if (!node_) return "";
    want(Kind::scalar);
    return node_->text;
  }

  std::vector<std::string> texts() const {
    std::vector<std::string> out;
    each([&](const Value& item) { out.push_back(item.text()); });
    return out;
  }

  template <class Number>
  std::optional<Number> number(Number max = std::numeric_limits<Number>::max(), int base = 10) const {
    if (!node_) return std::nullopt;
    std::string digits = text();
    Number value{};
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (error != std::errc() || end != digits.data() + digits.size() || value > max)
      throw problem("is " + base::quoted(digits, 40) + ", a number is wanted");
    return value;
  }

  std::optional<bool> boolean() const {
    if (!node_) return std::nullopt;
    std::string word = text();
    if (word != "true" && word != "false") throw problem("is " + base::quoted(word, 40) + ", true or false is wanted");
    return word == "true";
  }

  /// A digest, or "" when absent or empty.
  std::string digest() const {
    std::string value = text();
    // The announcement's sample calls the sha256 of source files "md5".
    if (value.starts_with("md5:") && value.size() == 4 + 64) value.replace(0, 3, "sha256");
    if (!value.empty() && !valid_digest(value))
      throw problem("is " + base::quoted(value, 100) + ", a digest like 'sha256:…' is wanted");
    return value;
  }

  template <class Body>
  void each(Body&& body) const {
    if (!node_) return;
    want(Kind::list);
    std::size_t index = 0;
    for (const YamlNode& item : node_->items) {
      Value value(&item, path_ + "[" + std::to_string(index++) + "]");
      if (!value) throw Value(nullptr, value.path_).problem("is empty");
      body(value);
    }
  }

 private:
  void want(Kind kind) const {
    if (node_->kind != kind)
      throw problem("is " + std::string(kind_name(node_->kind)) + ", " + std::string(kind_name(kind)) + " is wanted");
  }

  const YamlNode* node_;
  std::string path_;
};

Git read_git(const Value& git) { return {git.required("repository_uri").text(), git.required("ref").text()}; }

/// The original's later bills put a file's fields below this key.
Value unwrap(const Value& value) {
  Value inner = value["external_resource"];
  return inner ? inner : value;
}

std::optional<Location> read_location(const Value& value) {
  if (!value) return std::nullopt;
  Value inner = unwrap(value);
  Location location;
  location.uri = inner["uri"].text();
  location.name = inner["name"].text();
  // The original writes an empty one, digest "md5:" included, where it knows none.
  if (location.uri.empty() && location.name.empty()) return std::nullopt;
  inner.required("uri");
  location.digest = inner.required("digest").digest();
  location.size = inner["size"].number<std::uint64_t>();
  location.sha1 = inner["sha1"].text();
  if (!location.sha1.empty() && !valid_digest("sha1:" + location.sha1))
    throw inner["sha1"].problem("is " + base::quoted(location.sha1, 60) + ", 40 hex digits are wanted");
  location.repository = inner["repository"].number<std::size_t>();
  return location;
}

Source read_source(const Value& value) {
  if (Value git = value["git"]) return read_git(git);
  Value inner = unwrap(value);
  SourceFile file;
  file.uri = inner.required("uri").text();
  file.digest = inner.required("digest").digest();
  file.name = inner["name"].text();
  file.size = inner["size"].number<std::uint64_t>();
  return file;
}

deb::SourceName read_source_name(const Value& value) {
  if (!value) return {};
  return {value.required("name").text(), value["version"].text()};
}

Package read_package(const Value& value) {
  Package package;
  package.name = value.required("name").text();
  package.version = value["version"].text();
  package.source_package = value["source_package"].text();
  package.architecture = value["architecture"].text();
  package.location = read_location(value["location"]);
  value["sources"].each([&](const Value& source) { package.sources.push_back(read_source(source)); });
  package.source = read_source_name(value["source"]);
  package.state = value["state"].text();
  package.replaces = value["replaces"].text();
  package.requested = value["requested"].boolean();
  package.requested_by = value["requested_by"].texts();
  value["built_using"].each([&](const Value& source) { package.built_using.push_back(read_source_name(source)); });
  package.license = value["license"].text();
  return package;
}

std::vector<Package> read_packages(const Value& list) {
  std::vector<Package> out;
  list.each([&](const Value& package) { out.push_back(read_package(package)); });
  return out;
}

Origin read_origin(const Value& value) {
  if (value["tarball"]) return TarballOrigin{value["tarball"].text(), value["digest"].digest(), value["member"].text()};
  if (value["step"])
    return StepOrigin{value["step"].text(), value["dockerfile"].text(), value["dockerfile_digest"].digest(),
                      value["target"].text(), value["path"].text()};
  for (const char* kind : {"context", "image", "git", "url", "package"})
    if (value[kind]) return OtherOrigin{kind, value[kind].text(), value["digest"].digest(), value["path"].text()};
  return {};
}

File read_file(const Value& value) {
  File file;
  file.path = value.required("path").text();
  file.digest = value["digest"].digest();
  if (Value git = value["source"]["git"]) file.source = read_git(git);
  file.mode = value["mode"].number<unsigned>(07777, 8);
  file.origin = read_origin(value["origin"]);
  return file;
}

BaseImage read_base_image(const Value& value) {
  BaseImage base;
  base.canonical_name = value.required("canonical_name").text();
  base.os = value["os"].text();
  base.version = value["version"].text();
  base.codename = value["codename"].text();
  base.packages = read_packages(value["packages"]);
  base.manifest_digest = value["manifest_digest"].digest();
  return base;
}

Changeset read_changeset(const Value& value) {
  Changeset changeset;
  value["files"].each([&](const Value& file) { changeset.files.push_back(read_file(file)); });
  changeset.packages = read_packages(value["packages"]);
  changeset.removed.packages = read_packages(value["removed"]["packages"]);
  changeset.removed.paths = value["removed"]["paths"].texts();
  changeset.removed.fresh = value["removed"]["fresh"].texts();
  return changeset;
}

Repository read_repository(const Value& value) {
  Repository repository;
  repository.uri = value.required("uri").text();
  repository.suite = value.required("suite").text();
  repository.components = value["components"].texts();
  repository.codename = value["codename"].text();
  repository.date = value["date"].text();
  repository.valid_until = value["valid_until"].text();
  repository.in_release_digest = value["in_release_digest"].digest();
  repository.signatures = value["signatures"].texts();
  value["indexes"].each([&](const Value& index) {
    repository.indexes.push_back({index.required("path").text(), index["size"].number<std::uint64_t>().value_or(0),
                                  index.required("digest").digest()});
  });
  return repository;
}

Apt read_apt(const Value& value) {
  Apt apt;
  value["repositories"].each([&](const Value& one) { apt.repositories.push_back(read_repository(one)); });
  value["keys"].each([&](const Value& key) {
    apt.keys.push_back({key["name"].text(), key["uri"].text(), key["digest"].digest(), key["fingerprints"].texts(),
                        key["user_ids"].texts()});
  });
  return apt;
}

std::optional<Coverage> read_coverage(const Value& value) {
  if (!value) return std::nullopt;
  auto count = [](const Value& number) { return number.number<std::uint64_t>().value_or(0); };
  Coverage coverage;
  coverage.paths = count(value.required("paths"));
  coverage.changed = count(value["changed"]);
  coverage.verified = count(value["verified"]);
  coverage.observed = value["observed"].boolean().value_or(false);
  value["by_kind"].each([&](const Value& kind) {
    coverage.kinds.push_back({kind.required("kind").text(), count(kind["paths"]), count(kind["changed"])});
  });
  coverage.unexplained = value["unexplained"].texts();
  coverage.altered = value["altered"].texts();
  coverage.set_id = value["set_id"].texts();
  coverage.residue = value["residue"].texts();
  value["generated"].each([&](const Value& one) {
    coverage.generated.push_back({one.required("path").text(), one["by"].texts()});
  });
  return coverage;
}

void check_protocol(const Value& value) {
  std::string text = value.text();
  if (text.empty() || text.starts_with("v0.")) return;
  throw base::Error(base::Kind::unsupported, "protocol is " + base::quoted(text, 40) + ", v0.x is what can be read")
      .fix("use a newer estaleiro");
}

}  // namespace

Bill read_yaml(std::string_view text, std::string_view what) {
  if (text.size() > max_bill_bytes)
    throw base::Error(base::Kind::invalid, std::string(what) + " has " + base::human_bytes(text.size()) + ", at most " +
                                               base::human_bytes(max_bill_bytes) + " are read");
  YamlNode tree = parse_yaml(text, what, max_bill_nodes);
  return base::within("reading " + std::string(what), [&] {
    Value root(&tree, "");
    if (!root.is_mapping()) throw root.problem("is no mapping");
    Bill bill;
    check_protocol(root["protocol"]);
    bill.protocol = root["protocol"].text();
    bill.product_name = root.required("product_name").text();
    bill.base_image = read_base_image(root.required("base_image"));
    bill.changeset = read_changeset(root.required("changeset"));
    bill.image = {root["image"]["digest"].digest(), root["image"]["platform"].text(), root["image"]["created"].text()};
    bill.apt = read_apt(root["apt"]);
    bill.coverage = read_coverage(root["coverage"]);
    root["licenses"].each([&](const Value& license) {
      bill.licenses.push_back({license.required("id").text(), license["text"].text()});
    });
    return bill;
  });
}

}  // namespace bom
