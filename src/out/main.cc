#include "core/resource/run.h"
#include "out/out.h"

int main(int argc, char** argv) { return resource::run(argc, argv, out::run); }
