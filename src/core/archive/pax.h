#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/archive/tar_entry.h"

namespace archive {

/// The records of one PAX extended header (POSIX.1-2001 pax, "pax Extended Header"), in order.
using PaxRecords = std::vector<std::pair<std::string, std::string>>;

/// Parses "<length> <key>=<value>\n" records. Values may hold anything but, for names, NUL. Throws corrupt.
PaxRecords parse_pax(std::string_view text);

/// One record, its own length included.
std::string pax_record(std::string_view key, std::string_view value);

/// A value of decimal digits. Throws corrupt, naming `key`.
std::uint64_t pax_number(std::string_view key, std::string_view value);

/// "-1.25": seconds with any number of decimals, cut to nanoseconds. Throws corrupt.
FileTime pax_time(std::string_view key, std::string_view value);

/// The shortest text that pax_time reads back: no decimals when there are none.
std::string pax_time_text(const FileTime& time);

/// LIBARCHIVE.xattr: the name is percent-encoded, the value base64 without padding. Throws corrupt.
std::pair<std::string, std::string> libarchive_xattr(std::string_view name, std::string_view value);

}  // namespace archive
