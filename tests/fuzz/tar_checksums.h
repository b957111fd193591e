#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

/// `data` with the checksum of every block that could be a tar header set right: without it hardly an input gets past
/// the first check.
inline std::string with_checksums(const std::uint8_t* data, std::size_t size) {
  std::string out(reinterpret_cast<const char*>(data), size);
  for (std::size_t at = 0; at + 512 <= size; at += 512) {
    unsigned sum = 8 * ' ';
    bool empty = true;
    for (std::size_t i = 0; i < 512; i++) {
      auto byte = static_cast<unsigned char>(out[at + i]);
      if (i < 148 || i >= 156) sum += byte;
      empty = empty && byte == 0;
    }
    char digits[8];
    std::snprintf(digits, sizeof digits, "%06o", sum);
    if (!empty) out.replace(at + 148, 7, digits, 7);
  }
  return out;
}
