# Sourced by scripts/bench: what the bill costs. The packages are those that are hardest to install (tests/e2e/nasty.sh).
# shellcheck shell=bash

bill_packages="python3 vim-tiny openssh-server dbus systemd ssl-cert man-db fontconfig locales nginx-light
  postgresql-common openjdk-17-jre-headless"

bill_recipe() { # DIRECTORY [LINE]
  mkdir -p "$work/$1"
  {
    printf 'image "bench/%s" {\n  base_image = "debian:bookworm"\n  apt {\n%s\n' "$1" "${2:-}"
    # shellcheck disable=SC2086
    printf '    package "%s" {}\n' $bill_packages
    printf '  }\n}\n'
  } >"$work/$1/estaleiro.hcl"
  printf 'FROM debian:bookworm\nRUN apt-get update && apt-get install -y --no-install-recommends %s\n' "${bill_packages//$'\n'/ }" \
    >"$work/$1/Dockerfile.plain"
}
# Both sides run every step again; the packages are in the engine's cache for us, and apt fetches them for the other.
bill_cold() { # DIRECTORY
  milliseconds "$bin/estaleiro" build "$work/$1" --addr "$ESTALEIRO_TEST_BUILDKIT" --no-cache --insecure \
    --tag "$ESTALEIRO_TEST_REGISTRY/bench/$1:latest" --push --bom "$work/$1/bom" --progress json
}
bill_dockerfile() { buildx "$1" Dockerfile.plain --no-cache; }

# Out of the last build's events: its length, and for how long after everything else only the bill was worked on.
bill_share() {
  grep '^{' "$work/log" | jq -rs '
    def seconds: .[0:19] as $whole | ($whole + "Z" | fromdate) + ("0" + (.[19:] | rtrimstr("Z")) | tonumber);
    [.[].vertexes[]? | select(.started and .completed) | {name, began: (.started | seconds), ended: (.completed | seconds)}] |
    (map(.began) | min) as $began | (map(.ended) | max) as $ended |
    (map(select(.name | test("^\\[bill\\]"))) | map(.ended) | max) as $bill |
    (map(select(.name | test("^\\[bill\\]|^exporting|^pushing|^\\[auth\\]") | not)) | map(.ended) | max) as $image |
    "\($ended - $began) \([$bill - $image, 0] | max)"'
}

# put_cpu CONTEXT: milliseconds of CPU of a put that the engine has cached
put_cpu() {
  ours "$1" >/dev/null
  for _ in $(seq "$runs"); do
    /usr/bin/time -o "$work/cpu" -f '%U %S' sh -c "exec '$bin/out' '$work' <'$work/request.json'" >/dev/null 2>&1
    awk '{ printf "%d\n", 1000 * ($1 + $2) }' "$work/cpu"
  done | median
}

bill_case() {
  local total extra cpu
  bill_recipe nasty
  bill_recipe nasty-observed '    observe = true'
  bill_cold nasty >/dev/null
  read -r total extra < <(bill_share)
  printf '%-44s %8.1f s  %8.2f s    %5.1f %% (at most 5 %%)\n' "the bill of 222 packages in a cold build" "$total" "$extra" \
    "$(awk -v a="$extra" -v b="$total" 'BEGIN { print 100 * a / b }')"
  results+=("$(jq -n --argjson total "$total" --argjson extra "$extra" '{name: "the bill in a cold build", seconds: $total, bill_seconds: $extra}')")

  # Everything in the engine's cache: what is left is ours. A put without packages says what is no bill's: the program's
  # start, the session, the push.
  plain_files
  cpu=$(($(put_cpu nasty) - $(put_cpu plain)))
  printf '%-44s %8s ms of CPU (at most 150)\n' "the same, all of it cached" "$cpu"
  results+=("$(jq -n --argjson cpu "$cpu" --argjson runs "$runs" '{name: "the bill, all of it cached", cpu_ms: $cpu, runs: $runs}')")

  local all=$runs
  runs=${bill_runs:-1}
  versus "cold, 136 packages, steps run again" 1.2 : "bill_cold nasty" "bill_dockerfile nasty"
  versus "the same, observed" 2 : "bill_cold nasty-observed" "bill_dockerfile nasty"
  runs=$all
}
