# Where estaleiro build puts what it has built.
# shellcheck shell=bash
. "$ROOT/tests/e2e/clients.sh"

# made OPTION…: estaleiro build of the small example; metadata.json has what the engine says of it
made() {
  "$BIN/estaleiro" build --addr "$ENGINE" --var greeting=hello --metadata-file metadata.json "$@" small 2>build.log ||
    { cat build.log >&2; return 1; }
}
made_digest() { jq -r '."containerimage.digest"' metadata.json; }
motd() { tar -xzOf small/motd-1.0.tar.gz motd-1.0/motd; }
docker() { "$ROOT/scripts/engine" run docker "$@"; }

test_an_image_stays_in_the_engine() {
  example small
  made --tag "$REPOSITORY:kept" --output image
  contains "the digest" "$(made_digest)" "sha256:"
  # buildkitd keeps it in its own store, which nobody but itself runs from.
  if [[ $ENGINE == "$DOCKER" ]]; then
    equal "what it says" "$(docker run --rm --network none "$REPOSITORY:kept")" "$(motd)"
    docker image rm "$REPOSITORY:kept" >/dev/null
  fi
  no_tag kept
}

test_a_push_is_what_the_registry_serves() {
  example small
  made --tag "$REPOSITORY:one" --tag "$REPOSITORY:two" --output push --insecure
  equal "the first tag" "$(tag_digest one)" "$(made_digest)"
  equal "the second tag" "$(tag_digest two)" "$(made_digest)"
}

test_a_docker_archive_is_what_docker_loads() {
  example small
  made --tag "$REPOSITORY:loaded" --output type=docker,dest=image.tar
  docker load --input "/host$PWD/image.tar" >loaded.txt
  contains "its name" "$(cat loaded.txt)" "$REPOSITORY:loaded"
  equal "what it says" "$(docker run --rm --network none "$REPOSITORY:loaded")" "$(motd)"
  docker image rm "$REPOSITORY:loaded" >/dev/null
}

test_files_come_as_a_directory_or_an_archive() {
  example small
  made --output type=local,dest=out
  cmp out/etc/motd <(motd)
  made --output type=tar,dest=files.tar
  equal "the archive's file" "$(tar -xOf files.tar etc/motd)" "$(motd)"
}

test_several_outputs_of_one_build_are_the_same_image() {
  example small
  made --tag "$REPOSITORY:same" --output push --insecure --output type=oci,dest=image.tar --output type=docker,dest=docker.tar
  equal "the archive" "$(skopeo inspect --format '{{.Digest}}' oci-archive:image.tar)" "$(tag_digest same)"
}

test_a_local_build_writes_archive_layout_files_and_bill() {
  example small
  run() { "$BIN/estaleiro" build --addr "$ENGINE" --var greeting=hello "$@" small 2>build.log || { cat build.log >&2; return 1; }; }
  run --tag "$REPOSITORY:x" --output type=oci,dest=image.tar --output type=oci,tar=false,dest=layout \
    --bom bill --metadata-file metadata.json --graph graph.svg
  digest=$(jq -r '."containerimage.digest"' metadata.json)
  equal "the layout" "$(skopeo inspect --format '{{.Digest}}' oci:layout)" "$digest"
  equal "the archive" "$(skopeo inspect --format '{{.Digest}}' oci-archive:image.tar)" "$digest"
  contains "the bill" "$(cat bill/bom.yml)" "$digest"
  contains "the graph" "$(cat graph.svg)" "bill of materials"
  run --output out/
  cmp out/etc/motd <(tar -xzOf small/motd-1.0.tar.gz motd-1.0/motd)
  run --output type=tar,dest=- >files.tar
  tar -tf files.tar etc/motd >/dev/null
  run --progress json --no-cache
  grep -h '^{' build.log | jq -es 'map(.vertexes // [] | .[].name) | any(startswith("[files]"))' >/dev/null
}
