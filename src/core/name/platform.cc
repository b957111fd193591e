#include "core/name/platform.h"

#include <sys/utsname.h>

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"

namespace name {
namespace {

base::Error bad_platform(std::string_view text) {
  return base::Error(base::Kind::invalid, "platform " + base::quoted(text, 80) + " is not valid")
      .fix("write os/architecture or os/architecture/variant, such as 'linux/amd64' or 'linux/arm/v7'");
}

bool valid_word(std::string_view word) {
  return !word.empty() && word.size() <= 32 && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

struct Names {
  std::string architecture, variant;
};

/// What kernels, Debian and people call an architecture, in Go's words.
Names normal(std::string architecture, std::string variant) {
  if (architecture == "x86_64" || architecture == "x86-64") architecture = "amd64";
  if (architecture == "aarch64") architecture = "arm64";
  if (architecture == "i386" || architecture == "i686") architecture = "386";
  if (architecture == "ppc64el") architecture = "ppc64le";
  if (architecture == "armhf" || architecture == "armv7l") {
    architecture = "arm";
    if (variant.empty()) variant = "v7";
  }
  if (architecture == "armel" || architecture == "armv6l") {
    architecture = "arm";
    if (variant.empty()) variant = "v6";
  }
  if ((architecture == "arm" || architecture == "arm64") && variant.size() == 1 && variant >= "5" && variant <= "8")
    variant = "v" + variant;
  if ((architecture == "arm64" && variant == "v8") || (architecture == "amd64" && variant == "v1")) variant.clear();
  return {std::move(architecture), std::move(variant)};
}

}  // namespace

Platform Platform::make(std::string_view os, std::string_view architecture, std::string_view variant) {
  if (architecture.empty()) architecture = host().architecture();
  if (variant.empty()) {
    auto slash = architecture.find('/');
    if (slash != std::string_view::npos) {
      variant = architecture.substr(slash + 1);
      architecture = architecture.substr(0, slash);
      if (variant.empty()) throw bad_platform(std::string(architecture) + "/");
    }
  }
  std::string system = os.empty() ? "linux" : base::lower(os);
  auto names = normal(base::lower(architecture), base::lower(variant));
  if (!valid_word(system) || !valid_word(names.architecture) || (!names.variant.empty() && !valid_word(names.variant)))
    throw bad_platform(std::string(os) + "/" + std::string(architecture) +
                       (variant.empty() ? "" : "/" + std::string(variant)));
  return Platform(std::move(system), std::move(names.architecture), std::move(names.variant));
}

Platform Platform::parse(std::string_view text) {
  auto words = base::split(text, '/');
  if (words.size() > 3 || std::any_of(words.begin(), words.end(), [](auto word) { return word.empty(); }))
    throw bad_platform(text);
  if (words.size() == 1) return make("linux", words[0]);
  return make(words[0], words[1], words.size() == 3 ? words[2] : std::string_view());
}

Platform Platform::host() {
  utsname machine{};
  uname(&machine);
  auto names = normal(machine.machine, "");
  return Platform("linux", std::move(names.architecture), std::move(names.variant));
}

std::string Platform::text() const { return os_ + "/" + architecture_ + (variant_.empty() ? "" : "/" + variant_); }

bool Platform::matches(const Platform& offered) const {
  return os_ == offered.os_ && architecture_ == offered.architecture_ &&
         (variant_.empty() || offered.variant_.empty() || variant_ == offered.variant_);
}

}  // namespace name
