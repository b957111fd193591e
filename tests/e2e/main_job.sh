# put builds and pushes image plus bill; check sees it; get brings both back.
# shellcheck shell=bash

small() { put . '{"context": "small", "vars": {"greeting": "hello"}}'; }

test_put_check_get_agree_on_one_digest() {
  example small
  reply=$(small)
  digest=$(jq -r .version.digest <<<"$reply")
  equal "the tag" "$(tag_digest)" "$digest"
  equal "check's version" "$(check | jq -c .)" "[{\"tag\":\"latest\",\"digest\":\"$digest\"}]"
  get image "$(jq -c .version <<<"$reply")" >get.json
  equal "get's version" "$(jq -c .version get.json)" "$(jq -c .version <<<"$reply")"
  equal "digest" "$(cat image/digest)" "$digest"
  equal "tag" "$(cat image/tag)" latest
  equal "repository" "$(cat image/repository)" "$REPOSITORY"
}

test_the_image_holds_the_declared_files_byte_for_byte() {
  example small
  version=$(small | jq -c .version)
  get image "$version" >/dev/null
  tar -xzOf small/motd-1.0.tar.gz motd-1.0/motd | cmp - image/rootfs/etc/motd
  equal "env" "$(jq -c .env image/metadata.json | jq -r '.[] | select(startswith("GREETING="))')" "GREETING=hello"
  equal "cmd" "$(jq -c .cmd image/metadata.json)" '["cat","/etc/motd"]'
  [[ -x image/rootfs/bin/busybox ]] || fail "the base is missing"
}

test_the_bill_names_base_and_file_with_its_commit() {
  example small
  version=$(small | jq -c .version)
  get image "$version" >/dev/null
  bill=$(cat image/bom.yml)
  contains "product" "$bill" "product_name: example/small"
  contains "base" "$bill" "library/busybox:latest@sha256:"
  contains "path" "$bill" "path: /etc/motd"
  contains "digest" "$bill" "sha256:$(sha256sum image/rootfs/etc/motd | cut -d' ' -f1)"
  contains "repository" "$bill" "repository_uri: https://git.example/motd"
  contains "commit" "$bill" "8f6f0fb5d4c9aa2b0d2f1f3bb0b9d9b3a1c7e5d2"
  contains "the image it speaks of" "$bill" "$(jq -r .digest <<<"$version")"
}

test_nothing_changed_means_the_same_digest() {
  example small
  first=$(small | jq -r .version.digest)
  equal "the second digest" "$(small | jq -r .version.digest)" "$first"
}

test_check_returns_the_known_version_before_the_new_one() {
  example small
  first=$(small | jq -c .version)
  second=$(put . '{"context": "small", "vars": {"greeting": "goodbye"}}' | jq -c .version)
  [[ $first != "$second" ]] || fail "both builds have one digest"
  equal "check from the first" "$(check "$first" | jq -c .)" "[$first,$second]"
  equal "check from the second" "$(check "$second" | jq -c .)" "[$second]"
  gone='{"tag":"latest","digest":"sha256:1111111111111111111111111111111111111111111111111111111111111111"}'
  equal "check from one that is gone" "$(check "$gone" | jq -c .)" "[$second]"
}

test_check_of_a_tag_that_does_not_exist_is_empty() {
  equal "versions" "$(check | jq -c .)" "[]"
}

test_debian_tools_read_the_image() {
  example small
  digest=$(small | jq -r .version.digest)
  equal "skopeo's digest" "$(skopeo inspect --tls-verify=false "docker://$REPOSITORY:latest" | jq -r .Digest)" "$digest"
  unpack bundle
  cmp bundle/rootfs/etc/motd <(tar -xzOf small/motd-1.0.tar.gz motd-1.0/motd)
}

test_oci_format_loads_as_a_docker_archive() {
  example small
  version=$(small | jq -c .version)
  get image "$version" '{"format": "oci"}' >/dev/null
  skopeo inspect "docker-archive:image/image.tar" >inspect.json
  equal "env" "$(jq -r '.Env[] | select(startswith("GREETING="))' inspect.json)" "GREETING=hello"
  for file in bom.yml bom.spdx.json bom.cdx.json labels.json; do [[ -s image/$file ]] || fail "$file is missing"; done
}

test_the_bill_is_a_referrer_of_the_digest_and_not_in_the_image() {
  example small
  digest=$(small | jq -r .version.digest)
  index=$(manifest "${digest/:/-}")
  equal "artifact type" "$(jq -r '.manifests[0].artifactType' <<<"$index")" "application/vnd.estaleiro.bom.v1+yaml"
  artifact=$(manifest "$(jq -r '.manifests[0].digest' <<<"$index")")
  equal "subject" "$(jq -r .subject.digest <<<"$artifact")" "$digest"
  equal "one layer for the file" "$(manifest "$digest" | jq '.layers | length')" \
    "$(($(skopeo inspect --tls-verify=false --raw "docker://$REGISTRY/library/busybox" | jq '.layers | length') + 1))"
}
