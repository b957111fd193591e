#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace buildkit {

struct Candidate {
  std::string name;
  std::uint32_t weight = 1;  ///< its share of the keys against the others' weights; 0: only behind all others
};

/// The candidates' indexes in the order in which `key` prefers them (weighted rendezvous hashing: each candidate's
/// score is -weight / ln(h), h made of key and name). The order depends on nothing else, so it is the same everywhere
/// and at any time; where one candidate goes, only the keys that preferred it move, and they spread over all others.
std::vector<std::size_t> rendezvous(std::string_view key, const std::vector<Candidate>& candidates);

}  // namespace buildkit
