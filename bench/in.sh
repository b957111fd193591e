# Sourced by scripts/bench: `in` against what unpacks an image otherwise.
# shellcheck shell=bash
. scripts/lib/layers.sh

# Each run gets a file system of its own: where a tree has just been removed, ext4 passes over its inodes one by one for
# minutes, which would be most of what is measured.
in_forget() {
  umount -q "$work/in" || :
  rm -f "$work/in.img"
}
in_clean() {
  in_forget
  truncate -s 16G "$work/in.img"
  mkfs.ext4 -q -F "$work/in.img"
  mkdir -p "$work/in"
  mount -o loop "$work/in.img" "$work/in"
  mkdir "$work/in/out"
}

in_ours() { # REPOSITORY TAG DIGEST
  jq -n --arg repository "$ESTALEIRO_TEST_REGISTRY/$1" --arg tag "$2" --arg digest "$3" \
    '{source: {repository: $repository, tag: $tag, insecure: true}, params: {bom: "skip"},
      version: {tag: $tag, digest: $digest}}' >"$work/request.json"
  milliseconds sh -c "exec '$bin/in' '$work/in/out' <'$work/request.json'"
}

in_skopeo_umoci() { # REPOSITORY TAG
  milliseconds sh -ec "
    skopeo copy -q --src-tls-verify=false 'docker://$ESTALEIRO_TEST_REGISTRY/$1:$2' 'oci:$work/in/layout:t'
    umoci unpack --image '$work/in/layout:t' '$work/in/bundle'"
}

# The practical limit: no download, no digest, no whiteout. tar does not put a file where a directory was, and says so.
in_igzip_tar() { # LAYOUT
  local blobs
  blobs=$(jq -r --arg at "$1/blobs/sha256/" '.layers[].digest | ltrimstr("sha256:") | $at + .' "$1/$(layout_manifest "$1")")
  milliseconds sh -c "for blob in $(echo $blobs); do igzip -dc \$blob | tar -x -C '$work/in/out'; done; true"
}

layout_manifest() { jq -r '.manifests[0].digest | ltrimstr("sha256:") | "blobs/sha256/" + .' "$1/index.json"; }

in_rows() { # NAME REPOSITORY TAG LAYOUT
  local digest
  digest=sha256:$(basename "$(layout_manifest "$4")")
  versus "get $1: skopeo copy, umoci unpack" 0.25 in_clean "in_ours $2 $3 $digest" "in_skopeo_umoci $2 $3"
  versus "get $1: igzip -dc | tar -x" 1.2 in_clean "in_ours $2 $3 $digest" "in_igzip_tar $4"
}

in_case() {
  local debian=$work/layouts/debian twelve=$work/layouts/twelve
  mkdir -p "$work/layouts"
  rm -rf "$debian"
  skopeo copy -q --src-tls-verify=false "docker://$ESTALEIRO_TEST_REGISTRY/library/debian:bookworm" "oci:$debian:t"
  if [[ ! -e $twelve/oci-layout ]]; then
    say "making an image of twelve layers, 600 MB"
    rm -rf "$twelve" "$work/debian"
    umoci --log error unpack --image "$debian:t" "$work/debian"
    twelve_layers "$work/debian/rootfs" "$twelve"
    rm -rf "$work/debian"
  fi
  skopeo copy -q --dest-tls-verify=false "oci:$twelve:t" "docker://$ESTALEIRO_TEST_REGISTRY/bench/twelve:latest"
  in_rows "debian:bookworm" library/debian bookworm "$debian"
  in_rows "12 layers, 600 MB" bench/twelve latest "$twelve"
  in_forget
}
