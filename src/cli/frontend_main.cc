// `estaleiro frontend` and nothing else, for the frontend's image, which holds no library that only other commands need.
#include <cstdlib>
#include <iostream>

#include "cli/serve_frontend.h"
#include "core/base/error.h"

int main() {
  try {
    cli::serve_frontend(std::cerr);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return EXIT_FAILURE;
  }
}
