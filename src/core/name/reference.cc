#include "core/name/reference.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"

namespace name {
namespace {

// distribution's own limit for host and path together; the specification recommends it to clients.
constexpr std::size_t max_name = 255;
// Room for a name, a tag and a sha512 digest.
constexpr std::size_t max_reference = 600;

bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*
bool valid_component(std::string_view text) {
  if (text.empty() || !lower_or_digit(text.front()) || !lower_or_digit(text.back())) return false;
  for (std::size_t i = 0; i < text.size();) {
    if (lower_or_digit(text[i])) {
      ++i;
      continue;
    }
    auto end = i;
    while (!lower_or_digit(text[end])) ++end;  // the last character is one
    auto separator = text.substr(i, end - i);
    if (separator != "." && separator != "_" && separator != "__" &&
        separator.find_first_not_of('-') != std::string_view::npos)
      return false;
    i = end;
  }
  return true;
}

base::Error bad_repository(std::string_view text, std::string_view problem) {
  return base::Error(base::Kind::invalid, "repository " + base::quoted(text) + " " + std::string(problem));
}

void check_path(std::string_view path, std::string_view shown) {
  for (auto component : base::split(path, '/')) {
    if (valid_component(component)) continue;
    if (component.empty()) throw bad_repository(shown, "has an empty part");
    base::Error error = bad_repository(shown, "has the invalid part " + base::quoted(component));
    if (std::any_of(component.begin(), component.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
      error.fix("repository names are lower case: " + base::quoted(base::lower(shown)));
    else
      error.fix("parts are lower-case letters and digits, joined by '.', '_', '__' or dashes");
    throw error;
  }
}

bool names_registry(std::string_view first) {
  return first == "localhost" || first.find_first_of(".:") != std::string_view::npos;
}

}  // namespace

Repository Repository::make(Registry registry, std::string_view path) {
  if (path.empty()) throw base::Error(base::Kind::invalid, "the repository's name is empty");
  std::string shown = registry.text() + "/" + std::string(path.substr(0, max_name));
  if (registry.text().size() + 1 + path.size() > max_name)
    throw bad_repository(shown, "has " + std::to_string(registry.text().size() + 1 + path.size()) +
                                    " characters, at most " + std::to_string(max_name) + " are allowed");
  check_path(path, path);
  return Repository(std::move(registry), std::string(path));
}

Repository Repository::parse(std::string_view text) {
  if (text.empty()) throw base::Error(base::Kind::invalid, "the repository's name is empty");
  if (text.find("://") != std::string_view::npos)
    throw bad_repository(text, "has a scheme").fix("leave out " + base::quoted(text.substr(0, text.find("://") + 3)));
  if (text.find('@') != std::string_view::npos)
    throw bad_repository(text, "has a digest").fix("give the repository alone");
  auto slash = text.find('/');
  if (slash == std::string_view::npos || !names_registry(text.substr(0, slash))) {
    auto colon = text.find(':');
    if (colon != std::string_view::npos)
      throw bad_repository(text, "has a tag")
          .fix("give the tag " + base::quoted(text.substr(colon + 1)) + " in a field of its own");
    bool official = slash == std::string_view::npos;
    check_path(text, text);
    return make(Registry::docker_hub(), official ? "library/" + std::string(text) : std::string(text));
  }
  auto path = text.substr(slash + 1);
  auto colon = path.find(':');
  if (colon != std::string_view::npos)
    throw bad_repository(text, "has a tag")
        .fix("give the tag " + base::quoted(path.substr(colon + 1)) + " in a field of its own");
  auto registry = Registry::parse(text.substr(0, slash));
  // docker.io/ubuntu is what people write for docker.io/library/ubuntu.
  if (registry.is_docker_hub() && !path.empty() && path.find('/') == std::string_view::npos)
    return make(std::move(registry), "library/" + std::string(path));
  return make(std::move(registry), path);
}

std::string Repository::text() const { return registry_.text() + "/" + path_; }

bool Tag::valid(std::string_view text) {
  auto word = [](char c) { return lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !text.empty() && text.size() <= 128 && word(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return word(c) || c == '.' || c == '-'; });
}

Tag Tag::parse(std::string_view text) {
  if (text.empty()) throw base::Error(base::Kind::invalid, "the tag is empty");
  if (text.size() > 128)
    throw base::Error(base::Kind::invalid, "tag " + base::quoted(text, 40) + " has " + std::to_string(text.size()) +
                                               " characters, at most 128 are allowed");
  if (!valid(text))
    throw base::Error(base::Kind::invalid, "tag " + base::quoted(text) + " is not valid")
        .fix("letters, digits, '_', '.' and '-', not beginning with '.' or '-'");
  return Tag(std::string(text));
}

bool is_fallback_tag(std::string_view tag) {
  constexpr std::string_view prefix = "sha256-";
  if (!tag.starts_with(prefix) || tag.size() < prefix.size() + 64) return false;
  auto hex = tag.substr(prefix.size(), 64), suffix = tag.substr(prefix.size() + 64);
  return std::all_of(hex.begin(), hex.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }) &&
         (suffix.empty() || suffix == ".sig" || suffix == ".att" || suffix == ".sbom");
}

Reference::Reference(Repository repository, Tag tag) : repository_(std::move(repository)), tag_(std::move(tag)) {}
Reference::Reference(Repository repository, base::Digest digest)
    : repository_(std::move(repository)), digest_(std::move(digest)) {}
Reference::Reference(Repository repository, Tag tag, base::Digest digest)
    : repository_(std::move(repository)), tag_(std::move(tag)), digest_(std::move(digest)) {}

Reference Reference::parse(std::string_view text) {
  if (text.size() > max_reference)
    throw base::Error(base::Kind::invalid, "reference " + base::quoted(text, 60) + " has " +
                                               std::to_string(text.size()) + " characters, at most " +
                                               std::to_string(max_reference) + " are allowed");
  std::optional<base::Digest> digest;
  auto rest = text;
  if (auto at = text.find('@'); at != std::string_view::npos) {
    digest = base::Digest::parse(text.substr(at + 1));
    rest = text.substr(0, at);
  }
  std::optional<Tag> tag;
  auto colon = rest.rfind(':');
  // A colon before the last slash belongs to a port.
  if (colon != std::string_view::npos && rest.find('/', colon) == std::string_view::npos) {
    tag = Tag::parse(rest.substr(colon + 1));
    rest = rest.substr(0, colon);
  }
  if (!tag && !digest) tag = Tag::parse("latest");
  Reference reference(Repository::parse(rest), Tag::parse("latest"));
  reference.tag_ = std::move(tag);
  reference.digest_ = std::move(digest);
  return reference;
}

std::string Reference::identifier() const { return digest_ ? digest_->text() : tag_->text(); }

std::string Reference::text() const {
  return repository_.text() + (tag_ ? ":" + tag_->text() : "") + (digest_ ? "@" + digest_->text() : "");
}

Reference Reference::with_digest(base::Digest digest) const {
  Reference out = *this;
  out.digest_ = std::move(digest);
  return out;
}

}  // namespace name
