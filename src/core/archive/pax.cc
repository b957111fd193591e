#include "core/archive/pax.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace archive {
namespace {

base::Error corrupt(const std::string& text) { return base::Error(base::Kind::corrupt, text); }

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// False unless all of `text` is a decimal number that fits.
template <class Number>
bool parse_decimal(std::string_view text, Number& out) {
  if (!all_digits(text)) return false;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

PaxRecords parse_pax(std::string_view text) {
  PaxRecords out;
  while (!text.empty()) {
    auto blank = text.find(' ');
    std::size_t length = 0;
    if (blank == std::string_view::npos || !parse_decimal(text.substr(0, blank), length))
      throw corrupt("PAX record " + base::quoted(text, 40) + " does not begin with its length");
    if (length <= blank + 1 || length > text.size())
      throw corrupt("PAX record of " + std::to_string(length) + " bytes where " + std::to_string(text.size()) +
                    " are left");
    auto record = text.substr(blank + 1, length - blank - 1);
    if (record.back() != '\n') throw corrupt("PAX record " + base::quoted(record, 40) + " does not end in a newline");
    record.remove_suffix(1);
    auto equals = record.find('=');
    if (equals == std::string_view::npos || equals == 0)
      throw corrupt("PAX record " + base::quoted(record, 40) + " is not key=value");
    auto key = record.substr(0, equals), value = record.substr(equals + 1);
    if (key.find('\0') != std::string_view::npos) throw corrupt("PAX key " + base::quoted(key, 40) + " holds NUL");
    bool is_name = key == "path" || key == "linkpath" || key == "GNU.sparse.name";
    if (is_name && value.find('\0') != std::string_view::npos)
      throw corrupt("PAX " + std::string(key) + " " + base::quoted(value) + " holds NUL");
    out.emplace_back(key, value);
    text.remove_prefix(length);
  }
  return out;
}

std::string pax_record(std::string_view key, std::string_view value) {
  std::string rest = " " + std::string(key) + "=" + std::string(value) + "\n";
  std::size_t length = rest.size();
  while (length != rest.size() + std::to_string(length).size()) length = rest.size() + std::to_string(length).size();
  return std::to_string(length) + rest;
}

std::uint64_t pax_number(std::string_view key, std::string_view value) {
  std::uint64_t out = 0;
  if (!parse_decimal(value, out) || out > INT64_MAX)
    throw corrupt("PAX " + std::string(key) + " " + base::quoted(value, 40) + " is not a number below 2^63");
  return out;
}

FileTime pax_time(std::string_view key, std::string_view value) {
  auto bad = [&] { return corrupt("PAX " + std::string(key) + " " + base::quoted(value, 40) + " is not a time"); };
  auto text = value;
  bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  auto point = text.find('.');
  auto decimals = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  FileTime out;
  if (!parse_decimal(text.substr(0, point), out.seconds)) throw bad();
  if (point != std::string_view::npos && !decimals.empty() && !all_digits(decimals)) throw bad();
  for (std::size_t i = 0; i < 9; i++)
    out.nanoseconds = out.nanoseconds * 10 + (i < decimals.size() ? static_cast<std::uint32_t>(decimals[i] - '0') : 0);
  if (negative) {
    out.seconds = -out.seconds;
    if (out.nanoseconds > 0) {
      out.seconds--;
      out.nanoseconds = 1'000'000'000 - out.nanoseconds;
    }
  }
  return out;
}

std::string pax_time_text(const FileTime& time) {
  std::int64_t seconds = time.seconds;
  std::uint32_t nanoseconds = time.nanoseconds;
  std::string sign;
  if (seconds < 0) {
    sign = "-";
    if (nanoseconds > 0) {
      seconds++;
      nanoseconds = 1'000'000'000 - nanoseconds;
    }
  }
  // The magnitude, unsigned: -2^63 has no positive counterpart.
  std::uint64_t whole = seconds < 0 ? 0 - static_cast<std::uint64_t>(seconds) : static_cast<std::uint64_t>(seconds);
  std::string out = sign + std::to_string(whole);
  if (nanoseconds > 0) {
    char decimals[16];
    std::snprintf(decimals, sizeof decimals, ".%09u", nanoseconds);
    out += decimals;
    out.erase(out.find_last_not_of('0') + 1);
  }
  return out;
}

std::pair<std::string, std::string> libarchive_xattr(std::string_view name, std::string_view value) {
  std::string plain;
  for (std::size_t i = 0; i < name.size(); i++) {
    int high = -1, low = -1;
    if (name[i] == '%' && i + 2 < name.size()) {
      high = hex_digit(name[i + 1]);
      low = hex_digit(name[i + 2]);
    }
    if (high >= 0 && low >= 0) {
      plain += static_cast<char>(high << 4 | low);
      i += 2;
    } else {
      plain += name[i];
    }
  }
  if (plain.empty() || plain.find('\0') != std::string::npos)
    throw corrupt("xattr name " + base::quoted(name, 40) + " is empty or holds NUL");
  std::string padded(value);
  while (padded.size() % 4 != 0) padded += '=';
  try {
    return {std::move(plain), base::from_base64(padded)};
  } catch (const base::Error&) {
    throw corrupt("value of xattr " + base::quoted(plain, 40) + " is not base64");
  }
}

}  // namespace archive
