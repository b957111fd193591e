# Sourced by benchmarks and tests: a real image of twelve layers with all that layers can hold.
# shellcheck shell=bash

# add_blob LAYOUT FILE: moves it to where its digest says, and prints "DIGEST SIZE"
add_blob() {
  local hex size
  hex=$(sha256sum "$2" | cut -d ' ' -f 1)
  size=$(stat -c %s "$2")
  mv "$2" "$1/blobs/sha256/$hex"
  echo "sha256:$hex $size"
}

# stage_layer N TREE STAGE: a copy of TREE below srv/N, and beside it hard links, a capability, an extended attribute, a
# sparse file, a fifo, a device where that is permitted; of layer N-1 a file is hidden, a directory emptied by an opaque
# marker, a directory replaced by a file and a file by a directory.
stage_layer() {
  local n=$1 tree=$2 here=$3/srv/$1 below=$3/srv/$(($1 - 1))
  mkdir -p "$here/emptied/deep" "$here/becomes-file/deep"
  cp -a "$tree" "$here/tree"
  echo "$n" >"$here/hidden"
  echo "$n" >"$here/linked"
  ln "$here/linked" "$here/emptied/link"
  ln "$here/linked" "$here/tree/link"
  echo old >"$here/emptied/old"
  echo "$n" >"$here/becomes-file/deep/file"
  echo "$n" >"$here/becomes-directory"
  cp /bin/true "$here/capable"
  setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 "$here/capable" # net_bind_service
  chmod 4755 "$here/linked"
  chown 1000:50 "$here/hidden" "$here/emptied"
  setfattr -n user.note -v "layer $n" "$here/capable" "$here/emptied"
  truncate -s 1M "$here/sparse"
  echo end >>"$here/sparse"
  mkfifo "$here/fifo"
  mknod "$here/null" c 1 3 2>/dev/null || :
  ln -s ../emptied "$here/tree/up"
  if [[ $n -gt 1 ]]; then
    mkdir -p "$below/emptied" "$below/becomes-directory"
    touch "$below/.wh.hidden" "$below/emptied/.wh..wh..opq"
    echo new >"$below/emptied/new"
    echo file >"$below/becomes-file"
    echo new >"$below/becomes-directory/file"
  fi
  find "$3" -depth -newermt @1600000000 -exec touch -h -d "@$((1600000000 + n)).123456789" {} +
}

# twelve_layers TREE LAYOUT: makes the image layout LAYOUT, tag "t"; layers are gzip, which all tools read.
twelve_layers() {
  local tree=$1 layout=$2 n work diff_ids='[]' layers='[]' digest size
  work=$(mktemp -d "${TMPDIR:-/tmp}/estaleiro-layers.XXXXXX")
  mkdir -p "$layout/blobs/sha256"
  for n in $(seq 12); do
    mkdir "$work/stage"
    stage_layer "$n" "$tree" "$work/stage"
    tar -C "$work/stage" --sort=name --numeric-owner --format=posix --pax-option=delete=atime,delete=ctime \
      --sparse --xattrs --xattrs-include='*' -cf "$work/layer.tar" .
    rm -rf "$work/stage"
    diff_ids=$(jq -c --arg id "sha256:$(sha256sum "$work/layer.tar" | cut -d ' ' -f 1)" '. + [$id]' <<<"$diff_ids")
    gzip -n <"$work/layer.tar" >"$work/blob"
    rm "$work/layer.tar"
    read -r digest size < <(add_blob "$layout" "$work/blob")
    layers=$(jq -c --arg digest "$digest" --argjson size "$size" \
      '. + [{mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: $digest, size: $size}]' <<<"$layers")
  done
  jq -cn --argjson ids "$diff_ids" \
    '{architecture: "amd64", os: "linux", config: {}, rootfs: {type: "layers", diff_ids: $ids}}' >"$work/blob"
  read -r digest size < <(add_blob "$layout" "$work/blob")
  jq -cn --arg digest "$digest" --argjson size "$size" --argjson layers "$layers" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: {mediaType: "application/vnd.oci.image.config.v1+json", digest: $digest, size: $size}, layers: $layers}' \
    >"$work/blob"
  read -r digest size < <(add_blob "$layout" "$work/blob")
  jq -cn --arg digest "$digest" --argjson size "$size" \
    '{schemaVersion: 2, manifests: [{mediaType: "application/vnd.oci.image.manifest.v1+json", digest: $digest,
      size: $size, annotations: {"org.opencontainers.image.ref.name": "t"}}]}' >"$layout/index.json"
  echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
  rm -r "$work"
}
