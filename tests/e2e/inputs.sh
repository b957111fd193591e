# What a put takes from earlier gets, and the way of the image when the engine does not push it.
# shellcheck shell=bash
. "$ROOT/tests/e2e/platforms.sh"

# base_get FORMAT DIRECTORY: the base of two platforms as a get; its name and digest are in it
base_get() {
  local version
  version=$(put . "{\"context\": \"base\", \"platforms\": $BOTH}" '.repository += "-base"' | jq -c .version)
  get "$2" "$version" "{\"format\": \"$1\"}" '.repository += "-base"' >/dev/null
}
bill() { "$BIN/estaleiro" bom get --insecure "$REPOSITORY:${1:-latest}"; }

test_a_get_stands_for_the_base_image_and_no_registry_is_asked_for_it() {
  on_both base scratch base
  base_get oci-layout fetched
  base_get oci saved
  name=$REPOSITORY-base:latest
  on_both app nowhere.example/base hello
  contexts='"contexts": {"nowhere.example/base": "fetched"}'
  put . "{\"context\": \"app\", $contexts, \"platforms\": $BOTH}" >/dev/null
  contains "the base in the bill" "$(bill)" "canonical_name: $name@$(cat fetched/digest)"
  contains "its manifest" "$(bill)" "manifest_digest: sha256:"
  unpack image
  cmp image/rootfs/base base/greeting
  equal "the bases" "$(manifest latest | jq '.manifests | length')" 2

  put . '{"context": "app", "contexts": {"nowhere.example/base": "saved/image.tar"}}' '.tag = "saved"' >/dev/null
  contains "the base in the bill" "$(bill saved)" "canonical_name: $name@$(cat saved/digest)"
  tar -C fetched/oci -cf layout.tar .
  put . '{"context": "app", "contexts": {"nowhere.example/base": "layout.tar"}}' '.tag = "tar"' >/dev/null
  contains "the base of nobody knows where" "$(bill tar)" "canonical_name: nowhere.example/base:latest@$(cat fetched/digest)"
}

test_the_source_s_policy_holds_for_a_get_in_the_base_s_place() {
  on_both base scratch base
  base_get oci-layout fetched
  on_both app nowhere.example/base hello
  params='{"context": "app", "contexts": {"nowhere.example/base": "fetched"}}'
  contains "the refusal" "$(refused put . "$params" '.policy = {allowed_bases: ["nowhere.example/*"]}')" \
    "image '$REPOSITORY-base:latest' is not allowed by source.policy"
  no_tag
  put . "$params" ".policy = {allowed_bases: [\"nowhere.example/*\", \"$REPOSITORY-base:*\"]}" >/dev/null
}

test_a_directory_of_an_earlier_step_is_a_step_s_context() {
  step_context app 'cp /from/file /app'
  sed -i 's|^RUN|COPY --from=files file /from/file\nRUN|' app/Dockerfile
  mkdir made && echo made >made/file
  put . '{"context": "app", "contexts": {"files": "made"}}' >/dev/null
  unpack image
  cmp image/rootfs/app made/file
}

test_broken_and_strange_inputs_are_one_error_before_anything_is_built() {
  on_both base scratch base
  base_get oci-layout fetched
  on_both app nowhere.example/base hello
  of() { refused put . "{\"context\": \"app\", \"contexts\": {\"nowhere.example/base\": \"$1\"}}" | grep -A3 '^error: '; }
  rm fetched/oci/blobs/sha256/"$(jq -r '.layers[0].digest' fetched/oci/blobs/sha256/"$(jq -r '.manifests[0].digest' fetched/oci/index.json | cut -d: -f2)" | cut -d: -f2)"
  contains "a blob is missing" "$(of fetched)" "the image lacks blob sha256:"
  ln -s /etc outside
  contains "a link out" "$(of outside)" "params.contexts.nowhere.example/base"
  contains "a path out" "$(of ../x)" "params.contexts.nowhere.example/base"
  echo '{' >fetched/oci/index.json
  contains "no JSON" "$(of fetched)" "index.json"
  echo text >text
  contains "no image" "$(of text)" "reading params.contexts.nowhere.example/base"
  text=$(refused put . '{"context": "app", "contexts": {"debian": "fetched"}}')
  contains "a name of nothing" "$text" "params.contexts has 'debian', which is neither the base image nor a step of the recipe"
  no_tag
}

test_the_client_pushes_what_the_engine_would_and_each_blob_once() {
  example small
  params='{"context": "small", "vars": {"greeting": "x"}}'
  client='.buildkit.push_from = "client"'
  digest=$(put . "$params" | jq -r .version.digest)
  other=$(put . "$params" "$client | .repository += \"-client\"" | jq -r .version.digest)
  equal "the digest" "$other" "$digest"
  contains "the log" "$(cat put.log)" "pushed "
  put . "$params" "$client | .repository += \"-client\"" >/dev/null
  contains "the second time" "$(cat put.log)" "pushed 0 blobs, 0 B; "
  on_both app scratch hello
  digest=$(put . "{\"context\": \"app\", \"platforms\": $BOTH, \"sbom\": true}" '.tag = "both"' | jq -r .version.digest)
  equal "of two platforms" "$(put . "{\"context\": \"app\", \"platforms\": $BOTH, \"sbom\": true}" \
    "$client | .tag = \"both\"" | jq -r .version.digest)" "$digest"
}

test_the_engine_never_sees_the_credentials_of_a_registry_that_the_client_pushes_to() {
  . "$ROOT/tests/e2e/credentials.sh"
  start_registry shipwright 'c0rrect-horse/battery+staple'
  on_both app scratch hello
  put . '{"context": "app"}' "$(login 'c0rrect-horse/battery+staple') | .buildkit.push_from = \"client\"" >/dev/null
  [[ $(cat registry.log) != *buildkit* && $(cat registry.log) != *containerd* ]] || fail "the engine was at the registry"
}

test_a_put_that_is_killed_while_it_pushes_leaves_no_tag() {
  step_context context "head -c ${BYTES:-20000000} /dev/urandom >/app # $RANDOM"
  source_json '.buildkit.push_from = "client"' | jq '{source: ., params: {context: "context"}}' >request.json
  "$BIN/out" . <request.json >reply.json 2>put.log &
  for _ in $(seq 1200); do ! grep -q 'exporting' put.log || break; sleep 0.05; done
  kill -KILL $!
  wait $! || :
  no_tag
  # An engine that is still at the killed build's layer can fail the next one that wants the same layer.
  for _ in 1 2 3; do
    ! "$BIN/out" . <request.json >reply.json 2>put.log || break
    sleep 1
  done
  [[ -s reply.json ]] || { cat put.log; return 1; }
  equal "the next one" "$(tag_digest)" "$(jq -r .version.digest reply.json)"
}
