# Sourced by scripts/bench: `check` against what asks a registry otherwise.
# shellcheck shell=bash

check_runs=50
check_url() { echo "http://$ESTALEIRO_TEST_REGISTRY/v2/library/debian/manifests/bookworm"; }

check_request() { # JQ: the source of a request, in $work/check.json
  jq -n --arg registry "$ESTALEIRO_TEST_REGISTRY" "{source: ($1)}" >"$work/check.json"
}

# One program takes some milliseconds: they are timed by the fifty.
check_tag_ours() { milliseconds sh -ec "for i in \$(seq $check_runs); do '$bin/check' <'$work/check.json'; done"; }
check_tag_curl() {
  milliseconds sh -ec "for i in \$(seq $check_runs); do
    curl -sIf -H 'Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json' '$(check_url)'
  done"
}
check_cpu() { # user and system time of one run
  /usr/bin/time -o "$work/cpu" -f '%U %S' sh -ec "for i in \$(seq $check_runs); do '$bin/check' <'$work/check.json'; done" >/dev/null
  awk -v runs=$check_runs '{ printf "check, one tag: %.1f ms of CPU (at most 8)\n", ($1 + $2) * 1000 / runs }' "$work/cpu"
}

# 2,000 tags, each with an image of its own.
check_repository() {
  local base=http://$ESTALEIRO_TEST_REGISTRY/v2/bench/tags tags=$work/tags location config
  [[ $(curl -s "$base/tags/list" | jq '.tags | length') != 2000 ]] || return 0
  say "making a repository of 2,000 tags"
  rm -rf "$tags"
  mkdir -p "$tags"
  printf '{}' >"$tags/config"
  config=sha256:$(sha256sum <"$tags/config" | cut -d ' ' -f 1)
  location=$(curl -sfi -X POST "$base/blobs/uploads/" | tr -d '\r' | sed -n 's/^Location: //p')
  curl -sf -X PUT --data-binary "@$tags/config" -H 'Content-Type: application/octet-stream' "$location&digest=$config"
  for tag in latest $(seq -f '1.%g.0' 0 1998); do
    printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":2},"layers":[],"annotations":{"tag":"%s"}}' \
      "$config" "${tag/latest/1.1998.0}" >"$tags/$tag.json"
    printf 'url = "%s/manifests/%s"\nrequest = PUT\nheader = "Content-Type: application/vnd.oci.image.manifest.v1+json"\ndata-binary = "@%s"\nnext\n' \
      "$base" "$tag" "$tags/$tag.json"
  done | sed '$d' >"$tags/curl"
  curl -sf -K "$tags/curl"
}
check_forget() { rm -f "$work"/cache/estaleiro-*; }
check_versions() { XDG_CACHE_HOME=$work/cache milliseconds sh -c "exec '$bin/check' <'$work/check.json'"; }
check_heads() { # one request after the other, each with a program of its own
  milliseconds sh -ec "seq -f 'http://$ESTALEIRO_TEST_REGISTRY/v2/bench/tags/manifests/1.%g.0' 0 1998 |
    xargs -n 1 curl -sIf -H 'Accept: application/vnd.oci.image.manifest.v1+json' -o /dev/null"
}
check_heads_kept() { # one request after the other on one connection
  milliseconds sh -ec "seq -f 'url = http://$ESTALEIRO_TEST_REGISTRY/v2/bench/tags/manifests/1.%g.0' 0 1998 |
    curl -sIf -H 'Accept: application/vnd.oci.image.manifest.v1+json' -K - >'$work/heads'"
}

check_case() {
  mkdir -p "$work/cache"
  check_request '{repository: ($registry + "/library/debian"), tag: "bookworm"}'
  versus "check of one tag, fifty times: curl -I" 1.3 : check_tag_ours check_tag_curl
  check_cpu
  check_repository
  check_request '{repository: ($registry + "/bench/tags")}'
  versus "check of 2,000 versions: a HEAD each" 0.1 check_forget check_versions check_heads
  versus "the same: HEADs on one connection" 1.0 check_forget check_versions check_heads_kept
  check_versions >/dev/null
  versus "the same again, in the same container" 0.1 : check_versions check_heads
}
