#include <algorithm>
#include <cstdio>

#include "core/base/text.h"
#include "core/hcl/diagnostics.h"
#include "core/hcl/unicode.h"

namespace hcl {
namespace {

constexpr std::size_t max_cells = 120;    // of a source line that are shown
constexpr std::size_t left_context = 40;  // cells kept in front of a span that would lie beyond them
constexpr std::size_t tab_stop = 4;

struct Paint {
  bool on;
  std::string_view operator()(std::string_view escape) const { return on ? escape : ""; }
};
constexpr std::string_view red = "\x1b[1;31m", yellow = "\x1b[1;33m", blue = "\x1b[1;34m", bold = "\x1b[1m",
                           reset = "\x1b[0m";

/// A source line as cells: what is printed for each character, how wide it is, and the byte it starts at.
struct Cells {
  struct Cell {
    std::string text;
    std::size_t width;
    std::size_t byte;
  };
  std::vector<Cell> cells;
  bool cut_left = false, cut_right = false;

  /// Lays out at most the part of `line` around byte `focus`.
  Cells(std::string_view line, std::size_t focus) {
    std::size_t from = 0;
    if (focus > max_cells - left_context) {
      from = focus - left_context;
      while (from > 0 && (static_cast<unsigned char>(line[from]) & 0xC0) == 0x80) from--;
      cut_left = from > 0;
    }
    std::size_t column = 0;
    for (std::size_t at = from; at < line.size();) {
      std::size_t length = std::min<std::size_t>(character_length(line.substr(at)), 64);
      std::string_view character = line.substr(at, length);
      Cell cell{std::string(character), 1, at};
      CodePoint first = decode(character);
      if (character == "\t") {
        cell.width = tab_stop - column % tab_stop;
        cell.text.assign(cell.width, ' ');
      } else if (first.length == 0 || first.value < 0x20 || (first.value >= 0x7F && first.value < 0xA0) ||
                 is_hidden(first.value)) {
        cell.text.clear();
        for (unsigned char byte : character) {
          char hex[8];
          std::snprintf(hex, sizeof hex, "\\x%02x", byte);
          cell.text += hex;
        }
        cell.width = cell.text.size();
      } else {
        cell.width = static_cast<std::size_t>(std::max(1, cell_width(first.value)));
      }
      if (column + cell.width > max_cells) {
        cut_right = true;
        break;
      }
      column += cell.width;
      cells.push_back(std::move(cell));
      at += length;
    }
  }

  /// Characters that would reorder or hide the rest of the line (bidirectional controls, line separators).
  static bool is_hidden(char32_t c) {
    return (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF;
  }

  std::string text() const {
    std::string out = cut_left ? "…" : "";
    for (const Cell& cell : cells) out += cell.text;
    return out + (cut_right ? "…" : "");
  }

  /// Blanks up to byte `begin` of the line, then carets up to `end`, at least one.
  std::string carets(std::size_t begin, std::size_t end) const {
    std::string out(cut_left ? 1 : 0, ' ');
    std::size_t marked = 0;
    for (const Cell& cell : cells) {
      if (cell.byte >= begin && cell.byte < end) {
        marked += cell.width;
      } else if (cell.byte < begin) {
        out.append(cell.width, ' ');
      }
    }
    return out.append(std::max<std::size_t>(marked, 1), '^');
  }
};

struct Drawing {
  std::string out;
  Paint paint;
  std::size_t gutter;  // digits of the largest line number

  void line(std::uint32_t number, const Cells& cells) {
    std::string digits = std::to_string(number);
    out += paint(blue);
    out.append(2 + gutter - digits.size(), ' ');
    out += digits + " |";
    out += paint(reset);
    std::string text = cells.text();
    while (text.ends_with(' ')) text.pop_back();
    if (!text.empty()) out += " " + text;
    out += "\n";
  }
  void margin(std::string_view what) {
    out += paint(blue);
    out.append(2 + gutter, ' ');
    out += " " + std::string(what);
    out += paint(reset);
  }
};

}  // namespace

std::string excerpt(Range range, std::string_view label, Colour colour) {
  if (!range) return {};
  const File& file = *range.file;
  std::uint32_t first_line = file.line_of(range.begin);
  // A span that ends with a line break ends on the line it breaks.
  std::uint32_t last_byte = range.end > range.begin ? range.end - 1 : range.end;
  std::uint32_t last_line = std::max(first_line, file.line_of(last_byte));

  Drawing drawing{{}, {colour == Colour::always}, std::to_string(last_line).size()};
  auto draw = [&](std::uint32_t number, std::size_t begin, std::size_t end, std::string_view text) {
    std::string_view line = file.line(number);
    Cells cells(line, std::min(begin, line.size()));
    drawing.line(number, cells);
    drawing.margin("|");
    drawing.out += drawing.paint(red);
    drawing.out += " " + cells.carets(begin, end);
    if (!text.empty()) drawing.out += " " + base::printable(text);
    drawing.out += drawing.paint(reset);
    drawing.out += "\n";
  };

  std::size_t begin = range.begin - file.line_start(first_line);
  if (last_line == first_line) {
    draw(first_line, begin, range.end - file.line_start(first_line), label);
    return drawing.out;
  }
  draw(first_line, begin, file.line(first_line).size(), "");
  if (last_line > first_line + 1) {
    drawing.margin("⋮");
    drawing.out += "\n";
  }
  std::string_view last = file.line(last_line);
  std::size_t indent = std::min(last.find_first_not_of(" \t"), last.size());
  draw(last_line, indent, range.end - file.line_start(last_line), label);
  return drawing.out;
}

std::string render(const Diagnostic& diagnostic, Colour colour) {
  Paint paint{colour == Colour::always};
  bool error = diagnostic.severity == Severity::error;
  std::string out;
  out += paint(bold);
  if (diagnostic.subject) out += diagnostic.subject.place() + ": ";
  out += paint(error ? red : yellow);
  out += error ? "error: " : "warning: ";
  out += paint(reset);
  out += paint(bold);
  out += base::printable(diagnostic.summary);
  out += paint(reset);
  out += "\n";
  if (diagnostic.subject) {
    out += excerpt(diagnostic.subject, diagnostic.detail, colour);
  } else if (!diagnostic.detail.empty()) {
    out += "  " + base::printable(diagnostic.detail) + "\n";
  }
  if (diagnostic.related && diagnostic.related->range) {
    out += diagnostic.related->range.place() + ": " + base::printable(diagnostic.related->label) + "\n";
    out += excerpt(diagnostic.related->range, {}, colour);
  }
  return out;
}

std::string render(const Diagnostics& diagnostics, Colour colour) {
  std::string out;
  for (const Diagnostic& one : diagnostics.list()) {
    if (!out.empty()) out += "\n";
    out += render(one, colour);
  }
  if (diagnostics.dropped() > 0) out += "\nand " + std::to_string(diagnostics.dropped()) + " more\n";
  return out;
}

}  // namespace hcl
