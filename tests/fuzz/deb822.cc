#include <cstddef>
#include <cstdint>
#include <sstream>

#include "core/base/error.h"
#include "core/deb/in_release.h"
#include "core/deb/packages_index.h"
#include "core/deb/source_list.h"
#include "core/deb/sources_index.h"
#include "core/deb/status.h"

namespace {

template <class Body>
void attempt(Body&& body) {
  try {
    body();
  } catch (const base::Error&) {
  }
}

/// The same bytes as text and as stream give the same stanzas or the same complaint.
std::string read_all(deb::StanzaReader reader) {
  std::string out;
  try {
    for (deb::Stanza stanza; reader.next(stanza);)
      for (const auto& field : stanza.fields()) out += field.name + "\1" + field.value + "\2";
  } catch (const base::Error& error) {
    out += error.text();
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::istringstream in{std::string(text)};
  if (read_all(deb::StanzaReader(text, "x")) != read_all(deb::StanzaReader(in, "x"))) __builtin_trap();
  attempt([&] { deb::parse_status(text); });
  attempt([&] { deb::parse_status_d({std::string(text)}); });
  attempt([&] { deb::parse_packages(text); });
  attempt([&] { deb::parse_sources(text); });
  attempt([&] { deb::parse_in_release(text); });
  attempt([&] {
    for (const auto& repository : deb::with_sources(deb::parse_sources_stanzas(text, "x")))
      if (repository.key.empty()) deb::to_line(repository);
  });
  return 0;
}
