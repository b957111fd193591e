# Whatever ends `out`, no tag points at something incomplete and nothing goes on on the engine.
# shellcheck shell=bash

# A recipe whose step takes a while, with something in it that changes, so that it runs each time.
slow() { # SECONDS NONCE
  mkdir -p slow
  cat >slow/estaleiro.hcl <<'R'
image "e2e/slow" {
  base_image = "busybox"
  file "/x" {
    from_step "build" { path = "/x" }
  }
}
step "build" {
  dockerfile = "Dockerfile"
  source_file "/x" {
    vcs "git" {
      repository = "https://git.example/x"
      ref        = "8f6f0fb5d4c9aa2b0d2f1f3bb0b9d9b3a1c7e5d2"
    }
  }
}
R
  printf 'FROM busybox\nRUN echo started; sleep %s.%s; echo done >/x\n' "$1" "$2" >slow/Dockerfile
}
start() { # starts a put in the background; its pid is in $pid
  jq -n --argjson source "$(source_json)" '{source: $source, params: {context: "slow"}}' >request.json
  "$BIN/out" . <request.json >reply.json 2>put.log &
  pid=$!
}
# Processes whose command line holds $1, wherever they run: the engines' steps are processes of this machine.
running() { pgrep -fc -- "$1" || true; }

# The tag is either not there, or an image that is whole and has its bill.
whole_or_absent() {
  local digest layer
  digest=$(tag_digest)
  [[ -n $digest ]] || return 0
  manifest "$digest" >manifest.json || fail "tag without manifest"
  for layer in $(jq -r '.config.digest, .layers[].digest' manifest.json); do
    curl -sfI "http://$REGISTRY/v2/${REPOSITORY#*/}/blobs/$layer" >/dev/null || fail "blob $layer is missing"
  done
  manifest "${digest/:/-}" >index.json || fail "tag without bill"
  [[ $(jq '.manifests | length' index.json) -ge 1 ]] || fail "tag without bill"
}

test_sigterm_cancels_the_running_step_within_five_seconds() {
  for signal in TERM INT; do
    nonce=$RANDOM$RANDOM
    slow 300 "$nonce"
    start
    for _ in $(seq 200); do [[ $(running "^sleep 300.$nonce") -eq 0 ]] || break; sleep 0.1; done
    [[ $(running "^sleep 300.$nonce") -gt 0 ]] || { cat put.log; fail "the step never ran"; }
    began=$(date +%s%N)
    kill "-$signal" "$pid"
    code=0
    wait "$pid" || code=$?
    took=$((($(date +%s%N) - began) / 1000000))
    equal "exit code" "$code" "$([[ $signal == TERM ]] && echo 143 || echo 130)"
    [[ $took -lt 5000 ]] || fail "it took $took ms"
    for _ in $(seq 50); do [[ $(running "^sleep 300.$nonce") -gt 0 ]] || break; sleep 0.1; done
    equal "steps left on the engine" "$(running "^sleep 300.$nonce")" 0
    equal "the reply" "$(cat reply.json)" ""
    no_tag
  done
}

test_killed_outright_the_engine_stops_by_itself() {
  nonce=$RANDOM$RANDOM
  slow 300 "$nonce"
  start
  for _ in $(seq 200); do [[ $(running "^sleep 300.$nonce") -eq 0 ]] || break; sleep 0.1; done
  kill -KILL "$pid"
  wait "$pid" || true
  for _ in $(seq 150); do [[ $(running "^sleep 300.$nonce") -gt 0 ]] || break; sleep 0.1; done
  equal "steps left on the engine" "$(running "^sleep 300.$nonce")" 0
  no_tag
}

test_killed_at_any_moment_no_tag_is_incomplete() {
  slow 0 1
  start
  began=$(date +%s%N)
  wait "$pid" || { cat put.log; fail "the undisturbed put failed"; }
  whole=$((($(date +%s%N) - began) / 1000000))
  whole_or_absent
  for i in $(seq 1 24); do
    slow 0 "$RANDOM$i"
    start
    sleep "$(awk -v ms="$whole" -v i="$i" 'BEGIN { printf "%.3f", ms * i / 22 / 1000 }')"
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    whole_or_absent
  done
}

test_sigterm_before_the_request_is_read_ends_at_once() {
  mkfifo stdin
  "$BIN/out" . <stdin >reply.json 2>put.log &
  pid=$!
  exec 9>stdin
  sleep 0.2
  kill -TERM "$pid"
  code=0
  wait "$pid" || code=$?
  exec 9>&-
  equal "exit code" "$code" 143
}
