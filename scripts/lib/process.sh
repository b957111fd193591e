# Sourced: processes that outlive the script that started them.
# A process is remembered as "pid start-time", so that a reused pid is never taken for ours.
# Needs RUN (pid files) and LOG (logs), both directories.
# shellcheck shell=bash

start_time() { # pid
  local stat
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
  read -ra stat <<<"${stat##*) }" # the name before may hold blanks and brackets
  printf '%s\n' "${stat[19]}"
}

pid_of() { # name: prints the pid while that process lives
  local pid start
  { read -r pid start <"$RUN/$1.pid"; } 2>/dev/null || return 1
  [[ $(start_time "$pid") == "$start" ]] && printf '%s\n' "$pid"
}

alive() { pid_of "$1" >/dev/null; }

spawn() { # name command...: no fork on the way, so that $! stays the daemon's pid
  local name=$1
  shift
  setsid "$@" </dev/null >"$LOG/$name.log" 2>&1 9>&- & # 9 is the lock, not to be inherited
  printf '%s %s\n' $! "$(start_time $! || echo 0)" >"$RUN/$name.pid"
}

await() { # name seconds check...
  local name=$1 end=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    alive "$name" ||
      die "$name stopped at once: $(tail -n 1 "$LOG/$name.log") (log: $LOG/$name.log)"
    ((SECONDS < end)) || die "$name does not answer (log: $LOG/$name.log)"
    sleep 0.1
  done
}

# Ends the process and, when it had a mount namespace of its own, whatever still runs in there;
# with the last of them go its mounts.
halt() { # name
  local name=$1 pid end=$((SECONDS + 20)) space="" other
  if pid=$(pid_of "$name"); then
    [[ /proc/$pid/ns/mnt -ef /proc/self/ns/mnt ]] || space=/proc/self/fd/8
    exec 8<"/proc/$pid/ns/mnt" # held open, so that the namespace's identity is not reused
    kill -TERM "$pid"
    while alive "$name" && ((SECONDS < end)); do sleep 0.05; done
    if alive "$name"; then kill -KILL "$pid"; fi
    if [[ -n $space ]]; then
      for other in /proc/[0-9]*; do
        [[ $other/ns/mnt -ef $space ]] && kill -KILL "${other#/proc/}" 2>/dev/null || :
      done
    fi
    exec 8<&-
  fi
  rm -f "$RUN/$name.pid"
}
