#!/usr/bin/env python3
"""Writes unicode_tables.inc from Python's own copy of the Unicode database: ./unicode_tables.py > unicode_tables.inc

ID_Start and ID_Continue follow UAX #44's derivation; the few Other_ID_* characters are listed here because the
unicodedata module does not know them.
"""
import sys
import unicodedata

OTHER_ID_START = {0x1885, 0x1886, 0x2118, 0x212E, 0x309B, 0x309C}
OTHER_ID_CONTINUE = {0x00B7, 0x0387, *range(0x1369, 0x1372), 0x19DA}
PATTERN_SYNTAX_LETTERS = {0x2E2F}
EMOJI_MODIFIERS = set(range(0x1F3FB, 0x1F400))
JOINERS = {0x200C, 0x200D}

ALL = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
category = {c: unicodedata.category(chr(c)) for c in ALL}


def spans(wanted):
    out = []
    for c in sorted(wanted):
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def write(declaration, entries):
    print(f"constexpr {declaration}[] = {{")
    line = "   "
    for entry in entries:
        text = " {" + ", ".join(hex(x) if i < 2 or x > 9 else str(x) for i, x in enumerate(entry)) + "},"
        if len(line) + len(text) > 120:
            print(line)
            line = "   "
        line += text
    print(line)
    print("};\n")


def simple_upper(c):
    for text in (chr(c).upper(), chr(c).title()):
        if len(text) == 1:
            return ord(text)
    return c


def simple_lower(c):
    text = chr(c).lower()
    return 0x69 if c == 0x130 else ord(text) if len(text) == 1 else c


def case_runs(mapping):
    """Runs of equal distance and stride 1 or 2."""
    runs = []
    for c in ALL:
        delta = mapping(c) - c
        if delta == 0:
            continue
        if runs:
            first, last, stride, run_delta = runs[-1]
            if run_delta == delta and (c - last == stride or (first == last and c - last <= 2)):
                runs[-1] = [first, c, c - last, delta]
                continue
        runs.append([c, c, 1, delta])
    return runs


def decompositions():
    for c in ALL:
        text = unicodedata.decomposition(chr(c))
        if text and not text.startswith("<"):
            parts = [int(x, 16) for x in text.split()]
            yield c, parts[0], parts[1] if len(parts) > 1 else 0


def main():
    start = {c for c in ALL if category[c][0] == "L" or category[c] == "Nl"} | OTHER_ID_START
    start -= PATTERN_SYNTAX_LETTERS
    more = {c for c in ALL if category[c] in ("Mn", "Mc", "Nd", "Pc")} | OTHER_ID_CONTINUE
    print(f"// Unicode {unicodedata.unidata_version}. Written by unicode_tables.py: change that instead.\n")
    write("Span id_start", spans(start))
    write("Span id_continue_only", spans(more - start))
    write("Span extending", spans({c for c in ALL if category[c][0] == "M"} | JOINERS | EMOJI_MODIFIERS))
    write("Span zero_width", spans(c for c in ALL if category[c] in ("Mn", "Me") or category[c] == "Cf" and c != 0xAD))
    write("Span wide", spans(c for c in ALL if unicodedata.east_asian_width(chr(c)) in "WF"))
    write("CaseRun to_upper", case_runs(simple_upper))
    write("CaseRun to_lower", case_runs(simple_lower))

    classes = []
    for c in ALL:
        value = unicodedata.combining(chr(c))
        if value == 0:
            continue
        if classes and classes[-1][1] == c - 1 and classes[-1][2] == value:
            classes[-1][1] = c
        else:
            classes.append([c, c, value])
    write("ClassRun combining_class", classes)

    table = list(decompositions())
    write("Decomposition decompositions", table)
    pairs = [(a, b, c) for c, a, b in table if b and unicodedata.normalize("NFC", chr(a) + chr(b)) == chr(c)]
    write("Composition compositions", sorted(pairs))


if __name__ == "__main__":
    sys.exit(main())
