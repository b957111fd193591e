# What becomes of a bill: where it is kept, how it is found, and how an image is built from it again.
# shellcheck shell=bash

upgradable=jq # has dependencies, and a postinst runs after it (libc-bin's trigger)

recipe() { # package…
  mkdir -p ctx
  {
    printf 'image "e2e/bill" {\n  base_image = "debian:bookworm"\n  apt {\n'
    printf '    package "%s" {}\n' "$@"
    printf '  }\n}\n'
  } >ctx/estaleiro.hcl
}
bill_of() { "$BIN/estaleiro" bom get --insecure "$REPOSITORY${1:-}" 2>bom-get.log; }
estaleiro() { "$BIN/estaleiro" "$@"; }
upload() { # FILE, as a blob
  local location
  location=$(curl -sf -X POST -D - -o /dev/null "http://$REGISTRY/v2/${REPOSITORY#*/}/blobs/uploads/" |
    tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
  curl -sf -X PUT --data-binary "@$1" -H 'Content-Type: application/octet-stream' \
    "$location&digest=sha256:$(sha256sum "$1" | cut -d' ' -f1)"
}

# refer FILE DIGEST [TYPE]: the file as an artifact of that type (a bill) that refers to an image, by the fallback tag
refer() {
  local type=${3:-application/vnd.estaleiro.bom.v1+yaml} created='{"org.opencontainers.image.created": "2999-01-01T00:00:00Z"}'
  upload "$1"
  printf '{}' >empty && upload empty
  jq -n --arg subject "$2" --arg type "$type" --argjson created "$created" \
    --arg layer "sha256:$(sha256sum "$1" | cut -d' ' -f1)" --argjson size "$(stat -c %s "$1")" \
    --argjson image "$(manifest "$2" | wc -c)" '{
    schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", artifactType: $type,
    config: {mediaType: "application/vnd.oci.empty.v1+json", size: 2,
             digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},
    layers: [{mediaType: $type, digest: $layer, size: $size}], annotations: $created,
    subject: {mediaType: "application/vnd.oci.image.manifest.v1+json", digest: $subject, size: $image}}' >artifact.json
  curl -sf -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary @artifact.json \
    "http://$REGISTRY/v2/${REPOSITORY#*/}/manifests/sha256:$(sha256sum artifact.json | cut -d' ' -f1)"
  manifest "${2/:/-}" |
    jq --arg digest "sha256:$(sha256sum artifact.json | cut -d' ' -f1)" --argjson size "$(stat -c %s artifact.json)" \
      --arg type "$type" --argjson created "$created" '.manifests += [{
      mediaType: "application/vnd.oci.image.manifest.v1+json", digest: $digest, size: $size, artifactType: $type,
      annotations: $created}]' >index.json
  curl -sf -X PUT -H 'Content-Type: application/vnd.oci.image.index.v1+json' --data-binary @index.json \
    "http://$REGISTRY/v2/${REPOSITORY#*/}/manifests/${2/:/-}"
}
# unrefer DIGEST: nothing refers to the image, by the fallback tag
unrefer() {
  printf '{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}' >none.json
  curl -sf -X PUT -H 'Content-Type: application/vnd.oci.image.index.v1+json' --data-binary @none.json \
    "http://$REGISTRY/v2/${REPOSITORY#*/}/manifests/${1/:/-}"
}
# package_of_today: a package that no archive and no engine has ever seen, in fresh.deb
package_of_today() {
  mkdir -p fresh/DEBIAN fresh/usr/share/fresh
  printf 'Package: e2e-fresh\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: fresh\n' >fresh/DEBIAN/control
  head -c 64 /dev/urandom | base64 >fresh/usr/share/fresh/today
  dpkg-deb --root-owner-group --build fresh fresh.deb >/dev/null
}

