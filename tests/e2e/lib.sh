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
# unpack DIRECTORY: the pushed image, by Debian's tools
unpack() {
  skopeo copy -q --src-tls-verify=false "docker://$REPOSITORY:latest" "oci:$1.layout:latest"
  umoci unpack --image "$1.layout:latest" "$1" 2>/dev/null
}
