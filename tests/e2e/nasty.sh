# The packages that are hardest to install the same way twice, held against dpkg, the archive and another engine.
# Not among the tests: it installs 136 packages four times and fetches each .deb and source file. By hand:
#
#     ESTALEIRO_FIGURES=figures.txt tests/e2e/run nasty
# shellcheck shell=bash
FIGURES=${ESTALEIRO_FIGURES:-/dev/null}
packages=(python3 vim-tiny openssh-server dbus systemd ssl-cert man-db fontconfig locales nginx-light postgresql-common
  openjdk-17-jre-headless)

recipe() { # [LINE]
  mkdir -p ctx
  {
    printf 'image "e2e/nasty" {\n  base_image = "debian:bookworm"\n  apt {\n%s\n' "${1:-}"
    printf '    package "%s" {}\n' "${packages[@]}"
    printf '  }\n}\n'
  } >ctx/estaleiro.hcl
}
bill_of() { "$BIN/estaleiro" bom get --insecure "$REPOSITORY" 2>/dev/null; }
coverage() { awk -v key="$1:" '/^[a-z]/ { inside = ($1 == "coverage:") } inside && $1 == key { print $2; exit }' bom.yml; }
kinds() { sed -n '/^    by_kind:/,/^    [a-z]/p' bom.yml | awk '$2 == "kind:" { k = $3 } $1 == "paths:" { p = $2 } $1 == "changed:" { printf "  %-18s %6d %6d\n", k, p, $2 }'; }
figures() {
  echo "  paths $(coverage paths), changed $(coverage changed), explained $(coverage explained), verified $(coverage verified)"
  kinds
}
installed() { dpkg-query --admindir "$1/rootfs/var/lib/dpkg" -W -f '${Package} ${Version} ${Architecture}\n' | LC_ALL=C sort; }
# "name version architecture" of what the image has by its bill
packages_of_bill() {
  "$BIN/estaleiro" bom convert bom.yml --format spdx | jq -r '
    (.packages | INDEX(.SPDXID)) as $packages |
    .relationships[] | select(.spdxElementId == "SPDXRef-image" and .relationshipType == "CONTAINS") |
    $packages[.relatedSpdxElement] |
    "\(.name) \(.versionInfo) \(.externalRefs[0].referenceLocator | capture("arch=(?<arch>[a-z0-9]+)").arch)"' | LC_ALL=C sort
}
# listed ARCHIVE: the URI of each source file that the archive's indexes list
listed() {
  local suite
  for suite in bookworm bookworm-updates bookworm-security; do
    curl -sfL --retry 3 "$1/dists/$suite/main/source/Sources.xz" 2>/dev/null | xz -dc 2>/dev/null || : # not every archive has each
  done | awk -v archive="$1" '
    /^Directory:/ { directory = $2 }
    /^Checksums-Sha256:/ { inside = 1; next }
    /^[^ ]/ { inside = 0 }
    inside { files[++count] = $3 }
    /^$/ { for (i = 1; i <= count; i++) print archive "/" directory "/" files[i]; count = 0 }'
}
# fetch_all: each URI of the bill once, four at a time, its bytes against its digest. A mirror may lack what its own
# indexes list: that is counted, and what they do not list either is an error.
fetch_all() {
  awk '/^base_image:/ { inside = 1 } /^image:/ { inside = 0 }
       inside && / uri:/ { uri = $NF } inside && / digest:/ && uri { print uri, $2; uri = "" }' bom.yml | tr -d '"' | sort -u >uris.txt
  equal "URIs with two digests" "$(cut -d' ' -f1 uris.txt | uniq -d)" ""
  : >absent.txt
  # shellcheck disable=SC2016
  xargs -P4 -n2 bash -c '
    file=$(mktemp fetched.XXXXXX)
    code=$(curl -sL --retry 3 -o "$file" -w "%{http_code}" "$0")
    [[ $code == 404 ]] && echo "$0" >>absent.txt
    [[ $code == 404 || sha256:$(sha256sum <"$file" | cut -d" " -f1) == "$1" ]] || echo "$code $0"
    rm "$file"' <uris.txt >wrong.txt
  equal "URIs with other bytes than the bill says" "$(cat wrong.txt)" ""
  sed 's#/pool/.*##' absent.txt | sort -u | while read -r archive; do listed "$archive"; done | LC_ALL=C sort -u >listed.txt
  equal "URIs that neither the mirror nor its indexes have" \
    "$(sed 's/%7e/~/g; s/%2b/+/g' absent.txt | LC_ALL=C sort | LC_ALL=C comm -23 - listed.txt)" ""
  echo "  $(wc -l <uris.txt) URIs: $(($(wc -l <uris.txt) - $(wc -l <absent.txt))) fetched once, each with the digest that the" \
    "bill has; $(wc -l <absent.txt) that this mirror lists and does not have"
}

test_versions_paths_and_every_uri() {
  recipe
  put . '{"context": "ctx"}' >/dev/null
  digest=$(tag_digest)
  bill_of >bom.yml
  skopeo copy -q --src-tls-verify=false "docker://$REPOSITORY:latest" oci:layout:t
  unpack_layout layout bundle
  equal "packages" "$(packages_of_bill)" "$(installed bundle)"
  equal "paths" "$(coverage paths)" "$(find bundle/rootfs -mindepth 1 | wc -l)"
  equal "unexplained" "$(coverage unexplained)" "[]"
  echo "  $(installed bundle | wc -l) packages, as dpkg-query lists them" >>"$FIGURES"
  figures >>"$FIGURES"
  "$BIN/estaleiro" bom convert bom.yml --format spdx >nasty.spdx.json
  "$BIN/estaleiro" bom convert bom.yml --format cyclonedx >nasty.cdx.json
  "$ROOT/tests/validators/run" nasty.spdx.json nasty.cdx.json >>"$FIGURES" || [[ $? -eq 77 ]]
  # Another engine with another cache, and the first one without its cache.
  put . '{"context": "ctx", "lock": "bom.yml"}' ".buildkit.address = \"$(other_engine)\"" >/dev/null
  equal "digest of the other engine" "$(tag_digest)" "$digest"
  "$BIN/estaleiro" build ctx --addr "$ENGINE" --no-cache --lock bom.yml --output type=oci,tar=false,dest=again 2>build.log
  equal "digest without a cache" "$(jq -r '.manifests[0].digest' again/index.json)" "$digest"
  fetch_all >>"$FIGURES"
}

test_each_path_has_an_author_when_watched() {
  recipe '    observe = true'
  put . '{"context": "ctx"}' >/dev/null
  bill_of >bom.yml
  equal "unexplained" "$(coverage unexplained)" "[]"
  equal "observed" "$(coverage observed)" "true"
  sed -n '/^    generated:/,/^[a-z]/p' bom.yml >generated.txt
  equal "generated paths with an author" "$(grep -c '^        by:' generated.txt)" "$(grep -c '^      - path:' generated.txt)"
  figures >>"$FIGURES"
}
