// What the choice of a builder and the rate of checks mean at scale, simulated with the real order of engines
// (buildkit::rendezvous) and the real waits between tries (http::RetryPolicy). The seed is fixed: the same tables each
// time, on stdout.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <list>
#include <queue>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/buildkit/rendezvous.h"
#include "core/http/retry.h"

namespace {

constexpr int repositories = 5000;
constexpr std::size_t disk_room = 1000;  ///< repositories whose layers a builder's disk holds
/// A day's builds: the busiest repository has 200 of them, most have fewer than ten.
constexpr int builds = 50'000;

/// The standard's distributions differ between libraries; these do not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  double unit() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(unit() * static_cast<double>(limit)); }

 private:
  std::mt19937_64 engine_;
};

/// What a builder's disk holds: the one that was used longest ago goes first.
class Disk {
 public:
  explicit Disk(std::size_t room) : room_(room) {}
  bool use(int repository) {
    auto found = where_.find(repository);
    const bool hit = found != where_.end();
    if (hit) order_.erase(found->second);
    order_.push_front(repository);
    where_[repository] = order_.begin();
    if (order_.size() > room_) {
      where_.erase(order_.back());
      order_.pop_back();
    }
    return hit;
  }

 private:
  std::size_t room_;
  std::list<int> order_;
  std::unordered_map<int, std::list<int>::iterator> where_;
};

using Choice = std::function<std::size_t(int repository, const std::vector<bool>& alive)>;

/// Preference orders of all repositories among `count` builders.
std::vector<std::vector<std::size_t>> orders(std::size_t count) {
  std::vector<buildkit::Candidate> builders;
  for (std::size_t i = 0; i < count; i++) builders.push_back({"tcp://buildkit-" + std::to_string(i) + ":1234"});
  std::vector<std::vector<std::size_t>> out;
  for (int i = 0; i < repositories; i++)
    out.push_back(buildkit::rendezvous("registry.example/team/app-" + std::to_string(i), builders));
  return out;
}

struct Day {
  double hits, hits_after_loss, busiest;
};

/// Two days: the first fills the disks; before the last tenth of the second a builder dies. Shares of the second day's
/// builds that find their cache, before and after; and the busiest builder's share against an even one.
Day two_days(std::size_t count, const Choice& choose) {
  constexpr int loss = 2 * builds - builds / 10;
  Random random(7);
  std::vector<double> popularity;
  double sum = 0;
  for (int i = 0; i < repositories; i++) popularity.push_back(sum += 1.0 / (i + 50));
  std::vector<Disk> disks(count, Disk(disk_room));
  std::vector<bool> alive(count, true);
  std::vector<int> load(count, 0);
  int hits = 0, hits_after_loss = 0;
  for (int i = 0; i < 2 * builds; i++) {
    if (i == loss) alive[count / 2] = false;
    auto at = std::upper_bound(popularity.begin(), popularity.end(), random.unit() * sum);
    const int repository = static_cast<int>(std::min<std::ptrdiff_t>(at - popularity.begin(), repositories - 1));
    const std::size_t builder = choose(repository, alive);
    const bool hit = disks[builder].use(repository);
    if (i < builds) continue;
    (i < loss ? hits : hits_after_loss) += hit;
    if (i < loss) load[builder]++;
  }
  const double before = loss - builds, after = 2 * builds - loss;
  return {hits / before, hits_after_loss / after,
          *std::max_element(load.begin(), load.end()) / (before / static_cast<double>(count))};
}