test_a_bill_is_found_as_attestation_too() {
  example small
  put . '{"context": "small", "vars": {"greeting": "hello"}}' >/dev/null
  plain=$(tag_digest)
  put . '{"context": "small", "vars": {"greeting": "hello"}, "sbom": true}' >/dev/null
  index=$(manifest "$(tag_digest)")
  equal "the image in the index" "$(jq -r '.manifests[] | select(.platform.os == "linux").digest' <<<"$index")" "$plain"
  equal "what else there is" "$(jq -r '.manifests[1].annotations["vnd.docker.reference.type"]' <<<"$index")" attestation-manifest
  contains "the bill" "$(bill_of)" "$(tag_digest)"
  contains "found as" "$(cat bom-get.log)" "the referrer sha256:"

  # Without its referrers the attestation is what is left.
  unrefer "$(tag_digest)"
  unrefer "$plain"
  text=$(refused bill_of)
  contains "the form that there is" "$text$(cat bom-get.log)" "--format spdx"
  estaleiro bom get --insecure "$REPOSITORY" --format spdx >attested.json 2>bom-get.log
  contains "found as" "$(cat bom-get.log)" "the attestation of $plain"
  equal "it is SPDX" "$(jq -r .spdxVersion attested.json)" SPDX-2.3
  get image "{\"tag\": \"latest\", \"digest\": \"$(tag_digest)\"}" '{"bom": "required"}' >/dev/null
  cmp image/bom.spdx.json attested.json
}

test_a_bill_is_found_in_the_image_where_the_original_kept_it() {
  mkdir -p ctx
  bill='product_name: old
protocol: v0.0.1
base_image:
    canonical_name: docker.io/library/ubuntu:latest@sha256:017eef0b616011647b269b5c65826e2e2ebddbe5d1f8c1e56b3599fb14fabec8
    os: ubuntu
    version: "18.04"
    codename: bionic
    packages: []
changeset:
    files: []
    packages: []'
  printf '%s\n' "$bill" >ctx/merged.yml
  cat >ctx/estaleiro.hcl <<'R'
image "e2e/original" {
  base_image = "busybox"
  file "/bom/merged.yml" {
    from_context {
      path = "merged.yml"
      vcs "git" {
        repository = "https://git.example/original"
        ref        = "8f6f0fb5d4c9aa2b0d2f1f3bb0b9d9b3a1c7e5d2"
      }
    }
  }
}
R
  put . '{"context": "ctx"}' >/dev/null
  # A copy has nothing beside it.
  skopeo copy -q --src-tls-verify=false --dest-tls-verify=false "docker://$REPOSITORY:latest" "docker://$REPOSITORY/copy:latest"
  equal "the bill" "$(bill_of /copy)" "$bill"
  contains "found as" "$(cat bom-get.log)" "/bom/merged.yml of the image"
}

test_a_label_names_the_bill_that_the_image_was_made_with() {
  recipe hello
  put . '{"context": "ctx", "bom_label": true}' >/dev/null
  digest=$(tag_digest)
  label=$(skopeo inspect --tls-verify=false "docker://$REPOSITORY:latest" | jq -r '.Labels["estaleiro.bom.digest"]')
  bill_of >bom.yml
  equal "the label" "$label" "sha256:$(sed '/^image:/,/^[a-z]/{/^    digest:/d}' bom.yml | sha256sum | cut -d' ' -f1)"

  # The lock gives the same label, and so the same digest.
  put . '{"context": "ctx", "lock": "bom.yml", "bom_label": true}' >/dev/null
  equal "digest out of the bill" "$(tag_digest)" "$digest"

  # Another bill in its place is refused: the image says which one is its own.
  sed 's/name: hello$/name: hallo/' bom.yml >other.yml
  refer other.yml "$digest"
  contains "bom get" "$(refused estaleiro bom get --insecure "$REPOSITORY")" "is not the one that the image was made with"
  contains "get" "$(refused get image "{\"tag\": \"latest\", \"digest\": \"$digest\"}")" "is not the one that the image was made with"
}
test_an_engine_that_has_never_seen_it_builds_the_same_digest_from_the_bill() {
  recipe "$upgradable"
  put . '{"context": "ctx"}' >/dev/null
  digest=$(tag_digest)
  bill_of >bom.yml
  put . '{"context": "ctx", "lock": "bom.yml"}' ".buildkit.address = \"$(other_engine)\"" >/dev/null
  equal "digest of the other engine" "$(tag_digest)" "$digest"
  estaleiro build ctx --addr "$(other_engine)" --lock bom.yml --output type=oci,tar=false,dest=layout --progress plain 2>build.log
  equal "digest of the command line" "$(jq -r '.manifests[0].digest' layout/index.json)" "$digest"
  [[ $(cat build.log) != *"resolve"* ]] || fail "apt was asked"
  # An image names its bill as well as a file does.
  estaleiro build ctx --addr "$ENGINE" --lock "$REPOSITORY:latest" --insecure --output type=oci,tar=false,dest=again 2>build.log
  equal "digest by the image" "$(jq -r '.manifests[0].digest' again/index.json)" "$digest"
}

