# Brings its own engines: two, of which one is killed. Without a buildkitd in PATH there is nothing to see here.
# shellcheck shell=bash

needs_buildkitd() { [[ -n $(type -P buildkitd) ]] || skip "no buildkitd in PATH"; }

# engine NAME [OPTION…]: one of our own at unix://$WORK/NAME.sock; its pid in $WORK/NAME.pid. Ends with the test.
engine() {
  local name=$1
  shift
  trap end_engines EXIT
  printf '[registry."%s"]\n  http = true\n[registry."docker.io"]\n  mirrors = ["%s"]\n' "$REGISTRY" "$REGISTRY" >"$name.toml"
  unshare --mount --propagation slave --mount-proc --pid --fork --kill-child \
    buildkitd --config "$name.toml" --root "$WORK/$name" --addr "unix://$WORK/$name.sock" \
    --oci-worker=true --containerd-worker=false "$@" >"$name.log" 2>&1 &
  echo $! >"$name.pid"
}
end_engine() { # NAME
  kill -KILL "$(<"$WORK/$1.pid")" 2>/dev/null || :
  rm -f "$WORK/$1.pid"
}
end_engines() {
  local file
  for file in "$WORK"/*.pid; do [[ ! -e $file ]] || end_engine "$(basename "$file" .pid)"; done
  wait
}
serving() { # NAME…
  local name
  for name in "$@"; do
    for _ in $(seq 200); do
      ! curl -sS --http2-prior-knowledge --unix-socket "$name.sock" http://localhost/ >/dev/null 2>&1 || continue 2
      sleep 0.05
    done
    cat "$name.log" >&2
    fail "engine $name does not serve"
  done
}
fleet() { # NAME…: the source's jq
  local name list=()
  for name in "$@"; do list+=("\"unix://$WORK/$name.sock\""); done
  printf '.buildkit = {addresses: [%s]}' "$(IFS=,; echo "${list[*]}")"
}
builder() { sed -n "s|^building on 'unix://$WORK/\(.*\).sock'$|\1|p" put.log; }

# Steps are processes of this machine.
step() { pgrep -f "^sleep 600.$nonce" || :; }
until_step_runs() {
  for _ in $(seq 400); do [[ -z $(step) ]] || return 0; sleep 0.05; done
  cat put.log >&2
  fail "the step never ran"
}

test_a_build_whose_engine_is_killed_ends_on_the_other_and_the_repository_keeps_its_engine() {
  needs_buildkitd
  engine a
  engine b
  step_context ctx 'echo one >/app'
  serving a b
  put . '{"context": "ctx"}' "$(fleet a b)" >/dev/null
  before=$(tag_digest)
  first=$(builder)
  [[ $first == a ]] && second=b || second=a
  put . '{"context": "ctx"}' "$(fleet b a)" >/dev/null
  equal "engine of the same repository" "$(builder)" "$first"
  contains "its cache" "$(cat put.log)" "cached"

  nonce=$RANDOM$RANDOM
  printf 'FROM busybox AS build\nRUN sleep 600.%s; echo two >/app\n' "$nonce" >ctx/Dockerfile
  put . '{"context": "ctx"}' "$(fleet a b)" >reply.json 2>error.log &
  put=$!
  until_step_runs
  equal "engine" "$(builder)" "$first"
  equal "tag in mid-build" "$(tag_digest)" "$before"
  end_engine "$first"
  for _ in $(seq 200); do [[ -n $(step) ]] || break; sleep 0.05; done
  until_step_runs
  equal "engine after that one's end" "$(builder | tail -n 1)" "$second"
  equal "tag after that one's end" "$(tag_digest)" "$before"
  kill "$(step)" # the build goes on
  wait $put || fail "$(cat error.log)"
  contains "log" "$(cat put.log)" "'unix://$WORK/$first.sock' was lost in mid-build"
  equal "tag" "$(tag_digest)" "$(jq -r .version.digest reply.json)"
  [[ $(tag_digest) != "$before" ]] || fail "the tag did not move"

  # Now the first one is dead from the start, then both are.
  put . '{"context": "ctx"}' "$(fleet a b)" >/dev/null
  contains "log" "$(cat put.log)" "nobody listens at 'unix://$WORK/$first.sock'; the next engine is tried"
  equal "engine" "$(builder)" "$second"
  before=$(tag_digest)
  end_engine "$second"
  text=$(refused put . '{"context": "ctx"}' "$(fleet a b)")
  contains "error" "$text" "error: none of the 2 BuildKit engines could do the build"
  for name in a b; do contains "error" "$text" "nobody listens at 'unix://$WORK/$name.sock'"; done
  equal "tag" "$(tag_digest)" "$before"
}

test_a_build_whose_engine_is_told_to_end_is_done_again_too() {
  needs_buildkitd
  engine a
  engine b
  nonce=$RANDOM$RANDOM
  step_context ctx "sleep 600.$nonce; echo one >/app"
  serving a b
  put . '{"context": "ctx"}' "$(fleet a b)" >/dev/null 2>error.log &
  put=$!
  until_step_runs
  first=$(builder)
  pkill -TERM -P "$(<"$first.pid")"
  for _ in $(seq 200); do [[ -e $first.sock ]] || break; sleep 0.05; done
  kill "$(step)"
  for _ in $(seq 200); do [[ -n $(step) ]] || break; sleep 0.05; done
  until_step_runs
  kill "$(step)"
  wait $put || fail "$(cat error.log)"
  contains "log" "$(cat put.log)" "'unix://$WORK/$first.sock' was lost in mid-build"
}

test_an_engine_over_mtls_takes_who_has_the_right_certificate_and_refuses_others_at_once() {
  needs_buildkitd
  local name
  for name in ca other; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $name.key -out $name.pem -days 2 -subj "/CN=$name" 2>/dev/null
  done
  issue() { # NAME CA EXTENSION
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" 2>/dev/null
    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 2 -extfile <(echo "$3") -out "$1.pem" 2>/dev/null
  }
  issue server ca subjectAltName=IP:127.0.0.1
  issue client ca extendedKeyUsage=clientAuth
  issue stranger other extendedKeyUsage=clientAuth
  port=$((20000 + RANDOM % 10000))
  engine a --addr "tcp://127.0.0.1:$port" --tlscacert ca.pem --tlscert server.pem --tlskey server.key
  serving a
  example small
  over_tls() { # JQ for the certificates
    jq -n --rawfile ca ca.pem --rawfile cert client.pem --rawfile key client.key --rawfile other stranger.pem --rawfile other_key stranger.key \
      --arg address "tcp://127.0.0.1:$port" "{address: \$address, ca_cert: \$ca} + $1" | jq -r '".buildkit = \(tojson)"'
  }
  params='{"context": "small", "vars": {"greeting": "hello"}}'
  put . "$params" "$(over_tls '{cert: $cert, key: $key}')" | jq -r .version.digest >digest
  equal "tag" "$(tag_digest)" "$(<digest)"

  began=$SECONDS
  text=$(refused put . "$params" "$(over_tls '{}')")
  contains "without" "$text" "error: the TLS connection to the BuildKit engine at 'tcp://127.0.0.1:$port' fails"
  contains "without" "$text" "certificate required"
  contains "without" "$text" "fix: a daemon that asks for client certificates needs cert and key too"
  text=$(refused put . "$params" "$(over_tls '{cert: $other, key: $other_key}')")
  contains "a stranger's" "$text" "fix: see whether the daemon trusts the CA of this client certificate"
  text=$(refused put . "$params" "$(over_tls '{ca_cert: $other}')")
  contains "another CA" "$text" "error: the certificate of the BuildKit engine at 'tcp://127.0.0.1:$port' is not to be trusted"
  [[ $((SECONDS - began)) -le 8 ]] || fail "the refusals took $((SECONDS - began)) s"
}

test_a_cold_engine_takes_what_another_one_built_from_a_cache() {
  needs_buildkitd
  local name kind
  engine a
  engine b
  step_context ctx 'head -c 9 /dev/urandom | base64 >/app'
  serving a b
  for kind in '{"type": "registry", "mode": "max"}' '{"type": "local", "dest": "layers", "mode": "max"}'; do
    printf 'FROM busybox AS build\nRUN : %s; head -c 9 /dev/urandom | base64 >/app\n' "$RANDOM$RANDOM" >ctx/Dockerfile
    for name in a b; do
      put . "{\"context\": \"ctx\", \"cache\": $kind}" "$(fleet $name)" | jq -r .version.digest >"digest.$name"
    done
    # What the step makes is another each time: it cannot have run twice.
    equal "digest with the cache $kind" "$(<digest.b)" "$(<digest.a)"
  done
}
