# What apt installs, and what the bill says of it.
# shellcheck shell=bash

recipe() { # package…
  mkdir -p ctx
  {
    printf 'image "e2e/packages" {\n  base_image = "debian:bookworm"\n  apt {\n'
    printf '    package "%s" {}\n' "$@"
    printf '  }\n}\n'
  } >ctx/estaleiro.hcl
}
bill() { # fetches the bill of the pushed image
  local digest artifact
  digest=$(tag_digest)
  artifact=$(manifest "$(manifest "${digest/:/-}" | jq -r \
    '[.manifests[] | select(.artifactType == "application/vnd.estaleiro.bom.v1+yaml")] | max_by(.annotations["org.opencontainers.image.created"]).digest')")
  curl -sf "http://$REGISTRY/v2/${REPOSITORY#*/}/blobs/$(jq -r '.layers[0].digest' <<<"$artifact")"
}
installed() { dpkg-query --admindir "$1/rootfs/var/lib/dpkg" -W -f '${Package} ${Version} ${Architecture}\n' | LC_ALL=C sort; }
# The tree of the base image, unpacked once for all tests, as the other side of comparisons.
base_tree() {
  [[ -d $SHARED/base ]] || {
    skopeo copy -q --src-tls-verify=false "docker://$REGISTRY/library/debian:bookworm" "oci:$SHARED/base.layout:latest"
    unpack_layout "$SHARED/base.layout" "$SHARED/base.part"
    mv "$SHARED/base.part" "$SHARED/base"
  }
  echo "$SHARED/base"
}
# "name version architecture" of the packages in one part of a bill
packages_of() { # base_image | changeset
  awk -v part="$1" '/^[a-z]/ { inside = ($1 == part ":") }
    inside && /^      - name:/ { name = $3 }
    inside && /^        version:/ && name { version = $2 }
    inside && /^        architecture:/ && name { print name, version, $2; name = "" }' | tr -d '"' | LC_ALL=C sort
}

test_the_bill_lists_what_dpkg_lists() {
  recipe ca-certificates jq
  put . '{"context": "ctx"}' >/dev/null
  bill >bom.yml
  unpack bundle
  installed "$(base_tree)" >base.txt
  installed bundle >image.txt
  equal "the base's packages" "$(packages_of base_image <bom.yml)" "$(cat base.txt)"
  equal "the packages added" "$(packages_of changeset <bom.yml)" "$(LC_ALL=C comm -13 base.txt image.txt)"

  # Another engine with a cache of its own makes the very same image.
  [[ -e $SHARED/digest ]] || tag_digest >"$SHARED/digest"
  equal "the image's digest on each engine" "$(tag_digest)" "$(cat "$SHARED/digest")"
  epoch=$(skopeo inspect --config "oci:bundle.layout:latest" | jq -r .created)
  equal "newer than the image" "$(find bundle/rootfs -mindepth 1 -newermt "$epoch" | head)" ""

  # The same image: what each of its paths is.
  equal "paths" "$(coverage paths)" "$(find bundle/rootfs -mindepth 1 | wc -l)"
  equal "unexplained" "$(coverage unexplained)" "[]"
  contains "the signing key" "$(sed -n '/^apt:/,/^coverage:/p' bom.yml)" "signatures:"
  contains "its owner" "$(sed -n '/^apt:/,/^coverage:/p' bom.yml)" "Debian"
  contains "an index" "$(sed -n '/^apt:/,/^coverage:/p' bom.yml)" "path: main/binary-"
  contains "a .deb of the base" "$(sed -n '/^base_image:/,/^changeset:/p' bom.yml)" "location:"
  contains "its licence" "$(sed -n '/- name: jq$/,/license: /p' bom.yml)" "license: "
  sha1=$(sed -n '/- name: jq$/,/sha1/p' bom.yml | sed -n 's/.*sha1: "\(.*\)"/\1/p')
  uri=$(sed -n '/- name: jq$/,/sha1/p' bom.yml | sed -n 's/.* uri: //p')
  equal "sha1 of $uri" "$(curl -sfL "$uri" | sha1sum | cut -d' ' -f1)" "$sha1"

  # And how it is kept: beside the image, one artifact a form.
  "$BIN/estaleiro" bom get "$REPOSITORY" --insecure >got.yml
  equal "what bom get gets" "$(sha256sum <got.yml)" "$(sha256sum <bom.yml)"
  for form in spdx cyclonedx in-toto html; do
    "$BIN/estaleiro" bom get "$REPOSITORY" --insecure --format $form >"got.$form"
    "$BIN/estaleiro" bom get "$REPOSITORY" --insecure --format $form | cmp - "got.$form"
  done
  equal "packages in SPDX" "$(jq '[.relationships[] | select(.spdxElementId == "SPDXRef-image" and .relationshipType == "CONTAINS")] | length' got.spdx)" \
    "$(wc -l <image.txt)"
  equal "components" "$(jq '[.components[] | select(.type == "library")] | length' got.cyclonedx)" "$(wc -l <image.txt)"
  equal "subject" "sha256:$(jq -r '.subject[0].digest.sha256' got.in-toto)" "$(tag_digest)"
  contains "the page" "$(cat got.html)" '"/usr/bin/jq"'
  validate got.spdx got.cyclonedx
  "$ROOT/tests/validators/page" got.html jq /usr/bin/jq || [[ $? -eq 77 ]] || fail "the page does not do what it should"

  # And that it is a lock: the same digest, nothing asked, each .deb found again though its place is gone.
  mkdir locked
  sed 's|\(uri: http://[^/]*/\).*\(/pool/.*deb\)$|\1gone\2|' bom.yml >locked/bom.yml
  contains "a place that is gone" "$(cat locked/bom.yml)" "/gone/pool/"
  digest=$(tag_digest)
  put . '{"context": "ctx", "lock": "locked/bom.yml"}' >/dev/null
  equal "digest out of the bill" "$(tag_digest)" "$digest"
  [[ $(cat put.log) != *"resolve"* ]] || fail "apt was asked"
}
coverage() { awk -v key="$1:" '/^[a-z]/ { inside = ($1 == "coverage:") } inside && $1 == key { print $2; exit }' bom.yml; }
# Others' opinion of the standard formats; what cannot be asked is said.
validate() { "$ROOT/tests/validators/run" "$@" || [[ $? -eq 77 ]] || fail "what was written is not valid"; }

