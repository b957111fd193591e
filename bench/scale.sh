# Sourced by scripts/bench: what docs/scale.md has in its tables, but for those of bench/soak.sh.
# shellcheck shell=bash

scale_case() {
  scripts/build release scale_bench check_cost >&2
  build/release/bin/check_cost "$bin/check"
  echo
  build/release/bin/scale_bench
}
