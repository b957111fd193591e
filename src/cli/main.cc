#include <unistd.h>

#include <iostream>

#include "cli/run.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  cli::Streams streams{std::cin, std::cout, std::cerr, isatty(STDERR_FILENO) == 1};
  return cli::run({argv + 1, argv + argc}, streams);
}
