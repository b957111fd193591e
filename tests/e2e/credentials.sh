# A registry that wants a login: the engine gets the credentials for that host, and nobody sees them.
# shellcheck shell=bash

start_registry() { # USER PASSWORD; sets PRIVATE and PRIVATE_PID
  local port=5300
  htpasswd -Bbc htpasswd "$1" "$2" 2>/dev/null
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  cat >registry.yml <<R
version: 0.1
storage: {filesystem: {rootdirectory: $WORK/registry}, delete: {enabled: true}}
http: {addr: "127.0.0.1:$port"}
auth: {htpasswd: {realm: test, path: $WORK/htpasswd}}
log: {level: error}
R
  docker-registry serve registry.yml >registry.log 2>&1 &
  PRIVATE_PID=$! PRIVATE=127.0.0.1:$port
  trap 'kill $PRIVATE_PID' EXIT
  for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return; sleep 0.05; done
  fail "the registry does not start"
}
login() { # PASSWORD: a jq program for the source
  echo ".repository = \"$PRIVATE/team/app\" | .username = \"shipwright\" | .password = \"$1\""
}

test_put_check_and_get_with_a_login() {
  start_registry shipwright 'c0rrect-horse/battery+staple'
  example small
  params='{"context": "small", "vars": {"greeting": "x"}}'
  reply=$(put . "$params" "$(login 'c0rrect-horse/battery+staple')")
  equal "check" "$(check null "$(login 'c0rrect-horse/battery+staple')" | jq -r '.[0].digest')" "$(jq -r .version.digest <<<"$reply")"
  get image "$(jq -c .version <<<"$reply")" '{"bom": "required"}' "$(login 'c0rrect-horse/battery+staple')" >/dev/null
  [[ -s image/bom.yml && -e image/rootfs/etc/motd ]] || fail "the image did not come back"
}

test_a_wrong_password_is_refused_and_shown_nowhere() {
  start_registry shipwright 'c0rrect-horse/battery+staple'
  example small
  text=$(refused put . '{"context": "small", "vars": {"greeting": "x"}}' "$(login 'wr0ng-horse/battery+staple')")
  text+=$(refused check null "$(login 'wr0ng-horse/battery+staple')")
  contains "error" "$text" "error: "
  for secret in 'wr0ng-horse' "$(printf 'shipwright:wr0ng-horse/battery+staple' | base64 -w0)" 'wr0ng-horse%2F'; do
    [[ $text != *"$secret"* ]] || fail "the output shows $secret"
  done
}
