#include "core/buildkit/rendezvous.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/base/digest.h"

namespace buildkit {
namespace {

/// Between 0 and 1, neither of them: 52 bits of the hash, each in the middle of its step.
double uniform(std::string_view key, std::string_view name) {
  std::string both(key);
  both += '\0';  // no key and no name has one
  both += name;
  std::uint64_t bits = std::stoull(std::string(base::sha256(both).hex().substr(0, 13)), nullptr, 16);
  return (static_cast<double>(bits) + 0.5) * 0x1p-52;
}

}  // namespace

std::vector<std::size_t> rendezvous(std::string_view key, const std::vector<Candidate>& candidates) {
  std::vector<std::pair<double, double>> scores;
  for (const auto& [name, weight] : candidates) {
    double hash = uniform(key, name);
    scores.emplace_back(weight / -std::log(hash), hash);  // without weight, by the hash alone
  }
  std::vector<std::size_t> out(candidates.size());
  std::iota(out.begin(), out.end(), 0);
  std::stable_sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  return out;
}

}  // namespace buildkit
