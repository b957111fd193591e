#include "core/deb/copyright.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/deb/deb822.h"

namespace deb {
namespace {

bool is_format(std::string_view value) {
  // http or https, with or without the slash at its end; old drafts had other addresses.
  return value.find("/copyright-format/1.0") != std::string_view::npos;
}

/// The lines behind the first, where " ." stands for an empty one.
std::string license_text(std::string_view value) {
  std::string out;
  auto lines = base::split(value, '\n');
  for (std::size_t i = 1; i < lines.size(); i++) out += (lines[i] == "." ? "" : std::string(lines[i])) + "\n";
  return out;
}

}  // namespace

bool machine_readable(std::string_view text) {
  try {
    StanzaReader reader(text, "copyright");
    Stanza head;
    return reader.next(head) && is_format(head.get("Format"));
  } catch (const base::Error&) {
    return false;
  }
}

Copyright parse_copyright(std::string_view text) {
  if (!machine_readable(text))
    throw base::Error(base::Kind::invalid, "the copyright file is not in the machine-readable format 1.0");
  Copyright out;
  StanzaReader reader(text, "copyright");
  bool head = true;
  for (Stanza stanza; reader.next(stanza); head = false) {
    const std::string* license = stanza.find("License");
    if (!license) continue;
    std::string synopsis(base::trim(std::string_view(*license).substr(0, license->find('\n'))));
    std::string full = license_text(*license);
    if (!synopsis.empty() && (!full.empty() || !out.texts.contains(synopsis))) out.texts[synopsis] = full;
    // A paragraph without Files, other than the first, only carries the text of a licence.
    bool applies = stanza.find("Files") || (head && !synopsis.empty());
    if (applies && !synopsis.empty() &&
        std::find(out.licenses.begin(), out.licenses.end(), synopsis) == out.licenses.end())
      out.licenses.push_back(synopsis);
  }
  return out;
}

}  // namespace deb