void affinity() {
  std::printf("%d repositories, %d builds a day; a disk holds the layers of 1,000\n", repositories, builds);
  std::printf("%-10s %-12s %12s %22s %16s\n", "builders", "choice", "cache hits", "after one has died",
              "busiest builder");
  for (std::size_t count : {3u, 5u, 10u, 20u}) {
    const auto preferred = orders(count);
    Random dice(11);
    const std::pair<const char*, Choice> choices[] = {
        {"rendezvous",
         [&](int repository, const std::vector<bool>& alive) {
           for (std::size_t builder : preferred[static_cast<std::size_t>(repository)])
             if (alive[builder]) return builder;
           return std::size_t{0};
         }},
        {"modulo",  // what a plain hash of the repository would do
         [&](int repository, const std::vector<bool>& alive) {
           std::vector<std::size_t> left;
           for (std::size_t i = 0; i < alive.size(); i++)
             if (alive[i]) left.push_back(i);
           return left[static_cast<std::uint32_t>(repository) * 2654435761u % left.size()];
         }},
        {"random",
         [&](int, const std::vector<bool>& alive) {
           for (;;)
             if (std::size_t builder = dice.below(alive.size()); alive[builder]) return builder;
         }},
    };
    for (const auto& [name, choose] : choices) {
      Day day = two_days(count, choose);
      std::printf("%-10zu %-12s %11.1f%% %21.1f%% %15.2fx\n", count, name, day.hits * 100, day.hits_after_loss * 100,
                  day.busiest);
    }
  }
}

struct Checks {
  double at_once, late, failed, p99_seconds, requests_per_minute;
};

/// An hour of 10,000 resources, each checked once a minute with `requests` to a registry that answers `limit` of them a
/// second, two seconds' worth at once, and refuses the others with 429 (and no Retry-After).
Checks hour(double limit, bool spread, double requests_per_check) {
  constexpr int resources = 10'000, minutes = 60;
  const http::RetryPolicy policy;
  struct Event {
    double time, began;
    int tries;
    bool operator>(const Event& other) const { return time > other.time; }
  };
  std::priority_queue<Event, std::vector<Event>, std::greater<>> queue;
  Random random(13);
  for (int minute = 0; minute < minutes; minute++)
    for (int i = 0; i < resources; i++) {
      // Without a spread, all that are due start as fast as a worker starts containers.
      const double at = minute * 60 + (spread ? random.unit() * 60 : random.unit() * 5);
      for (double left = requests_per_check; left > 0; left -= 1)
        if (left >= 1 || random.unit() < left) queue.push({at, at, 1});
    }
  const double burst = 2 * limit;
  double tokens = burst, last = 0;
  std::vector<double> waits;
  int at_once = 0, late = 0, failed = 0, asked = 0;
  while (!queue.empty()) {
    Event event = queue.top();
    queue.pop();
    tokens = std::min(burst, tokens + (event.time - last) * limit);
    last = event.time;
    asked++;
    if (tokens >= 1) {
      tokens -= 1;
      (event.tries == 1 ? at_once : late)++;
      waits.push_back(event.time - event.began);
      continue;
    }
    if (event.tries == policy.max_tries) {
      failed++;
      continue;
    }
    const double full = std::min(policy.base * (1 << (event.tries - 1)), policy.cap).count() / 1000.0;
    queue.push({event.time + full / 2 + full / 2 * random.unit(), event.began, event.tries + 1});
  }
  std::sort(waits.begin(), waits.end());
  const double all = at_once + late + failed;
  return {at_once / all, late / all, failed / all, waits[waits.size() * 99 / 100],
          static_cast<double>(asked) / minutes};
}

void rate_limit() {
  std::printf(
      "\n10,000 resources checked each minute for an hour; 1.2 requests a check: one, and a new token each 5 "
      "minutes\n");
  std::printf("%-14s %-22s %10s %10s %8s %10s %18s\n", "limit", "checks start", "at once", "retried", "failed",
              "p99 wait", "requests a minute");
  for (double limit : {150.0, 250.0, 500.0, 1000.0})
    for (bool spread : {true, false}) {
      Checks seen = hour(limit, spread, 1.2);
      std::printf("%6.0f a second %-22s %9.1f%% %9.1f%% %7.2f%% %8.1f s %18.0f\n", limit,
                  spread ? "spread over a minute" : "within 5 seconds", seen.at_once * 100, seen.late * 100,
                  seen.failed * 100, seen.p99_seconds, seen.requests_per_minute);
    }
}

}  // namespace

int main() {
  affinity();
  rate_limit();
}
