#include "check/check.h"
#include "core/resource/run.h"

int main(int argc, char** argv) { return resource::run(argc, argv, check::run); }
