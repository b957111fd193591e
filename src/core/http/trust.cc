#include "core/http/trust.h"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"

namespace http {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view begin_certificate = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view system_directory = "/etc/ssl/certs";
constexpr std::uint64_t max_file_bytes = 4 * 1024 * 1024;
constexpr std::size_t max_bundle_bytes = 16 * 1024 * 1024;

std::string variable(const char* name, std::string_view otherwise) {
  const char* value = std::getenv(name);
  return value && *value ? value : std::string(otherwise);
}

bool has_certificate(std::string_view text) { return text.find(begin_certificate) != std::string_view::npos; }

void append_file(const fs::path& file, std::string& bundle) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored) || bundle.size() > max_bundle_bytes) return;
  try {
    auto text = base::read_file(file, max_file_bytes);
    if (has_certificate(text)) bundle += text + "\n";
  } catch (const base::Error&) {
    // One unreadable file must not cost the others; without its anchor, verification fails and says so.
  }
}

/// OpenSSL's name for a certificate in a hashed directory: "4bfab552.0".
bool is_hash_name(const std::string& name) {
  return name.size() >= 10 && name[8] == '.' && name.find_first_not_of("0123456789abcdef") == 8;
}

std::string system_bundle() {
  std::string bundle;
  append_file(variable("SSL_CERT_FILE", ""), bundle);
  const std::string directories = variable("SSL_CERT_DIR", system_directory);
  for (auto directory : base::split(directories, ':')) {
    std::error_code error;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error))
      if (!is_hash_name(entry->path().filename().string())) append_file(entry->path(), bundle);
  }
  return bundle;
}

}  // namespace

Trust::Trust(std::vector<std::string> extra) {
  for (std::size_t i = 0; i < extra.size(); ++i) {
    if (!has_certificate(extra[i]))
      throw base::Error(base::Kind::invalid, "ca_certs[" + std::to_string(i) + "] holds no certificate")
          .fix("give the PEM text, from '-----BEGIN CERTIFICATE-----' to '-----END CERTIFICATE-----'");
    quick_.bundle += extra[i] + "\n";
  }
}

const Trust::Anchors& Trust::current() {
  std::lock_guard lock(mutex_);
  if (!std::exchange(looked_, true)) {
    quick_.directory = variable("SSL_CERT_DIR", system_directory);
    append_file(variable("SSL_CERT_FILE", ""), quick_.bundle);
  }
  return widened_ ? complete_ : quick_;
}

bool Trust::widen(const Anchors& used) {
  std::lock_guard lock(mutex_);
  if (&used == &complete_) return false;
  if (!widened_) {
    complete_ = {.directory = quick_.directory, .bundle = quick_.bundle + system_bundle()};
    widened_ = true;
  }
  return true;
}

}  // namespace http
