// A short run of every fuzz target without libFuzzer, so that it is part of each test run: the seeds as they are, then
// with bytes changed, cut out, doubled and swapped, the same ones each time. Named as arguments: only those targets.
// What makes a target abort is left in the file `fuzz_input`.
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <vector>

// targets.inc: FUZZ_TARGET(name, "folder of its seeds") for each target, whose LLVMFuzzerTestOneInput is fuzz_name here.
#define FUZZ_TARGET(name, folder) extern "C" int fuzz_##name(const std::uint8_t* data, std::size_t size);
#include "targets.inc"
#undef FUZZ_TARGET

namespace {

constexpr int runs_per_target = 500;
constexpr std::size_t max_input_bytes = 32 << 10;

struct Target {
  const char* name;
  const char* seeds;
  int (*run)(const std::uint8_t*, std::size_t);
};
const Target targets[] = {
#define FUZZ_TARGET(name, folder) {#name, folder, fuzz_##name},
#include "targets.inc"
#undef FUZZ_TARGET
};

std::string current;

extern "C" void keep_input(int signal) {
  if (std::FILE* file = std::fopen("fuzz_input", "wb")) {
    std::fwrite(current.data(), 1, current.size(), file);
    std::fclose(file);
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

std::vector<std::string> read_seeds(const std::string& folder) {
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.insert(entry.path());
  std::vector<std::string> out{""};
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    out.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    if (out.back().size() > max_input_bytes) out.back().resize(max_input_bytes);
  }
  return out;
}

class Mutator {
 public:
  std::string changed(std::string text, const std::string& other) {
    for (std::size_t times = 1 + below(4); times > 0; times--) change(text, other);
    if (text.size() > max_input_bytes) text.resize(max_input_bytes);
    return text;
  }

  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

 private:
  void change(std::string& text, const std::string& other) {
    const std::size_t at = below(text.size() + 1), length = below(std::min<std::size_t>(text.size() - at, 64) + 1);
    switch (below(5)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(random_());
        break;
      case 1:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 2:
        text.erase(at, length);
        break;
      case 3:
        text.insert(at, text.substr(at, length));
        break;
      default: {
        const std::size_t from = below(other.size() + 1);
        text.replace(at, length, other.substr(from, below(64)));
      }
    }
  }

  std::mt19937 random_{12};
};

void run(const Target& target) {
  const auto seeds = read_seeds(target.seeds);
  Mutator mutator;
  auto give = [&](std::string input) {
    current = std::move(input);
    target.run(reinterpret_cast<const std::uint8_t*>(current.data()), current.size());
  };
  for (const auto& seed : seeds) give(seed);
  for (int i = 0; i < runs_per_target; i++)
    give(mutator.changed(seeds[mutator.below(seeds.size())], seeds[mutator.below(seeds.size())]));
  std::printf("%s: %zu seeds, %d changed inputs\n", target.name, seeds.size(), runs_per_target);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  for (int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS}) std::signal(signal, keep_input);
  const std::set<std::string> wanted(argv + 1, argv + argc);
  for (const auto& target : targets)
    if (wanted.empty() || wanted.contains(target.name)) run(target);
}