test_each_path_that_no_package_lists_has_an_author_when_watched() {
  recipe ca-certificates
  sed -i 's/  apt {/&\n    observe = true/' ctx/estaleiro.hcl
  put . '{"context": "ctx"}' >/dev/null
  bill >bom.yml
  equal "observed" "$(coverage observed)" "true"
  equal "unexplained" "$(coverage unexplained)" "[]"
  contains "the bundle" "$(cat bom.yml)" "      - path: /etc/ssl/certs/ca-certificates.crt
        by:
          - ca-certificates"
}

test_a_policy_stops_the_push() {
  recipe libonig5
  text=$(refused put . '{"context": "ctx"}' '.policy = {allowed_setuid: [], allowed_licenses: ["MIT"]}')
  contains "set-id" "$text" "set-id file '/usr/bin/su' is not allowed by source.policy"
  contains "licence" "$text" "package 'libonig5' with licence 'BSD-2-Clause AND GPL-2.0-or-later' is not allowed by source.policy"
  contains "place" "$text" "estaleiro.hcl:4:"
  no_tag
}

test_kept_inputs_stand_in_for_an_archive_that_is_gone() {
  recipe hello libonig5
  put . '{"context": "ctx", "keep_inputs": true}' >/dev/null
  digest=$(tag_digest)
  bill | sed 's|\(uri: http://[^/]*/\).*/pool/\(.*deb\)$|\1gone/\2|; s/^    os: debian/    os: other/' >lock.yml
  put . '{"context": "ctx", "lock": "lock.yml"}' >/dev/null
  equal "digest" "$(tag_digest)" "$digest"
  # A package whose bytes nobody has is named; nothing is taken in its stead.
  sed -i '/name: hello$/,/digest: / s/digest: sha256:.*/digest: sha256:0000000000000000000000000000000000000000000000000000000000000000/' lock.yml
  text=$(refused put . '{"context": "ctx", "lock": "lock.yml"}')
  contains "the package" "$text" "'hello'"
  contains "its digest" "$text" "sha256:00000000"
}

test_every_uri_of_the_bill_has_the_digest_that_it_says() {
  recipe hello libonig5
  put . '{"context": "ctx"}' >/dev/null
  bill >bom.yml
  awk '/^changeset:/ { inside = 1 } /^image:/ { inside = 0 }
       inside && /uri:/ && !/repository_uri/ { uri = $NF } inside && /digest:/ && uri { print uri, $2; uri = "" }' bom.yml |
    tr -d '"' | sort -u >uris.txt
  [[ $(wc -l <uris.txt) -ge 9 ]] || fail "the bill has only $(wc -l <uris.txt) URIs"
  while read -r uri digest; do
    equal "$uri" "sha256:$(curl -sfL "$uri" | sha256sum | cut -d' ' -f1)" "$digest"
  done <uris.txt
}

test_the_installation_leaves_nothing_of_itself_behind() {
  recipe hello libonig5
  put . '{"context": "ctx"}' >/dev/null
  unpack bundle
  cd bundle/rootfs
  for path in var/lib/dpkg/status-old var/cache/debconf/config.dat-old tmp/in tmp/apt tmp/debs usr/sbin/policy-rc.d; do
    [[ ! -e $path ]] || fail "$path is there"
  done
  logs() { (cd "$1" && find var/log -type f -size +0 | sort | tr '\n' ' '); }
  equal "logs" "$(logs .)" "$(logs "$(base_tree)/rootfs")"
  equal "archives" "$(find var/cache/apt -name '*.deb')" ""
}

