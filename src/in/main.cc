#include "core/resource/run.h"
#include "in/in.h"

int main(int argc, char** argv) { return resource::run(argc, argv, in::run); }
