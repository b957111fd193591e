# Sourced: processes that outlive the script that started them.
# A process is remembered as "pid start-time", so that a reused pid is never taken for ours.
# Needs RUN (pid files) and LOG (logs), both directories.
# shellcheck shell=bash

start_time() { # pid; fails for a zombie, which a careless pid 1 may leave for ever
  local stat
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
  read -ra stat <<<"${stat##*) }" # the name before may hold blanks and brackets
  [[ ${stat[0]} != Z ]] && printf '%s\n' "${stat[19]}"
}

pid_of() { # name: prints the pid while that process lives
  local pid start
  { read -r pid start <"$RUN/$1.pid"; } 2>/dev/null || return 1
  [[ $(start_time "$pid") == "$start" ]] && printf '%s\n' "$pid"
}

alive() { pid_of "$1" >/dev/null; }

# Each daemon gets mount and process namespaces of its own, with tini as the first process: when
# that ends, the kernel ends all the rest (containerd, steps of a build) and drops their mounts.
# The pid remembered is that of unshare, which stays outside and ends with them.
spawn() { # name command...
  local name=$1
  shift
  setsid unshare --propagation slave --mount-proc --pid --kill-child -- tini -- "$@" \
    </dev/null >"$LOG/$name.log" 2>&1 9>&- & # 9 is the lock, not to be inherited
  printf '%s %s\n' $! "$(start_time $! || echo 0)" >"$RUN/$name.pid"
}

first_of() { # name: prints the pid of the first process in there
  local pid first
  pid=$(pid_of "$1") && first=$(<"/proc/$pid/task/$pid/children") && [[ -n $first ]] &&
    printf '%s\n' "${first%% *}"
}

last_words() { # name: the line of its log that most likely says why it stopped
  grep -iE 'error|fatal|fail|could not|cannot' "$LOG/$1.log" | tail -n 1 | cut -c -300 | grep . ||
    tail -n 1 "$LOG/$1.log"
}

await() { # name seconds check...
  local name=$1 end=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    alive "$name" ||
      die "$name stopped at once: $(last_words "$name") (log: $LOG/$name.log)"
    ((SECONDS < end)) || die "$name does not answer (log: $LOG/$name.log)"
    sleep 0.1
  done
}

halt() { # name
  local name=$1 pid first end=$((SECONDS + 5))
  if pid=$(pid_of "$name"); then
    if first=$(first_of "$name"); then kill -TERM "$first" 2>/dev/null || :; fi
    while alive "$name" && ((SECONDS < end)); do sleep 0.05; done
    # Still at it, as with a step that runs: --kill-child takes everything down with unshare.
    if alive "$name"; then kill -KILL "$pid"; fi
    while alive "$name"; do sleep 0.05; done
  fi
  rm -f "$RUN/$name.pid"
}
