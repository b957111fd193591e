# Builds nothing: images that were built elsewhere, versions and signatures, as a pipeline has them.
# shellcheck shell=bash

layout() { # NAME: an image of its own as an input
  mkdir -p "$1"
  umoci init --layout "$1/oci" && umoci new --image "$1/oci:t"
  umoci config --image "$1/oci:t" --config.label "name=$1"
}

test_a_layout_is_pushed_with_its_versions_and_seen_by_check() {
  layout first
  reply=$(put . '{"image": "first/oci", "version": "1.0.0", "bump_aliases": true}' 'del(.tag)')
  equal "the version" "$(jq -r .version.tag <<<"$reply")" 1.0.0
  equal "the tags" "$(jq -r '.metadata[] | select(.name == "tags").value' <<<"$reply")" "1.0.0 1.0 1 latest"
  equal "the digest" "$(jq -r .version.digest <<<"$reply")" "$(jq -r '.manifests[0].digest' first/oci/index.json)"
  layout second
  put . '{"image": "second/oci", "version": "1.1.0", "bump_aliases": true}' 'del(.tag)' >/dev/null
  equal "versions" "$(check null 'del(.tag)' | jq -c '[.[].tag]')" '["1.0.0","1.1.0"]'
  equal "versions from the first on" "$(check "$(jq -c .version <<<"$reply")" 'del(.tag)' | jq -c '[.[].tag]')" \
    '["1.0.0","1.1.0"]'
  equal "only the matching ones" "$(check null 'del(.tag) | .semver_constraint = "1.1.x"' | jq -c '[.[].tag]')" '["1.1.0"]'
  equal "by expression" "$(check null 'del(.tag) | .tag_regex = "^1\\..$"' | jq -c '[.[].tag] | sort')" '["1.0","1.1"]'
}

test_what_a_get_fetched_is_pushed_elsewhere_with_its_digest() {
  layout first
  version=$(put . '{"image": "first/oci"}' | jq -c .version)
  get fetched "$version" '{"format": "oci-layout"}' >/dev/null
  other=$(put . '{"image": "fetched/oci"}' '.repository += "-promoted"' | jq -r .version.digest)
  equal "the digest" "$other" "$(jq -r .digest <<<"$version")"
  get saved "$version" '{"format": "oci"}' >/dev/null
  put . '{"image": "saved/image.tar"}' '.repository += "-saved"' >/dev/null
}

test_a_tag_that_is_moved_back_is_news_when_that_is_asked_for() {
  layout first
  layout second
  one=$(put . '{"image": "first/oci"}' '.detect_rollbacks = true' | jq -c .version)
  two=$(put . '{"image": "second/oci"}' '.detect_rollbacks = true' | jq -c .version)
  equal "the same again" "$(check "$two" '.detect_rollbacks = true' | jq -c .)" "[$two]"
  skopeo copy -q --dest-tls-verify=false "oci:first/oci:t" "docker://$REPOSITORY:latest"
  moment=$(date +%s) # versions tell moments apart by the second
  while [[ $(date +%s) == "$moment" ]]; do sleep 0.1; done
  seen=$(check "$two" '.detect_rollbacks = true')
  equal "the digest" "$(jq -r '.[-1].digest' <<<"$seen")" "$(jq -r .digest <<<"$one")"
  [[ $(jq -c '.[-1]' <<<"$seen") != "$one" ]] || fail "the version is one that Concourse knows"
  get fetched "$(jq -c '.[-1]' <<<"$seen")" '{"skip_download": true}' '.detect_rollbacks = true' >reply
  equal "the reply" "$(jq -c .version reply)" "$(jq -c '.[-1]' <<<"$seen")"
}

test_what_is_signed_is_believed_and_nothing_else() {
  openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out key.pem
  openssl pkey -in key.pem -pubout -out pub.pem
  local public private
  public=".cosign.public_key = $(jq -Rs . pub.pem)"
  private=".cosign.private_key = $(jq -Rs . key.pem)"
  layout first
  version=$(put . '{"image": "first/oci"}' | jq -c .version)
  contains "check of what is not signed" "$(refused check null "$public")" "has no signature by the key in source.cosign"
  contains "get of what is not signed" "$(refused get refused "$version" '{}' "$public")" "has no signature by the key"
  put . '{"image": "first/oci"}' "$private" >/dev/null
  equal "check of what is signed" "$(check null "$public" | jq -c .)" "[$version]"
  get fetched "$version" '{"skip_download": true}' "$public" >/dev/null
  contains "the log" "$(cat put.log)" "signed sha256:"
  [[ $(cat put.log) != *"$(sed -n 2p key.pem)"* ]] || fail "the log shows the key"
}
