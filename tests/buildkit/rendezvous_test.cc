#include "core/buildkit/rendezvous.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

using buildkit::Candidate;
using buildkit::rendezvous;

namespace {

constexpr int keys = 20'000;
std::string key(int number) { return "registry.example/team/app-" + std::to_string(number); }

std::vector<Candidate> engines(int count) {
  std::vector<Candidate> out;
  for (int i = 0; i < count; i++) out.push_back({"tcp://builder-" + std::to_string(i) + ":1234"});
  return out;
}

/// How many of the keys each candidate is preferred by.
std::map<std::string, int> shares(const std::vector<Candidate>& candidates) {
  std::map<std::string, int> out;
  for (int i = 0; i < keys; i++) out[candidates[rendezvous(key(i), candidates).front()].name]++;
  return out;
}

}  // namespace

TEST_CASE("keys spread evenly") {
  auto candidates = engines(10);
  for (const auto& [name, count] : shares(candidates)) {
    CAPTURE(name);
    CHECK(std::abs(count - keys / 10) < keys / 10 * 6 / 100);
  }
}

TEST_CASE("weights are shares") {
  std::vector<Candidate> candidates = {{"a", 1}, {"b", 2}, {"c", 5}};
  auto seen = shares(candidates);
  CHECK(seen["a"] == doctest::Approx(keys / 8.0).epsilon(0.06));
  CHECK(seen["b"] == doctest::Approx(keys / 4.0).epsilon(0.04));
  CHECK(seen["c"] == doctest::Approx(keys * 5 / 8.0).epsilon(0.03));
}

TEST_CASE("without weight a candidate comes after all others") {
  for (int i = 0; i < 200; i++) {
    auto order = rendezvous(key(i), {{"spare", 0}, {"a", 1}, {"other spare", 0}, {"b", 1}});
    CHECK(order[0] % 2 == 1);
    CHECK(order[1] % 2 == 1);
  }
  CHECK(shares({{"a", 0}, {"b", 0}})["a"] == doctest::Approx(keys / 2.0).epsilon(0.03));
}

TEST_CASE("when one candidate goes only its keys move, evenly to all others") {
  auto before = engines(5), after = before;
  after.erase(after.begin() + 2);
  std::map<std::string, int> moved;
  for (int i = 0; i < keys; i++) {
    const auto& old = before[rendezvous(key(i), before).front()].name;
    const auto& now = after[rendezvous(key(i), after).front()].name;
    if (old == before[2].name)
      moved[now]++;
    else
      CHECK(now == old);
  }
  for (const auto& [name, count] : moved) CHECK(count == doctest::Approx(keys / 20.0).epsilon(0.1));
  CHECK(moved.size() == 4);
}

TEST_CASE("more weight for one candidate takes keys from the others and moves no other") {
  auto before = engines(4), after = before;
  after[3].weight = 2;
  for (int i = 0; i < 2000; i++) {
    auto old = rendezvous(key(i), before).front(), now = rendezvous(key(i), after).front();
    CHECK((now == old || now == 3));
  }
}

TEST_CASE("the order of a key is the same everywhere and always") {
  const std::vector<Candidate> candidates = {{"tcp://a:1234"}, {"tcp://b:1234"}, {"tcp://c:1234", 3}};
  const std::map<std::string, std::vector<std::size_t>> golden = {
      {"docker.io/library/debian", {2, 1, 0}},
      {"registry.example/team/app", {2, 1, 0}},
      {"registry.example/team/other", {2, 0, 1}},
      {"registry.example/x", {1, 2, 0}},
  };
  for (const auto& [name, order] : golden) CHECK(rendezvous(name, candidates) == order);
  CHECK(rendezvous("x", {}).empty());
  CHECK(rendezvous("", {{"a"}}) == std::vector<std::size_t>{0});
}
