// Parses and checks a recipe of 1 MB with 10,000 files, and says what that took:
//
//     recipe_bench            time (median of 21) and memory, with the limits that they must keep
//     recipe_bench FILE       writes the recipe to FILE, for `/usr/bin/time -v estaleiro validate --file FILE`

#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "core/base/fd.h"
#include "core/recipe/recipe.h"

namespace {

constexpr int files = 10'000;
constexpr int runs = 21;
constexpr double max_milliseconds = 50;
constexpr double max_memory_ratio = 20;

std::string big_recipe() {
  std::string text = "image \"big\" {\n  base_image = \"debian:bookworm\"\n";
  char block[256];
  for (int i = 0; i < files; ++i) {
    std::snprintf(
        block, sizeof block,
        "\n  file \"/opt/app/lib/d%03d/f%05d\" {\n    from_step \"build\" {\n      path = \"/out/d%03d/f%05d\"\n"
        "    }\n  }\n",
        i / 100, i, i / 100, i);
    text += block;
  }
  return text +
         "}\n\nstep \"build\" {\n  dockerfile = \"Dockerfile\"\n\n  source_file \"/out/*/*\" {\n    vcs \"git\" {\n"
         "      repository = \"https://git.example/app\"\n      ref        = "
         "\"49b6936ef130793fff677038891e517718c2baf8\"\n"
         "    }\n  }\n}\n";
}

/// Peak resident memory of this process in bytes.
double peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024;
}

/// Milliseconds of a clock.
double now(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

struct Times {
  std::vector<double> wall, cpu;  ///< milliseconds, a pair a load
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void load_once(const std::shared_ptr<const hcl::File>& file, Times& times) {
  const double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
  hcl::Diagnostics diagnostics;
  const recipe::Recipe recipe = recipe::load(file, {}, diagnostics);
  times.wall.push_back(now(CLOCK_MONOTONIC) - wall);
  times.cpu.push_back(now(CLOCK_PROCESS_CPUTIME_ID) - cpu);
  if (!diagnostics.empty() || recipe.image.files.size() != files)
    std::fprintf(stderr, "the recipe was not understood\n");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string text = big_recipe();
  if (argc == 2) {
    base::write_file(argv[1], text);
    return 0;
  }
  const auto size = static_cast<double>(text.size());
  const double before = peak_memory();
  const auto file = hcl::File::make("big.hcl", text);
  Times times;
  load_once(file, times);
  const double ratio = (peak_memory() - before) / size;
  while (times.wall.size() < runs) load_once(file, times);
  const double wall = median(times.wall);
  std::printf("recipe of %.2f MB, %d files\n", size / 1e6, files);
  std::printf("parsed and checked in %.1f ms, %.1f ms of CPU (fastest %.1f ms; limit %.0f ms)\n", wall,
              median(times.cpu), *std::min_element(times.wall.begin(), times.wall.end()), max_milliseconds);
  std::printf("memory %.1f times its size (limit %.0f)\n", ratio, max_memory_ratio);
  return wall <= max_milliseconds && ratio <= max_memory_ratio ? 0 : 1;
}
