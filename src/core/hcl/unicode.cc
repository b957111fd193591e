#include "core/hcl/unicode.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

namespace hcl {
namespace {

struct Span {
  std::uint32_t first, last;
};
struct CaseRun {
  std::uint32_t first, last, stride;
  std::int32_t delta;
};
struct ClassRun {
  std::uint32_t first, last;
  std::uint8_t value;
};
struct Decomposition {
  std::uint32_t code, first, second;
};
struct Composition {
  std::uint32_t first, second, code;
};

#include "core/hcl/unicode_tables.inc"

/// The run of a sorted table that holds `c`, or null.
template <class Run, std::size_t size>
const Run* find(const Run (&table)[size], char32_t c) {
  const Run* run = std::lower_bound(std::begin(table), std::end(table), c,
                                    [](const Run& r, char32_t wanted) { return r.last < wanted; });
  return run != std::end(table) && run->first <= c ? run : nullptr;
}

template <std::size_t size>
char32_t map_case(const CaseRun (&table)[size], char32_t c) {
  const CaseRun* run = find(table, c);
  if (!run || (c - run->first) % run->stride != 0) return c;
  return static_cast<char32_t>(static_cast<std::int32_t>(c) + run->delta);
}

bool is_pictograph(char32_t c) { return (c >= 0x2190 && c < 0x2C00) || c >= 0x1F000; }
bool is_flag_letter(char32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; }
bool is_following_jamo(char32_t c) { return (c >= 0x1160 && c < 0x1200) || (c >= 0xD7B0 && c < 0xD7FC); }

// Hangul syllables compose by arithmetic (Unicode, section 3.12).
constexpr char32_t s_base = 0xAC00, l_base = 0x1100, v_base = 0x1161, t_base = 0x11A7;
constexpr char32_t l_count = 19, v_count = 21, t_count = 28, s_count = l_count * v_count * t_count;

int combining(char32_t c) {
  const ClassRun* run = c < 0x300 ? nullptr : find(combining_class, c);
  return run ? run->value : 0;
}

/// Decompositions nest at most four deep, and only in their first part.
void decompose(char32_t c, std::vector<char32_t>& out) {
  if (c >= s_base && c < s_base + s_count) {
    char32_t s = c - s_base;
    out.push_back(l_base + s / (v_count * t_count));
    out.push_back(v_base + s % (v_count * t_count) / t_count);
    if (s % t_count != 0) out.push_back(t_base + s % t_count);
    return;
  }
  const Decomposition* entry =
      c < 0xC0 ? nullptr
               : std::lower_bound(std::begin(decompositions), std::end(decompositions), c,
                                  [](const Decomposition& d, char32_t wanted) { return d.code < wanted; });
  if (!entry || entry == std::end(decompositions) || entry->code != c) {
    out.push_back(c);
    return;
  }
  decompose(entry->first, out);
  if (entry->second != 0) out.push_back(entry->second);
}

char32_t compose(char32_t a, char32_t b) {
  if (a >= l_base && a < l_base + l_count && b >= v_base && b < v_base + v_count)
    return s_base + ((a - l_base) * v_count + (b - v_base)) * t_count;
  if (a >= s_base && a < s_base + s_count && (a - s_base) % t_count == 0 && b > t_base && b < t_base + t_count)
    return a + (b - t_base);
  const Composition* entry = std::lower_bound(
      std::begin(compositions), std::end(compositions), std::pair(a, b), [](const Composition& c, const auto& wanted) {
        return c.first != wanted.first ? c.first < wanted.first : c.second < wanted.second;
      });
  return entry != std::end(compositions) && entry->first == a && entry->second == b ? entry->code : 0;
}

/// Canonical ordering: marks between two starters by class, equal ones as they came.
void reorder(std::vector<char32_t>& text) {
  for (auto at = text.begin(); at != text.end();) {
    if (combining(*at) == 0) {
      ++at;
      continue;
    }
    auto end = std::find_if(at, text.end(), [](char32_t c) { return combining(c) == 0; });
    std::stable_sort(at, end, [](char32_t a, char32_t b) { return combining(a) < combining(b); });
    at = end;
  }
}

void compose(std::vector<char32_t>& text) {
  std::size_t kept = 0, starter = 0;
  bool have_starter = false;
  int last_class = 0;  // of the last mark kept since the starter
  for (char32_t c : text) {
    int mark = combining(c);
    bool blocked = kept != starter + 1 && last_class >= mark;
    if (have_starter && !blocked) {
      if (char32_t both = compose(text[starter], c)) {
        text[starter] = both;
        continue;
      }
    }
    if (mark == 0) {
      starter = kept;
      have_starter = true;
    }
    last_class = mark;
    text[kept++] = c;
  }
  text.resize(kept);
}

}  // namespace

CodePoint decode(std::string_view text) {
  if (text.empty()) return {};
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  char32_t value = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; i++) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3Fu);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return {};
  return {value, length};
}