test_a_package_that_does_not_exist_points_into_the_recipe() {
  recipe jq-does-not-exist
  text=$(refused put . '{"context": "ctx"}')
  contains "place" "$text" 'estaleiro.hcl:4:13'
  contains "name" "$text" "'jq-does-not-exist'"
  no_tag
}

test_a_version_that_cannot_be_had_points_into_the_recipe() {
  mkdir ctx
  cat >ctx/estaleiro.hcl <<'R'
image "e2e/pinned" {
  base_image = "debian:bookworm"
  apt {
    package "jq" {
      version = "1.0-1"
    }
  }
}
R
  text=$(refused put . '{"context": "ctx"}')
  contains "place" "$text" 'estaleiro.hcl:5:'
  contains "version" "$text" "'1.0-1'"
  no_tag
}

test_a_package_of_the_base_needs_no_installation() {
  recipe base-files
  put . '{"context": "ctx"}' >reply.json
  equal "packages added" "$(jq -r '.metadata[] | select(.name == "packages_added").value' reply.json)" 0
}

test_a_second_block_brings_its_own_repository_and_key() {
  mkdir ctx
  key=$(serve /usr/share/keyrings/debian-archive-keyring.gpg)
  cat >ctx/estaleiro.hcl <<R
image "e2e/blocks" {
  base_image = "debian:bookworm"
  apt {
    package "libonig5" {}
  }
  apt {
    repositories = ["deb $(mirror) trixie main"]
    key "archive" {
      uri    = "$key"
      digest = "sha256:$(sha256sum /usr/share/keyrings/debian-archive-keyring.gpg | cut -d' ' -f1)"
    }
    package "hello" {}
  }
}
R
  put . '{"context": "ctx"}' >/dev/null
  bill >bom.yml
  contains "first block" "$(packages_of changeset <bom.yml)" "libonig5 "
  contains "second block" "$(packages_of changeset <bom.yml)" "hello "
  contains "the repository" "$(sed -n '/^apt:/,$p' bom.yml)" "suite: trixie"
  contains "the key" "$(sed -n '/^apt:/,$p' bom.yml)" "uri: $key"
  # The second block gave no deb-src line: its twin is added, so that the source is found.
  contains "the source of hello" "$(sed -n '/name: hello$/,/name: libonig5/p' bom.yml)" ".dsc"
}

test_a_key_that_is_none_points_into_the_recipe() {
  mkdir ctx
  echo "<html>not found</html>" >page
  cat >ctx/estaleiro.hcl <<R
image "e2e/key" {
  base_image = "debian:bookworm"
  apt {
    repositories = ["deb $(mirror) trixie main"]
    key "archive" { uri = "$(serve page)" }
    package "hello" {}
  }
}
R
  text=$(refused put . '{"context": "ctx"}')
  contains "place" "$text" "estaleiro.hcl:5:"
  contains "error" "$text" "is no OpenPGP public key"
  no_tag
}

test_a_misspelt_component_is_an_error() {
  mkdir ctx
  cat >ctx/estaleiro.hcl <<R
image "e2e/component" {
  base_image = "debian:bookworm"
  apt {
    repositories = ["deb $(mirror) bookworm mian"]
    package "hello" {}
  }
}
R
  text=$(refused put . '{"context": "ctx"}')
  contains "place" "$text" "estaleiro.hcl:4:"
  contains "component" "$text" "mian"
  no_tag
}

test_a_snapshot_is_the_archive_of_its_moment_and_no_other() {
  serve_frozen
  mkdir ctx
  cat >ctx/estaleiro.hcl <<R
image "e2e/snapshot" {
  base_image = "debian:bookworm"
  apt {
    snapshot     = "20240131"
    repositories = ["deb http://$frozen/@SNAPSHOTID@ bookworm main"]
    package "hello" {}
  }
}
R
  put . '{"context": "ctx"}' >/dev/null
  bill >bom.yml
  contains "the package" "$(packages_of changeset <bom.yml)" "hello "
  equal "where it is from" "$(awk '$1 == "uri:" && /\.deb$/ && /hello_/ { sub("/pool/.*", "", $2); print $2 }' bom.yml)" \
    "http://$frozen/20240131T000000Z"
  equal "archives" "$(sed -n '/^apt:/,$p' bom.yml | awk '$1 == "-" && $2 == "uri:" { print $3 }')" \
    "http://$frozen/20240131T000000Z"
  unpack bundle
  equal "it runs" "$(chroot bundle/rootfs /usr/bin/hello)" 'Hello, world!'

  # A moment that the archive does not have is an error at the line that names the archive.
  sed -i 's/20240131/20060101/' ctx/estaleiro.hcl
  text=$(refused put . '{"context": "ctx"}')
  contains "place" "$text" "5 >>>     repositories"
  contains "the moment" "$text" "20060101T000000Z"
}
