#include "core/deb/apt_output.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/deb/archive_path.h"
#include "core/deb/deb822.h"
#include "core/deb/scan.h"

namespace deb {
namespace {

constexpr std::size_t max_lines = 200'000;

/// Calls `body(line, number)` for each line that is not blank.
template <class Body>
void each_line(std::string_view text, std::string_view what, Body&& body) {
  std::size_t number = 0;
  while (!text.empty()) {
    auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (++number > max_lines)
      throw base::Error(base::Kind::invalid,
                        std::string(what) + " has more than " + std::to_string(max_lines) + " lines");
    line = base::trim(line);
    if (!line.empty()) body(line, number);
  }
}

bool is_uri(std::string_view text) {
  auto colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || text.size() > 4096) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

bool is_file_name(std::string_view text) {
  return plain_word(text) && text.find('/') == std::string_view::npos && text != "." && text != "..";
}

constexpr std::string_view uris_what = "apt-get --print-uris";

Download read_download(std::string_view line, std::size_t number) {
  auto wrong = [&](const std::string& why) { return problem(uris_what, number, why + ": " + base::quoted(line)); };
  auto close = line.rfind('\'');
  if (!line.starts_with('\'') || close == 0) throw wrong("no 'URI' in quotes");
  Download download;
  download.uri = line.substr(1, close - 1);
  if (!is_uri(download.uri) || download.uri.find('\'') != std::string::npos) throw wrong("no URI in the quotes");
  auto rest = words(line.substr(close + 1));
  if (rest.size() == 2)
    throw wrong("the hash is missing")
        .fix("the archive lists no hash of the kind that apt was asked for: run apt with Acquire::ForceHash=SHA256");
  if (rest.size() != 3) throw wrong("not of the form 'URI' NAME SIZE HASH");
  download.name = rest[0];
  if (!is_file_name(download.name)) throw wrong("no file name after the URI");
  if (!to_number(rest[1], download.size)) throw wrong("the size is no number");
  download.hash = base::within("reading " + std::string(uris_what) + " line " + std::to_string(number),
                               [&] { return parse_hash(rest[2]); });
  return download;
}

/// Takes "[…]" off the front of `text` and returns its inside; "" when there is none.
std::string_view take_bracket(std::string_view& text) {
  text = base::trim(text);
  if (!text.starts_with('[')) return {};
  auto close = text.find(']');
  if (close == std::string_view::npos) return {};
  std::string_view inside = text.substr(1, close - 1);
  text = base::trim(text.substr(close + 1));
  return inside;
}

/// "(VERSION ORIGIN[, ORIGIN …] [ARCH])", whatever follows it.
bool read_candidate(std::string_view text, PlanStep& step) {
  auto end = text.rfind("])");
  if (!text.starts_with('(') || end == std::string_view::npos) return false;
  text = text.substr(1, end - 1);
  auto bracket = text.rfind('[');
  if (bracket == std::string_view::npos) return false;
  step.architecture = text.substr(bracket + 1);
  text = base::trim(text.substr(0, bracket));
  auto blank = text.find(' ');
  step.version = text.substr(0, blank);
  if (blank != std::string_view::npos) {
    for (text.remove_prefix(blank + 1); !text.empty();) {
      auto comma = text.find(", ");
      step.origins.emplace_back(base::trim(text.substr(0, comma)));
      text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 2);
    }
  }
  return plain_word(step.version) && plain_word(step.architecture);
}

}  // namespace

std::vector<Download> parse_print_uris(std::string_view text) {
  std::vector<Download> out;
  each_line(text, uris_what,
            [&](std::string_view line, std::size_t number) { out.push_back(read_download(line, number)); });
  return out;
}

std::string cache_file_name(std::string_view package, std::string_view version, std::string_view architecture) {
  return apt_quote(package, "_:") + "_" + apt_quote(version, "_:") + "_" + apt_quote(architecture, "_:.") + ".deb";
}

std::vector<PlanStep> parse_plan(std::string_view text) {
  constexpr std::string_view what = "apt-get -s";
  std::vector<PlanStep> out;
  each_line(text, what, [&](std::string_view line, std::size_t number) {
    PlanStep step;
    std::string_view verb = line.substr(0, line.find(' '));
    if (verb == "Inst") {
      step.action = PlanStep::Action::install;
    } else if (verb == "Conf") {
      step.action = PlanStep::Action::configure;
    } else if (verb == "Remv") {
      step.action = PlanStep::Action::remove;
    } else if (verb == "Purg") {
      step.action = PlanStep::Action::purge;
    } else {
      return;
    }
    std::string_view rest = base::trim(line.substr(verb.size()));
    std::string_view name = rest.substr(0, rest.find(' '));
    rest.remove_prefix(name.size());
    // A package of a foreign architecture is printed as name:arch; the architecture stands at the end as well.
    step.name = name.substr(0, name.find(':'));
    step.old_version = take_bracket(rest);
    bool adds = step.action == PlanStep::Action::install || step.action == PlanStep::Action::configure;
    if (!plain_word(step.name) || (adds && !read_candidate(rest, step)))
      throw problem(what, number, "cannot be read: " + base::quoted(line));
    out.push_back(std::move(step));
  });
  return out;
}

std::vector<SourceDownloads> parse_source_uris(std::string_view text) {
  std::vector<SourceDownloads> out;
  each_line(text, uris_what, [&](std::string_view line, std::size_t number) {
    Download download = read_download(line, number);
    if (download.name.ends_with(".dsc")) {
      out.emplace_back();
    } else if (out.empty()) {
      throw problem(uris_what, number, "the first file is no .dsc: " + base::quoted(line));
    }
    out.back().push_back(std::move(download));
  });
  return out;
}

}  // namespace deb