void append_utf8(std::string& out, char32_t c) {
  auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

bool is_id_start(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return find(id_start, c) != nullptr;
}

bool is_id_continue(char32_t c) {
  if (c < 0x80) return is_id_start(c) || (c >= '0' && c <= '9') || c == '_';
  return find(id_start, c) || find(id_continue_only, c);
}

bool is_space(char32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

std::size_t character_length(std::string_view text) {
  CodePoint first = decode(text);
  if (first.length == 0) return text.empty() ? 0 : 1;
  if (first.value == '\r' && text.size() > 1 && text[1] == '\n') return 2;
  if (first.value < 0x20 || first.value == 0x7F) return 1;
  std::size_t length = first.length;
  char32_t previous = first.value;
  bool flag_open = is_flag_letter(first.value);
  while (length < text.size()) {
    if (static_cast<unsigned char>(text[length]) < 0x80) break;  // nothing below extends
    CodePoint next = decode(text.substr(length));
    if (next.length == 0) break;
    bool joined = previous == 0x200D && is_pictograph(first.value) && is_pictograph(next.value);
    bool flag = flag_open && is_flag_letter(next.value);
    bool jamo = is_following_jamo(next.value) && (previous >= 0x1100 && previous < 0x1200);
    if (!joined && !flag && !jamo && !find(extending, next.value)) break;
    flag_open = false;
    previous = next.value;
    length += next.length;
  }
  return length;
}

std::size_t character_count(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); count++) {
    // One ASCII character in front of another is the common case.
    bool plain = static_cast<unsigned char>(text[at]) < 0x80 && text[at] != '\r' &&
                 (at + 1 == text.size() || static_cast<unsigned char>(text[at + 1]) < 0x80);
    at += plain ? 1 : character_length(text.substr(at));
  }
  return count;
}

int cell_width(char32_t c) {
  if (c < 0x300) return 1;
  if (find(zero_width, c)) return 0;
  return find(wide, c) ? 2 : 1;
}

std::string nfc(std::string text) {
  // Below U+0300 nothing composes with what follows, and every code point is its own normal form.
  bool plain = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0xCC; });
  if (plain) return text;
  std::string out;
  out.reserve(text.size());
  std::vector<char32_t> run;
  auto flush = [&] {
    reorder(run);
    compose(run);
    for (char32_t c : run) append_utf8(out, c);
    run.clear();
  };
  for (std::string_view rest = text; !rest.empty();) {
    CodePoint c = decode(rest);
    if (c.length == 0) {
      flush();
      out += rest[0];
      rest.remove_prefix(1);
      continue;
    }
    decompose(c.value, run);
    rest.remove_prefix(c.length);
  }
  flush();
  return out;
}

char32_t upper(char32_t c) { return map_case(to_upper, c); }
char32_t lower(char32_t c) { return map_case(to_lower, c); }

}  // namespace hcl
