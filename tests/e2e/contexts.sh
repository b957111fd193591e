# Named contexts and hosts: what takes the place of a base image or of a step's context.
# shellcheck shell=bash
. "$ROOT/tests/e2e/clients.sh"

test_a_named_context_takes_the_place_of_the_base() {
  needs_client
  example small
  own_base small/estaleiro.hcl
  sed -i "s#\"$REPOSITORY:base\"#\"debian:12\"#" small/estaleiro.hcl
  layout_of image "$(host_path small)" estaleiro.hcl greeting=hello -- "context:debian:12=docker-image://$REPOSITORY:base"
  golden named-context-steps "$(steps)"
  equal "the base's layers" "$(blob image "$(layout_digest image)" | jq -c '[.layers[:-1][].digest]')" \
    "$(manifest base | jq -c '[.layers[].digest]')"
}

# with_context VALUE: the example on debian:12, which VALUE stands in for; its files are then in out/
with_context() {
  rm -rf out
  OUTPUT=type=local,dest=$(host_path out) built "$(host_path small)" estaleiro.hcl greeting=hello -- "context:debian:12=$1"
  cmp out/etc/motd <(tar -xzOf small/motd-1.0.tar.gz motd-1.0/motd)
}
# The same by estaleiro build.
with_context_of_ours() {
  rm -rf out
  "$BIN/estaleiro" build --addr "$ENGINE" --var greeting=hello --build-context "debian:12=$1" --output out/ small 2>ours.log ||
    { cat ours.log >&2; exit 1; }
  cmp out/etc/motd <(tar -xzOf small/motd-1.0.tar.gz motd-1.0/motd)
}
on_debian_12() { example small; sed -i 's/"busybox"/"debian:12"/' small/estaleiro.hcl; }

test_an_image_layout_takes_the_place_of_the_base() {
  needs_client
  on_debian_12
  skopeo copy -q --src-tls-verify=false "docker://$REGISTRY/library/busybox:latest" oci:layout:latest
  with_context_of_ours "oci-layout://layout"
  [[ -e out/bin/busybox ]] || fail "the layout's files are not there"
  with_context "oci-layout://$(host_path layout)@$(jq -r '.manifests[0].digest' layout/index.json)"
  [[ -e out/bin/busybox ]] || fail "the layout's files are not there"
}

test_a_directory_takes_the_place_of_the_base() {
  needs_client
  on_debian_12
  mkdir rootfs
  echo mine >rootfs/mark
  with_context_of_ours rootfs
  equal "the directory's file" "$(cat out/mark)" mine
  contains "a warning" "$(cat ours.log)" "base image 'docker.io/library/debian:12' is replaced by 'local:debian:12'"
  with_context "$(host_path rootfs)"
  equal "the directory's file" "$(cat out/mark)" mine
}

test_a_repository_and_a_download_take_the_place_of_the_base() {
  needs_client
  on_debian_12
  git init -q -b main repo
  mkdir repo/sub
  echo mine >repo/sub/mark
  git -C repo add .
  git -C repo -c user.name=x -c user.email=x@git.example commit -qm x
  port=$((20000 + RANDOM % 10000))
  git daemon --base-path="$PWD" --export-all --reuseaddr --listen=127.0.0.1 --port=$port "$PWD/repo" 2>daemon.log &
  daemon=$!
  trap 'kill $daemon' EXIT
  for _ in $(seq 100); do git ls-remote "git://127.0.0.1:$port/repo" >/dev/null 2>&1 && break; sleep 0.1; done
  for build in with_context with_context_of_ours; do
    $build "git://127.0.0.1:$port/repo#main:sub"
    equal "the repository's file" "$(cat out/mark)" mine
  done
  uri=$(serve small/motd-1.0.tar.gz)
  with_context "$uri"
  cmp out/context small/motd-1.0.tar.gz
}

test_a_context_that_is_none_is_one_error() {
  needs_client
  on_debian_12
  if "$BIN/estaleiro" build --addr "$ENGINE" --var greeting=hello --build-context debian:12=ftp://x small 2>ours.log; then
    fail "it was built"
  fi
  golden wrong-context "$(grep -A9 '^error: ' ours.log)"
}

test_hosts_of_the_caller_are_known_to_apt() {
  serve_frozen
  mkdir ctx
  # A name that only the caller knows: steps reach the archive by it, the engine itself does not.
  cat >ctx/estaleiro.hcl <<R
image "e2e/hosts" {
  base_image = "debian:bookworm"
  apt {
    snapshot     = "20240131"
    repositories = ["deb http://archive.only-here.example:${frozen#*:}/@SNAPSHOTID@ bookworm main"]
    package "hello" {}
  }
}
R
  "$BIN/estaleiro" build --addr "$ENGINE" --add-host "archive.only-here.example:${frozen%:*}" --target bom --output out/ ctx \
    2>build.log || { cat build.log >&2; exit 1; }
  contains "where hello is from" "$(cat out/bom.yml)" "uri: http://archive.only-here.example:"
  if "$BIN/estaleiro" build --addr "$ENGINE" ctx 2>build.log; then fail "the name is known without"; fi
}
