# Builds nothing that the engine matters to: what `in` fetches, compared with what other tools make of the same images.
# shellcheck shell=bash
. "$ROOT/scripts/lib/layers.sh"

# tree DIRECTORY: path, type, mode, owner, size, mtime, links, device or target, content and extended attributes of all
# that is below; a directory's size is the file system's own business
tree() {
  (
    cd "$1"
    find . \( -type d -printf '%p %y %m %U:%G %T@ %n\n' -o -printf '%p %y %m %U:%G %T@ %n %s %l\n' \)
    find . -type f -print0 | xargs -0r sha256sum
    find . \( -type b -o -type c \) -exec stat -c '%n %t:%T' {} +
    getfattr -Rhd -m - -e hex . 2>/dev/null
  ) | LC_ALL=C sort
}

# manifest_digest REPOSITORY TAG
manifest_digest() { skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$REGISTRY/$1:$2"; }

# compare_with_umoci REPOSITORY TAG
compare_with_umoci() {
  skopeo copy -q --src-tls-verify=false "docker://$REGISTRY/$1:$2" oci:layout:t
  umoci unpack --image layout:t bundle 2>/dev/null
  get image "{\"tag\": \"$2\", \"digest\": \"$(manifest_digest "$1" "$2")\"}" '{}' ".repository = \"$REGISTRY/$1\"" >/dev/null
  tree bundle/rootfs >theirs
  tree image/rootfs >ours
  diff theirs ours >difference || fail "the trees differ: $(head -n 20 difference)"
  [[ $(wc -l <ours) -gt ${3:-100} ]] || fail "only $(wc -l <ours) lines were compared"
}

test_debian_comes_out_as_umoci_unpacks_it() {
  compare_with_umoci library/debian bookworm 10000
  grep -qE 'layer [0-9a-f]{12}: [0-9.]+ MiB in [0-9.]+s \([0-9.]+ [MG]iB/s\)' get.log || fail "no progress: $(cat get.log)"
}

test_twelve_layers_come_out_as_umoci_unpacks_them() {
  mkdir tree
  cp -a /etc/apt /etc/alternatives /etc/skel tree
  twelve_layers tree twelve
  skopeo copy -q --dest-tls-verify=false oci:twelve:t "docker://$REPOSITORY:twelve"
  compare_with_umoci "${REPOSITORY#*/}" twelve 1000
  [[ $(getfattr -n security.capability image/rootfs/srv/12/capable 2>/dev/null) ]] || fail "the capability is lost"
  for gone in srv/1/hidden srv/3/emptied/old srv/5/becomes-file/deep; do
    [[ ! -e image/rootfs/$gone ]] || fail "$gone is still there"
  done
}

test_docker_loads_what_format_oci_writes() {
  get image "{\"tag\": \"bookworm\", \"digest\": \"$(manifest_digest library/debian bookworm)\"}" '{"format": "oci"}' \
    ".repository = \"$REGISTRY/library/debian\"" >/dev/null
  mkdir layout
  skopeo copy -q docker-archive:image/image.tar oci:layout:t
  unpack_layout layout bundle
  [[ -x bundle/rootfs/bin/sh ]] || fail "skopeo does not read the archive"
  contains "docker load" "$("$ROOT/scripts/engine" run docker load -i "/host$PWD/image/image.tar" 2>&1)" \
    "Loaded image: $REGISTRY/library/debian:bookworm"
}

test_a_layout_keeps_the_digest() {
  digest=$(manifest_digest library/debian bookworm)
  get image "{\"tag\": \"bookworm\", \"digest\": \"$digest\"}" '{"format": "oci-layout"}' \
    ".repository = \"$REGISTRY/library/debian\"" >/dev/null
  equal "single-image-digest" "$(cat image/oci/single-image-digest)" "$digest"
  skopeo copy -q --preserve-digests --dest-tls-verify=false oci:image/oci "docker://$REPOSITORY:again"
  equal "digest after a push" "$(manifest_digest "${REPOSITORY#*/}" again)" "$digest"
}

test_a_mirror_gives_docker_hubs_images_under_their_own_names() {
  version="{\"tag\": \"bookworm\", \"digest\": \"$(manifest_digest library/debian bookworm)\"}"
  for name in debian library/debian; do
    get "image-$name" "$version" '{"format": "oci", "bom": "skip"}' ".repository = \"$name\" | .registry_mirror.host = \"$REGISTRY\"" >/dev/null
    equal "repository" "$(cat "image-$name/repository")" "$name"
    equal "name in the archive" "$(tar -xOf "image-$name/image.tar" manifest.json | jq -r '.[0].RepoTags[0]')" "$name:bookworm"
  done
}

test_what_buildkit_attests_of_an_image_comes_as_spdx() {
  mkdir context
  cat >context/Dockerfile.generator <<'END'
FROM busybox
COPY scan.sh /scan.sh
ENTRYPOINT ["sh", "/scan.sh"]
END
  cat >context/scan.sh <<'END'
printf '{"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://spdx.dev/Document",
  "predicate": {"spdxVersion": "SPDX-2.3", "name": "scanned"}}' >"$BUILDKIT_SCAN_DESTINATION/sbom.spdx.json"
END
  printf 'FROM busybox\nRUN echo "%s" >/built\n' "$REPOSITORY" >context/Dockerfile
  "$ROOT/scripts/engine" run sh -ec "
    docker buildx build --quiet --push -f '/host$PWD/context/Dockerfile.generator' -t '$REPOSITORY:generator' '/host$PWD/context'
    docker buildx build --quiet --push --attest 'type=sbom,generator=$REPOSITORY:generator' -t '$REPOSITORY:latest' '/host$PWD/context'"
  get image "{\"tag\": \"latest\", \"digest\": \"$(tag_digest)\"}" '{"bom": "required"}' >/dev/null
  equal "name of the document" "$(jq -r .name image/bom.spdx.json)" scanned
  [[ -e image/rootfs/built ]] || fail "the image is not there"
}
