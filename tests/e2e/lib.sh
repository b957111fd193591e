# Sourced by every suite: the binaries, a repository of the test's own, and the few words tests are written in.
# shellcheck shell=bash
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BIN=${ESTALEIRO_BIN:-$ROOT/build/release/bin}
REGISTRY=$ESTALEIRO_TEST_REGISTRY
REPOSITORY=$REGISTRY/e2e/$(basename "$WORK" | tr '[:upper:].' '[:lower:]-')

# skip REASON: ends the test, which is then counted as skipped and never as passed
skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*" >&2; exit 1; }

# equal WHAT SEEN WANTED
equal() { [[ $2 == "$3" ]] || { printf 'FAILED: %s\n  seen:   %s\n  wanted: %s\n' "$1" "$2" "$3" >&2; exit 1; }; }
# contains WHAT TEXT PIECE
contains() { [[ $2 == *"$3"* ]] || { printf 'FAILED: %s\n  text:\n%s\n  lacks: %s\n' "$1" "$2" "$3" >&2; exit 1; }; }

# source [JQ]: the resource's source, changed by a jq program
source_json() {
  jq -n --arg repository "$REPOSITORY" --arg address "$ENGINE" \
    "{repository: \$repository, tag: \"latest\", insecure: true, buildkit: {address: \$address}} | ${1:-.}"
}
# put INPUTS [PARAMS [SOURCE-JQ]]: the reply on stdout, the log in put.log
put() {
  jq -n --argjson source "$(source_json "${3:-.}")" --argjson params "${2:-"{}"}" '{source: $source, params: $params}' |
    "$BIN/out" "$1" 2>put.log || { cat put.log >&2; return 1; }
}
# check [VERSION [SOURCE-JQ]]
check() {
  jq -n --argjson source "$(source_json "${2:-.}")" --argjson version "${1:-null}" '{source: $source, version: $version}' |
    "$BIN/check" 2>check.log || { cat check.log >&2; return 1; }
}
# get DESTINATION VERSION [PARAMS [SOURCE-JQ]]
get() {
  mkdir -p "$1"
  jq -n --argjson source "$(source_json "${4:-.}")" --argjson version "$2" --argjson params "${3:-"{}"}" \
    '{source: $source, version: $version, params: $params}' |
    "$BIN/in" "$1" 2>get.log || { cat get.log >&2; return 1; }
}
# refused COMMAND…: it must fail; its standard error is printed
refused() {
  local text
  if text=$("$@" 2>&1 >/dev/null); then fail "'$*' succeeded"; fi
  printf '%s\n' "$text"
}

tag_digest() { # [TAG]
  curl -sI -H 'Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json' \
    "http://$REGISTRY/v2/${REPOSITORY#*/}/manifests/${1:-latest}" | tr -d '\r' | sed -n 's/^[Dd]ocker-[Cc]ontent-[Dd]igest: //p'
}
manifest() { # TAG-OR-DIGEST
  curl -sf -H 'Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json' \
    "http://$REGISTRY/v2/${REPOSITORY#*/}/manifests/$1"
}
no_tag() { equal "tag ${1:-latest}" "$(tag_digest "${1:-latest}")" ""; }

# example NAME: a copy of an example as an input of that name
example() { cp -r "$ROOT/examples/$1" "./$1"; }
# step_context DIRECTORY COMMAND: a context with a recipe whose one step runs it
step_context() {
  mkdir "$1"
  printf 'FROM busybox AS build\nRUN %s\n' "$2" >"$1/Dockerfile"
  cat >"$1/estaleiro.hcl" <<'R'
image "x" {
  base_image = "scratch"
  file "/app" {
    from_step "build" { path = "/app" }
  }
}
step "build" {
  dockerfile = "Dockerfile"
  source_file "/app" {
    vcs "git" {
      repository = "https://git.example/app"
      ref        = "49b6936ef130793fff677038891e517718c2baf8"
    }
  }
}
R
}
# unpack_layout LAYOUT DIRECTORY: the files of the layout's one image below DIRECTORY/rootfs, by tar: umoci, which the
# suite `get` is held against, hashes each of them too
unpack_layout() {
  local layer in name
  mkdir -p "$2/rootfs"
  blob() { echo "$1/blobs/${2/://}"; }
  for layer in $(jq -r '.layers[].digest' "$(blob "$1" "$(jq -r '.manifests[0].digest' "$1/index.json")")"); do
    zstd -dcfq "$(blob "$1" "$layer")" >"$2/layer.tar" # gzip too
    # Whiteouts speak of the layers below (image-spec, layer.md); removed first, so that directories keep their times.
    tar -tf "$2/layer.tar" | sed -n 's#^\(\./\)\?\(.*\)\.wh\.\([^/]*\)$#\2 \3#p' | while read -r in name; do
      if [[ $name == .wh..opq ]]; then
        find "$2/rootfs/$in" -mindepth 1 -delete
      else
        rm -rf "$2/rootfs/$in$name"
      fi
    done
    tar -xpf "$2/layer.tar" -C "$2/rootfs" --xattrs --xattrs-include='*' --exclude='.wh.*'
  done
  rm "$2/layer.tar"
}
# unpack DIRECTORY: the pushed image
unpack() {
  skopeo copy -q --src-tls-verify=false "docker://$REPOSITORY:latest" "oci:$1.layout:latest"
  unpack_layout "$1.layout" "$1"
}
# An engine with a cache of its own, if there is a second one.
other_engine() {
  local one
  for one in "$ESTALEIRO_TEST_BUILDKIT" ${ESTALEIRO_TEST_BUILDKIT_UPSTREAM:-}; do
    [[ $one == "$ENGINE" ]] || { echo "$one" && return; }
  done
  echo "$ENGINE"
}