test_verify_builds_an_image_again_and_names_what_is_another() {
  recipe "$upgradable"
  put . '{"context": "ctx"}' >/dev/null
  text=$(estaleiro bom verify --insecure "$REPOSITORY:latest" ctx --addr "$ENGINE" --progress plain 2>verify.log)
  contains "the same" "$text" "is what its bill says: built again it has the same digest, $(tag_digest)"

  # An image with another file, pushed with the old one's bill.
  digest=$(tag_digest)
  bill_of >bom.yml
  skopeo copy -q --src-tls-verify=false "docker://$REPOSITORY:latest" oci:changed:t
  umoci unpack --image changed:t bundle 2>/dev/null
  echo changed >bundle/rootfs/usr/share/doc/jq/changed
  rm bundle/rootfs/usr/bin/jq
  umoci repack --image changed:t bundle 2>/dev/null
  rm -r bundle
  skopeo copy -q --dest-tls-verify=false oci:changed:t "docker://$REPOSITORY:changed"
  sed "s/$digest/$(tag_digest changed)/" bom.yml >lock.yml
  unrefer "$(tag_digest changed)"
  refer lock.yml "$(tag_digest changed)"
  if text=$(estaleiro bom verify --insecure "$REPOSITORY:changed" ctx --addr "$ENGINE" 2>verify.log); then fail "verified: $text"; fi
  contains "another" "$text" "is not what its bill says: it has the digest $(tag_digest changed), built again $digest"
  contains "the layers" "$text" "layers, then"
}
test_check_reproducible_names_path_and_origin_of_a_difference() {
  recipe hello
  estaleiro build ctx --addr "$ENGINE" --check-reproducible --progress plain 2>build.log
  contains "the same" "$(cat build.log)" "reproducible: both builds gave the same image for linux/"
  mkdir clock
  printf 'FROM %s/library/busybox\nRUN date +%%s%%N >/now && echo same >/same\n' "$REGISTRY" >clock/Dockerfile
  cat >clock/estaleiro.hcl <<'R'
image "e2e/clock" {
  base_image = "busybox"
  file "/etc/now" {
    from_step "clock" {
      path = "/now"
    }
  }
  file "/etc/same" {
    from_step "clock" {
      path = "/same"
    }
  }
}
step "clock" {
  dockerfile = "Dockerfile"
  source_file "/*" {
    vcs "git" {
      repository = "https://git.example/clock"
      ref        = "8f6f0fb5d4c9aa2b0d2f1f3bb0b9d9b3a1c7e5d2"
    }
  }
}
R
  if estaleiro build clock --addr "$ENGINE" --check-reproducible --progress plain 2>build.log; then fail "$(cat build.log)"; fi
  contains "the path" "$(cat build.log)" "/etc/now: content (declared, step clock)"
  [[ $(cat build.log) != *"/etc/same:"* ]] || fail "a file that is the same is named"
}

test_files_out_of_packages_are_locked_too() {
  mkdir ctx
  cat >ctx/estaleiro.hcl <<'R'
image "e2e/files" {
  base_image = "scratch"
  file "/usr/bin/hello" {
    from_package "hello" {
      image = "debian:bookworm"
      path  = "/usr/bin/hello"
    }
  }
}
R
  put . '{"context": "ctx", "keep_inputs": true}' >/dev/null
  digest=$(tag_digest)
  bill_of >bom.yml
  put . '{"context": "ctx", "lock": "bom.yml"}' >/dev/null
  equal "digest out of the bill" "$(tag_digest)" "$digest"
  [[ $(cat put.log) != *"look up"* ]] || fail "apt was asked"
  # Another version in the recipe is not what was locked.
  sed -i 's|path  = |version = "1.0-1"\n      &|' ctx/estaleiro.hcl
  contains "the version" "$(refused put . '{"context": "ctx", "lock": "bom.yml"}')" "not at '1.0-1'"
}

