# Sourced by scripts/bench: put, check and get over and over, and fifty at once, on the engine and the registry that run
# already; what both hold of the machine before and after. Not part of what runs by default: scripts/bench soak
# SOAK_CYCLES (500) and SOAK_AT_ONCE (50) say how many.
# shellcheck shell=bash

soak_processes() { # NAME: the processes of one of scripts/engine's daemons
  local first proc
  first=$(RUN=${ESTALEIRO_STATE:-/var/cache/estaleiro}/run first_of "$1") || die "$1 does not run"
  for proc in /proc/[0-9]*; do
    [[ ! $proc/ns/pid -ef /proc/$first/ns/pid ]] || echo "${proc#/proc/}"
  done 2>/dev/null
}
soak_sum() { # WHAT DAEMON
  local pid
  case $1 in
    processes) soak_processes "$2" | wc -l ;;
    descriptors) for pid in $(soak_processes "$2"); do ls "/proc/$pid/fd" 2>/dev/null; done | wc -l ;;
    memory) for pid in $(soak_processes "$2"); do cat "/proc/$pid/status" 2>/dev/null; done | awk '/^VmRSS/ { sum += $2 } END { print sum }' ;;
    mounts) wc -l <"/proc/$(soak_processes "$2" | head -n 1)/mountinfo" ;;
  esac
}
soak_disk() { du -sk "${ESTALEIRO_STATE:-/var/cache/estaleiro}/$1" 2>/dev/null | cut -f 1; }

soak_sample() { # CYCLES: one column of the table
  local daemon what
  {
    for daemon in dockerd registry; do
      for what in processes descriptors memory mounts; do echo "$daemon: $what	$(soak_sum "$what" "$daemon")"; done
    done
    echo "dockerd: disk	$(soak_disk docker)"
    echo "registry: disk	$(soak_disk registry)"
    echo "client: processes left	$(pgrep -fc "^$bin/(check|in|out)" || :)"
    echo "client: files left	$(find "$soak/tmp" -mindepth 1 | wc -l)"
    echo "client: mounts	$(wc -l </proc/self/mountinfo)"
  } >"$soak/sample.$1"
}

soak_context() { # DIRECTORY TEXT: an image of one small file
  mkdir -p "$1"
  echo "$2" >"$1/x"
  tar -czf "$1/x.tar.gz" -C "$1" x
  cat >"$1/estaleiro.hcl" <<'R'
image "bench/soak" {
  base_image = "scratch"
  file "/x" {
    from_tarball "x.tar.gz" { path = "x" }
  }
}
tarball "x.tar.gz" {
  source_file "x" {
    vcs "git" {
      repository = "https://git.example/x"
      ref        = "8f6f0fb5d4c9aa2b0d2f1f3bb0b9d9b3a1c7e5d2"
    }
  }
}
R
}
soak_request() { # TAG [VERSION]
  jq -n --arg repository "$ESTALEIRO_TEST_REGISTRY/bench/soak" --arg address "$ESTALEIRO_TEST_BUILDKIT" --arg tag "$1" --argjson version "${2:-null}" \
    '{source: {repository: $repository, tag: $tag, insecure: true, buildkit: {address: $address}}} +
      if $version then {version: $version} else {params: {}} end'
}
soak_run() { # NAME COMMAND…: its peak memory in KiB and milliseconds go to $soak/NAME.figures
  local began=${EPOCHREALTIME/./}
  TMPDIR=$soak/tmp /usr/bin/time -a -o "$soak/$1.memory" -f %M "${@:2}" || return
  echo $(((${EPOCHREALTIME/./} - began) / 1000)) >>"$soak/$1.times"
}

