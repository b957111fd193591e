# Several platforms in one put: an index, and a bill for each.
# shellcheck shell=bash

BOTH='["linux/amd64", "linux/arm64"]'

# on_both NAME BASE TEXT: a context with one file on a base of two platforms
on_both() {
  mkdir -p "$1"
  echo "$3" >"$1/greeting"
  tar -C "$1" -cf "$1/files.tar" greeting
  cat >"$1/estaleiro.hcl" <<R
image "e2e/both" {
  base_image = "$2"
  file "/$1" {
    from_tarball "files.tar" { path = "greeting" }
  }
}
tarball "files.tar" {
  source_file "greeting" {
    vcs "git" {
      repository = "https://git.example/greeting"
      ref        = "8f6f0fb5d4c9aa2b0d2f1f3bb0b9d9b3a1c7e5d2"
    }
  }
}
R
}
# A base of two platforms in the registry; its name is printed.
base_of_both() {
  on_both base scratch base
  put . "{\"context\": \"base\", \"platforms\": $BOTH}" '.repository += "-base"' >/dev/null
  echo "$REPOSITORY-base:latest"
}
child() { manifest "$1" | jq -r --arg a "$2" '.manifests[] | select(.platform.architecture == $a) | .digest'; }
referrer_types() { manifest "${1/:/-}" | jq -r '.manifests[].artifactType'; } # DIGEST

test_several_platforms_are_one_index_with_a_bill_each() {
  base=$(base_of_both)
  on_both app "$base" hello
  reply=$(put . "{\"context\": \"app\", \"platforms\": $BOTH}")
  version=$(jq -c .version <<<"$reply")
  equal "the version" "$(jq -r .digest <<<"$version")" "$(tag_digest)"
  equal "the platforms" "$(manifest latest | jq -r '.manifests[].platform | .os + "/" + .architecture' | xargs)" "linux/amd64 linux/arm64"
  equal "the index's referrers" "$(referrer_types "$(tag_digest)")" application/vnd.estaleiro.bom.list.v1
  for architecture in amd64 arm64; do
    get "$architecture" "$version" "{\"bom\": \"required\", \"platform\": {\"architecture\": \"$architecture\"}}" >/dev/null
    contains "the bill" "$(cat "$architecture/bom.yml")" "platform: linux/$architecture"
    contains "the bill" "$(cat "$architecture/bom.yml")" "digest: $(child latest "$architecture")"
    contains "its base" "$(cat "$architecture/bom.yml")" "canonical_name: $base@sha256:"
    equal "the bill by name" "$("$BIN/estaleiro" bom get --insecure --platform "linux/$architecture" "$REPOSITORY:latest")" \
      "$(cat "$architecture/bom.yml")"
    cmp "$architecture/rootfs/app" app/greeting
    cmp "$architecture/rootfs/base" base/greeting
    contains "the reply" "$reply" "\"bom_digest (linux/$architecture)\",\"value\":\"sha256:$(sha256sum "$architecture/bom.yml" | cut -d' ' -f1)"
  done
  [[ $(grep manifest_digest amd64/bom.yml) != "$(grep manifest_digest arm64/bom.yml)" ]] || fail "both are on the same base"
  equal "again" "$(put . "{\"context\": \"app\", \"platforms\": \"linux/amd64, linux/arm64\"}" | jq -c .version)" "$version"

  on_both app "$base" other
  put . "{\"context\": \"app\", \"platforms\": $BOTH}" >again.json
  equal "what changed" "$(jq -r '.metadata[] | select(.name | startswith("changes")) | .name + ": " + .value' again.json)" \
    "changes (linux/amd64): 1 file rebuilt
changes (linux/arm64): 1 file rebuilt"
}

test_the_index_is_signed_and_policies_look_at_each_platform() {
  on_both app scratch hello
  openssl ecparam -genkey -name prime256v1 -noout | openssl pkcs8 -topk8 -nocrypt -out key.pem 2>/dev/null
  openssl pkey -in key.pem -pubout -out key.pub
  signing=".cosign = {private_key: $(jq -Rs . key.pem)}" trusting=".cosign = {public_key: $(jq -Rs . key.pub)}"
  version=$(put . "{\"context\": \"app\", \"platforms\": $BOTH, \"sbom\": true, \"bom_label\": true}" "$signing" | jq -c .version)
  equal "the images and their attestations" "$(manifest latest | jq -r '.manifests[].platform.architecture' | xargs)" "amd64 arm64 unknown unknown"
  equal "a check that wants signatures" "$(check null "$trusting" | jq -c '.[0]')" "$version"
  get image "$version" '{"bom": "required", "platform": {"architecture": "arm64"}}' "$trusting" >/dev/null
  contains "the bill" "$(cat image/bom.yml)" "platform: linux/arm64"
  for platform in '{architecture: "arm64"}' '{architecture: "amd64"}'; do
    one=$(check null "$trusting | .platform_digest = true | .platform = $platform" | jq -r '.[0].digest')
    equal "one platform's" "$one" "$(child latest "$(jq -nr "$platform.architecture")")"
  done
  text=$(refused put . "{\"context\": \"app\", \"platforms\": $BOTH}" '.tag = "small" | .policy = {max_size: "10B"}')
  contains "the policy" "$text" "the image for linux/amd64 of "
  no_tag small
}

test_a_platform_that_the_engine_cannot_run_is_one_error_that_says_what_to_install() {
  ! grep -lq aarch64 /proc/sys/fs/binfmt_misc/* 2>/dev/null || skip "this machine runs arm64"
  on_both base scratch base
  # An ELF header of a program for arm64: whatever runs it, this machine does not.
  printf '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\xb7\0\x01\0\0\0' >base/greeting
  head -c 4096 /dev/zero >>base/greeting
  chmod 755 base/greeting
  tar -C base -cf base/files.tar greeting
  sed -i 's|"/base"|"/bin/sh"|' base/estaleiro.hcl
  put . '{"context": "base", "platforms": ["linux/arm64"]}' '.repository += "-base"' >/dev/null
  step_context context true
  sed -i "s|FROM busybox|FROM $REPOSITORY-base|" context/Dockerfile
  text=$(refused put . '{"context": "context", "platforms": ["linux/arm64"]}')
  contains "what is wrong" "$text" "does not say that it runs programs for linux/arm64, only those for linux/amd64"
  contains "what to do" "$text" "fix: install emulation where the engine at '$ENGINE' runs"
  no_tag
}