test_a_package_that_left_the_pool_comes_out_of_the_kept_inputs() {
  recipe hello
  put . '{"context": "ctx"}' >/dev/null
  digest=$(tag_digest)
  bill_of >bom.yml
  # A lock with one package more, which is nowhere but in what was kept.
  package_of_today
  awk -v digest="sha256:$(sha256sum fresh.deb | cut -d' ' -f1)" '
    /^changeset:/ { inside = 1 }
    inside && /^      - name: hello$/ {
      print "      - name: e2e-fresh\n        version: \"1\"\n        source_package: \"\"\n        architecture: all"
      print "        location:\n            uri: http://deb.example/pool/main/e/e2e-fresh/e2e-fresh_1_all.deb"
      print "            digest: " digest "\n            name: e2e-fresh_1_all.deb"
      print "        sources:\n          - git:\n                repository_uri: https://git.example/fresh\n                ref: \"1\""
      print "        requested: true"
      inside = 0
    } { print }' bom.yml >lock.yml
  recipe hello e2e-fresh
  text=$(refused put . '{"context": "ctx", "lock": "lock.yml"}')
  contains "the package" "$text" "'e2e-fresh' 1 (sha256:"
  contains "what was tried" "$text" "tried http://deb.example/pool/main/e/e2e-fresh/e2e-fresh_1_all.deb, http"
  contains "what helps" "$text" "keep_inputs: true"
  refer fresh.deb "$digest" application/vnd.estaleiro.inputs.v1
  put . '{"context": "ctx", "lock": "lock.yml", "keep_inputs": true}' >/dev/null
  contains "where it came from" "$(cat put.log)" "kept e2e-fresh_1_all.deb"
  unpack bundle
  cmp bundle/rootfs/usr/share/fresh/today fresh/usr/share/fresh/today
  # What was kept is kept with the new image too, and the command line finds it.
  estaleiro build ctx --addr "$ENGINE" --lock lock.yml --kept-inputs "$REPOSITORY" --insecure --output type=oci,tar=false,dest=layout 2>build.log
  equal "digest of the command line" "$(jq -r '.manifests[0].digest' layout/index.json)" "$(tag_digest)"
  kept=$(manifest "$(manifest "$(tag_digest | tr : -)" | jq -r '.manifests[] | select(.artifactType == "application/vnd.estaleiro.inputs.v1").digest')")
  equal "what is kept with it" "$(jq -r '[.layers[].annotations["org.opencontainers.image.title"]] | sort | join(" ")' <<<"$kept" | tr ' ' '\n' | grep -c .)" 2
}

test_an_image_that_is_too_large_gets_no_tag() {
  example small
  params='{"context": "small", "vars": {"greeting": "hello"}, "version": "1.0.0"}'
  for sbom in false true; do
    text=$(refused put . "$(jq -c ".sbom = $sbom" <<<"$params")" '.policy = {max_size: "10KiB"}')
    contains "the rule" "$text" "is not allowed by source.policy: at most 10.0 KiB"
    no_tag
    no_tag 1.0.0
  done
  put . "$params" '.policy = {max_size: "100MiB"}' >/dev/null
}

test_the_difference_goes_from_put_to_get() {
  recipe hello
  put . '{"context": "ctx"}' >/dev/null
  recipe hello libonig5
  put . '{"context": "ctx"}' >reply.json
  equal "in the put's metadata" "$(jq -r '.metadata[] | select(.name == "changes").value' reply.json)" "1 package added"
  get image "$(jq -c .version reply.json)" '{"skip_download": true, "bom": "required"}' >/dev/null
  contains "what get writes" "$(cat image/bom-diff.md)" "libonig5"
  manifest "$(tag_digest | tr : -)" | jq -e '.manifests[] | select(.artifactType == "application/vnd.estaleiro.bom-diff.v1+markdown")' >/dev/null
}

test_an_image_of_an_older_base_is_to_be_built_again() {
  recipe hello
  put . '{"context": "ctx"}' >/dev/null
  rebuild=".rebuild_on = [\"base\", \"packages\"] | .registry_mirror = {host: \"$REGISTRY\"}"
  equal "nothing to do" "$(check null "$rebuild" | jq -c .)" "[]"
  # The same image, whose bill says that it was made of an older base and an older package.
  bill_of >bom.yml
  digest=$(tag_digest)
  sed "s/\(canonical_name: .*@sha256:\).*/\1$(printf '%064d' 0)/; /^    manifest_digest:/d" bom.yml >old.yml
  refer old.yml "$digest"
  check null "$rebuild" >versions.json
  equal "what is to be built again" "$(jq -r '.[0].digest' versions.json)" "$digest"
  contains "why" "$(jq -r '.[0].drift' versions.json)" "base docker.io/library/debian:bookworm sha256:"
  get image "$(jq -c '.[0]' versions.json)" '{"skip_download": true}' >reply.json
  contains "get says why" "$(cat image/drift)" "base docker.io/library/debian:bookworm"
}