soak_cycle() { # NUMBER
  local version seen
  soak_context "$soak/context" "$1 $RANDOM$RANDOM"
  version=$(soak_request latest | soak_run put "$bin/out" "$soak/context" 2>"$soak/log" | jq -c .version) || return
  [[ -n $version ]] || return
  seen=$(soak_request latest "$version" | jq -c 'del(.params)' | soak_run check "$bin/check" 2>"$soak/log") || return
  [[ $(jq -c '.[-1]' <<<"$seen") == "$version" ]] || { echo "check says $seen, put $version" >"$soak/log"; return 1; }
  rm -rf "$soak/got"
  mkdir "$soak/got"
  soak_request latest "$version" | soak_run get "$bin/in" "$soak/got" >/dev/null 2>"$soak/log" || return
  cmp "$soak/got/rootfs/x" "$soak/context/x" >"$soak/log" && grep -q '^product_name' "$soak/got/bom.yml"
}

# Each of them is right, or says clearly that it is not; a get whose put was refused counts as that.
soak_at_once() { # COUNT
  local i right=0 refused=0 wrong=0 jobs=()
  rm -rf "$soak/many"
  for ((i = 0; i < $1; i++)); do
    soak_context "$soak/many/$i" "$i $RANDOM$RANDOM"
    mkdir "$soak/many/$i/got"
    (
      cd "$soak/many/$i"
      soak_request "many-$i" | TMPDIR=$soak/tmp "$bin/out" . >reply 2>log || exit 1
      soak_request "many-$i" "$(jq -c .version reply)" | TMPDIR=$soak/tmp "$bin/in" got >/dev/null 2>log
    ) &
    jobs+=($!)
  done
  for ((i = 0; i < $1; i++)); do
    if wait "${jobs[i]}"; then
      if cmp -s "$soak/many/$i/got/rootfs/x" "$soak/many/$i/x"; then right=$((right + 1)); else wrong=$((wrong + 1)); fi
    elif grep -q '^error: ' "$soak/many/$i/log"; then
      refused=$((refused + 1))
      grep '^error: ' "$soak/many/$i/log" >&2
    else
      wrong=$((wrong + 1))
    fi
  done
  echo "$1 puts and gets at once: $right right, $refused refused, $wrong wrong"
  [[ $wrong -eq 0 ]]
}

soak_half() { # NAME FIRST|LAST: the median of the first or last tenth
  local tenth=$(((soak_cycles + 9) / 10))
  if [[ $2 == first ]]; then head -n $tenth "$soak/$1"; else tail -n $tenth "$soak/$1"; fi | median
}

soak_case() {
  . scripts/lib/process.sh
  local soak_cycles=${SOAK_CYCLES:-500} i name began=$SECONDS soak=$work/soak
  local warm=$(((soak_cycles + 4) / 5))
  rm -rf "$soak"
  mkdir -p "$soak"/{tmp,bin}
  cp "$bin"/{check,in,out} "$soak/bin" # whoever builds meanwhile must not disturb
  local bin=$soak/bin
  soak_sample 0
  for ((i = 1; i <= soak_cycles; i++)); do
    soak_cycle "$i" || die "cycle $i: $(cat "$soak/log")"
    [[ $i -ne $warm ]] || soak_sample "$warm"
  done
  soak_sample "$soak_cycles"
  say "$soak_cycles cycles took $((SECONDS - began)) s"
  printf '%-28s %12s %12s %12s   %s\n' "KiB where it is memory or disk" before "after $warm" "after $soak_cycles" "a cycle since $warm"
  paste "$soak/sample.0" "$soak/sample.$warm" "$soak/sample.$soak_cycles" |
    awk -F '\t' -v n=$((soak_cycles - warm)) '{ printf "%-30s %12s %12s %12s   %.2f\n", $1, $2, $4, $6, n ? ($6 - $4) / n : 0 }'
  for name in put check get; do
    printf '%-30s %12s %25s   (first and last tenth, medians)\n' "$name: milliseconds" "$(soak_half $name.times first)" "$(soak_half $name.times last)"
    printf '%-30s %12s %25s\n' "$name: peak memory" "$(soak_half $name.memory first)" "$(soak_half $name.memory last)"
  done
  soak_at_once "${SOAK_AT_ONCE:-50}"
  sleep 2 # for what the engine ends by itself
  soak_sample many
  paste "$soak/sample.$soak_cycles" "$soak/sample.many" | awk -F '\t' '{ printf "%-30s %12s before, %12s after\n", $1, $2, $4 }'
}
