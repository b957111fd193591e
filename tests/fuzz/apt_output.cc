#include <cstddef>
#include <cstdint>

#include "core/base/error.h"
#include "core/deb/apt_failure.h"
#include "core/deb/apt_output.h"
#include "core/deb/dependencies.h"
#include "core/deb/madison.h"
#include "core/deb/package_name.h"
#include "core/deb/source_list.h"
#include "core/deb/version.h"

namespace {

template <class Body>
void attempt(Body&& body) {
  try {
    body();
  } catch (const base::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  attempt([&] { deb::parse_print_uris(text); });
  attempt([&] { deb::parse_source_uris(text); });
  attempt([&] { deb::parse_plan(text); });
  attempt([&] { deb::parse_madison(text); });
  attempt([&] { deb::parse_dependencies(text); });
  attempt([&] { deb::parse_package_name(text); });
  attempt([&] { deb::refuse_apt_warnings(text); });
  if (deb::explain_apt_failure(text).message().empty()) __builtin_trap();
  attempt([&] {
    // What is printed is read back the same.
    for (const auto& repository : deb::parse_sources_list(text, "x"))
      if (deb::parse_sources_list(deb::to_line(repository), "x").at(0) != repository) __builtin_trap();
  });
  std::string_view left = text.substr(0, size / 2);
  std::string_view right = text.substr(size / 2);
  bool less = deb::compare_versions(left, right) < 0;
  bool greater = deb::compare_versions(right, left) > 0;
  if (less != greater) __builtin_trap();
  return 0;
}
