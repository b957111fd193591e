# Brings its own engine: a put without `buildkit.address`, with the buildkitd in PATH.
# shellcheck shell=bash

needs_buildkitd() { [[ -n $(type -P buildkitd) ]] || skip "no buildkitd in PATH"; }
# The source's registry and Docker Hub's stand-in, as the engine's own configuration has them.
without_address() {
  jq -n --arg registry "$REGISTRY" '"[registry.\"docker.io\"]\n  mirrors = [\"\($registry)\"]\n[registry.\"\($registry)\"]\n  http = true\n"' |
    jq -r '". | .buildkit = {config: \(tojson)}"'
}
engines_left() { pgrep -f "buildkitd --config $WORK/tmp/" || :; }
own() { # PARAMS
  mkdir -p tmp
  TMPDIR=$WORK/tmp put . "$1" "$(without_address)"
}
# As Concourse's task has it: nothing of it outlives the put.
nothing_left() {
  equal "processes" "$(engines_left)" ""
  equal "mounts" "$(grep -c "$WORK/tmp" /proc/self/mountinfo || :)" 0
}

test_without_an_address_put_starts_an_engine_and_takes_it_away() {
  needs_buildkitd
  example small
  put . '{"context": "small", "vars": {"greeting": "hello"}}' >/dev/null
  wanted=$(tag_digest)
  equal "digest" "$(own '{"context": "small", "vars": {"greeting": "hello"}}' | jq -r .version.digest)" "$wanted"
  contains "log" "$(cat put.log)" "started buildkitd"
  nothing_left
  equal "files" "$(ls tmp)" ""
}

test_packages_are_installed_with_it_too() {
  needs_buildkitd
  mkdir ctx
  printf 'image "x" {\n  base_image = "debian:bookworm"\n  apt {\n    package "jq" {}\n  }\n}\n' >ctx/estaleiro.hcl
  own '{"context": "ctx"}' >reply.json
  equal "digest" "$(tag_digest)" "$(jq -r .version.digest reply.json)"
  nothing_left
}

test_killed_outright_its_engine_goes_with_it() {
  needs_buildkitd
  mkdir tmp
  step_context ctx 'sleep 600 && touch /app'
  jq -n --argjson source "$(source_json "$(without_address)")" '{source: $source, params: {context: "ctx"}}' >request.json
  for signal in KILL TERM; do
    TMPDIR=$WORK/tmp "$BIN/out" . <request.json 2>put.log >/dev/null &
    put=$!
    for _ in $(seq 600); do
      ! grep -q 'RUN sleep' put.log || break
      sleep 0.1
    done
    contains "log" "$(cat put.log)" "RUN sleep"
    [[ -n $(engines_left) ]] || fail "no engine runs"
    kill -$signal $put
    wait $put || :
    for _ in $(seq 100); do
      [[ -n $(engines_left)$(pgrep -f 'sleep 600 && touch /app' || :) ]] || break
      sleep 0.1
    done
    nothing_left
    equal "steps" "$(pgrep -f 'sleep 600 && touch /app' || :)" ""
  done
  no_tag
}

# As in a container that is not privileged.
without_privilege=(setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin)

test_without_privilege_it_lives_in_a_user_namespace() {
  needs_buildkitd
  mkdir ctx tmp
  # Owners and file capabilities of others than root are what a namespace could get wrong.
  printf 'image "x" {\n  base_image = "debian:bookworm"\n  apt {\n    package "iputils-ping" {}\n    package "man-db" {}\n  }\n}\n' \
    >ctx/estaleiro.hcl
  put . '{"context": "ctx"}' >/dev/null
  wanted=$(tag_digest)
  jq -n --argjson source "$(source_json "$(without_address)")" '{source: $source, params: {context: "ctx"}}' >request.json
  TMPDIR=$WORK/tmp "${without_privilege[@]}" "$BIN/out" . <request.json >reply.json 2>put.log || { cat put.log >&2; exit 1; }
  equal "digest" "$(jq -r .version.digest reply.json)" "$wanted"
  contains "log" "$(cat put.log)" "started buildkitd"
  nothing_left
  equal "files" "$(ls tmp)" ""
}

# not_here COMMAND…: puts by way of COMMAND, which must be refused
not_here() {
  jq -n --argjson source "$(source_json "$(without_address)")" '{source: $source, params: {context: "small", vars: {greeting: "x"}}}' >request.json
  # shellcheck disable=SC2016 # expanded over there
  refused "$@" bash -c 'exec "$0" . <request.json' "$BIN/out"
}

test_where_even_that_is_forbidden_the_error_says_what_forbids_it() {
  needs_buildkitd
  example small
  text=$(not_here unshare --user --map-root-user \
    sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' sh "${without_privilege[@]}")
  contains "error" "$text" "buildkitd cannot run here: the container is not privileged"
  contains "reason" "$text" "it permits no user namespace (No space left on device)"
  contains "fix" "$text" "fix: set \`privileged: true\` on the resource type, or give source.buildkit.address"

  chmod 755 .
  text=$(TMPDIR=/tmp not_here setpriv --reuid=65534 --clear-groups)
  contains "reason" "$text" "its user may not hand ids to a user namespace (Operation not permitted)"

  text=$(not_here unshare --mount sh -c 'mount -t tmpfs none /proc/fs && exec "$@"' sh "${without_privilege[@]}")
  contains "reason" "$text" "a container whose /proc is partly hidden"
}

test_a_configuration_that_it_does_not_take_is_told_in_its_words() {
  needs_buildkitd
  example small
  text=$(jq -n --argjson source "$(source_json '.buildkit = {config: "[worker"}')" '{source: $source, params: {context: "small", vars: {greeting: "x"}}}' |
    TMPDIR=$WORK refused "$BIN/out" .)
  contains "error" "$text" "buildkitd ended at once"
  contains "its words" "$text" "toml"
}

test_without_a_buildkitd_the_error_says_what_to_give() {
  example small
  mkdir bin
  text=$(jq -n --argjson source "$(source_json 'del(.buildkit)')" '{source: $source, params: {context: "small", vars: {greeting: "x"}}}' |
    PATH=$WORK/bin refused "$BIN/out" .)
  contains "error" "$text" "source.buildkit.address is missing, and there is no buildkitd in PATH"
  contains "fix" "$text" "give source.buildkit.address"
}