# Stores a file in the registry, which serves it over http; prints its URI.
serve() { # FILE
  local digest location
  digest=sha256:$(sha256sum "$1" | cut -d' ' -f1)
  location=$(curl -sf -X POST -D - -o /dev/null "http://$REGISTRY/v2/${REPOSITORY#*/}/blobs/uploads/" |
    tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
  curl -sf -X PUT --data-binary "@$1" -H 'Content-Type: application/octet-stream' "$location&digest=$digest"
  echo "http://$REGISTRY/v2/${REPOSITORY#*/}/blobs/$digest"
}
# The archive that the machine's own apt uses.
mirror() { apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' | awk '$1 == "bookworm" { print $2; exit }'; }

# frozen_archive DIRECTORY: what the real archive has of the package hello, as an archive of its own that Debian signed
frozen_archive() {
  local from index path
  from=$(mirror)
  from=${from%/}
  fetch() { mkdir -p "$1/$(dirname "$2")" && curl -sfL "$from/$2" -o "$1/$2"; }
  fetch "$1" dists/bookworm/InRelease
  for index in main/binary-amd64/Packages.xz main/source/Sources.xz; do
    fetch "$1" "dists/bookworm/$index"
    path=$1/dists/bookworm/$(dirname "$index")/by-hash/SHA256
    mkdir -p "$path"
    cp "$1/dists/bookworm/$index" "$path/$(sha256sum <"$1/dists/bookworm/$index" | cut -d' ' -f1)"
  done
  for path in $(xz -dc "$1/dists/bookworm/main/binary-amd64/Packages.xz" | awk '$1 == "Package:" { inside = ($2 == "hello") } inside && $1 == "Filename:" { print $2 }') \
    $(xz -dc "$1/dists/bookworm/main/source/Sources.xz" | awk '$1 == "Package:" { inside = ($2 == "hello") } inside && $1 == "Directory:" { directory = $2 }
        inside && /^Checksums-Sha256:/ { files = 1; next } /^[^ ]/ { files = 0 } inside && files { print "pool/main/h/hello/" $3 }'); do
    fetch "$1" "$path"
  done
}
# Serves the frozen archive until the test ends; `frozen` is ADDRESS:PORT, and the moment 20240131T000000Z is below it.
serve_frozen() {
  # Steps have a network of their own: they reach this machine at the address of their bridge.
  local bridge=docker0 address port
  [[ $ENGINE == "$ESTALEIRO_TEST_BUILDKIT" ]] || bridge=estaleiro0
  address=$(ip -4 -o addr show "$bridge" 2>/dev/null | awk '{ sub("/.*", "", $4); print $4 }')
  [[ -n $address ]] || skip "the engine's steps have no bridge $bridge on this machine"
  [[ -d $SHARED/frozen ]] || { frozen_archive "$SHARED/part/20240131T000000Z" && mv "$SHARED/part" "$SHARED/frozen"; }
  port=$((30000 + RANDOM % 10000))
  frozen=$address:$port
  "$ROOT/scripts/engine" run busybox httpd -f -p "$frozen" -h "/host$SHARED/frozen" &
  frozen_server=$!
  trap 'kill $frozen_server' EXIT
  for _ in $(seq 100); do
    curl -sf -o /dev/null "http://$frozen/20240131T000000Z/dists/bookworm/InRelease" && return
    sleep 0.1
  done
  fail "the frozen archive is not served"
}
