#include "core/frontend/located_error.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/base/text.h"
#include "core/frontend/place.h"

namespace frontend {
namespace {

constexpr std::size_t max_places = 100;

/// Takes ":NUMBER" off the front.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  if (!text.starts_with(':')) return std::nullopt;
  std::uint32_t out = 0;
  auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), out);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return out;
}

/// The line that "FILE:LINE:COLUMN" or "FILE:LINE:COLUMN: …" names; nullopt for another text.
std::optional<std::uint32_t> line_of(std::string_view text, const hcl::File& recipe) {
  if (!text.starts_with(recipe.name())) return std::nullopt;
  text.remove_prefix(recipe.name().size());
  auto line = take_number(text);
  if (!line || !take_number(text) || *line < 1 || *line > recipe.lines()) return std::nullopt;
  return text.empty() || text.starts_with(':') ? line : std::nullopt;
}

}  // namespace

LocatedError locate(const base::Error& error, const hcl::File& recipe) {
  auto file = source_file(recipe);
  std::vector<llb::SourcePlace> places;
  const std::string text = error.message() + "\n" + error.excerpt();
  for (auto piece : base::split(text, '\n')) {
    auto line = line_of(piece, recipe);
    if (!line || places.size() >= max_places) continue;
    auto number = static_cast<std::int32_t>(*line);
    llb::SourcePlace place{file, number, 0, number, static_cast<std::int32_t>(recipe.line(*line).size())};
    if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
  }
  if (places.size() != 1 || error.excerpt().empty()) return {error, std::move(places)};
  base::Error bare(error.kind(), error.message());
  for (const auto& note : error.notes()) bare.note(note);
  return {bare.fix(error.fix()), std::move(places)};
}

}  // namespace frontend
