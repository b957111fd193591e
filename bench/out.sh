# Sourced by scripts/bench: `out` of an image that was built elsewhere against skopeo. The layout is that of bench/in.sh.
# shellcheck shell=bash

out_number=0
# A registry that has the layers already is another case: each push goes to a registry that was emptied.
out_fresh() {
  out_number=$((out_number + 1))
  if [[ -n ${out_registry:-} ]]; then
    kill "$out_registry"
    wait "$out_registry" 2>/dev/null || :
  fi
  rm -rf "$work/out-registry"
  mkdir -p "$work/out-registry"
  printf 'version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: %s\nhttp:\n  addr: 127.0.0.1:5056\n' \
    "$work/out-registry" >"$work/out-registry.yml"
  docker-registry serve "$work/out-registry.yml" >/dev/null 2>&1 &
  out_registry=$!
  until curl -sf http://127.0.0.1:5056/v2/ >/dev/null; do sleep 0.05; done
  sync -f "$work"
}
out_ours() {
  jq -n '{source: {repository: "127.0.0.1:5056/bench/twelve", tag: "latest"}, params: {image: "twelve"}}' >"$work/request.json"
  milliseconds sh -c "exec '$bin/out' '$work/layouts' <'$work/request.json'"
}
out_skopeo() {
  milliseconds skopeo copy -q --dest-tls-verify=false "oci:$work/layouts/twelve:t" docker://127.0.0.1:5056/bench/twelve:latest
}

out_case() {
  [[ -e $work/layouts/twelve/oci-layout ]] || die "the layout is made by the case 'in': run scripts/bench in out"
  versus "put of a layout of 600 MB: skopeo copy" 1.0 out_fresh out_ours out_skopeo
  versus "the same again" 1.0 : out_ours out_skopeo
  kill "$out_registry"
}
