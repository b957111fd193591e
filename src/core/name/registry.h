#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace name {

/// A registry: host and, if given, port. Docker Hub's other names ("index.docker.io", "registry-1.docker.io") become
/// "docker.io". Checked when made, then trusted.
class Registry {
 public:
  /// "ghcr.io", "localhost:5000", "10.0.0.7:443", "[::1]:5000". No scheme, no path. Throws invalid.
  static Registry parse(std::string_view text);
  static Registry docker_hub();

  /// What goes in front of a repository in a canonical name: "docker.io", "ghcr.io", "localhost:5000".
  const std::string& text() const { return text_; }
  /// Host and port that answer the API: "registry-1.docker.io" for Docker Hub, else the same as text().
  std::string api_host() const;
  /// The key in Docker's config.json: "https://index.docker.io/v1/" for Docker Hub, else the same as text().
  std::string credentials_key() const;

  /// Without port, an IPv6 literal without its brackets.
  std::string host() const;
  std::optional<std::uint16_t> port() const;

  bool is_docker_hub() const;
  /// "localhost", "*.localhost", 127.0.0.0/8, ::1: nobody can listen in, so plain http is fine.
  bool is_loopback() const;
  /// Loopback, or an RFC 1918 address written as digits: http may be tried when https is not spoken there.
  bool is_local() const;

  auto operator<=>(const Registry&) const = default;

 private:
  explicit Registry(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace name
