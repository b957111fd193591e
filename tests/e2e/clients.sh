# Sourced by the suites that build through the frontend inside the engine: the client that belongs to the engine, and
# golden texts.
# shellcheck shell=bash

DOCKER=$ESTALEIRO_TEST_BUILDKIT
BUILDCTL=$(command -v buildctl || true)
GOLDEN=$ROOT/tests/data/docker_build

# The frontend's image, pushed once for each state of the binary.
frontend_image() {
  local tag name
  tag=$(sha256sum "$BIN/estaleiro" | cut -c1-16)
  name=$REGISTRY/estaleiro/frontend:$tag
  curl -sfI -o /dev/null -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
    "http://$REGISTRY/v2/estaleiro/frontend/manifests/$tag" ||
    ESTALEIRO_BIN=$BIN "$ROOT/scripts/frontend-image" "$name" --addr "$ENGINE" --insecure >&2
  echo "$name"
}

# frontend_build CONTEXT RECIPE [NAME=VALUE…] [-- OPTION=VALUE…] : by the client that belongs to the engine; build
# arguments before the --, plain frontend options after it. OUTPUT names where the result goes; the log is in build.log.
frontend_build() {
  local context=$1 recipe=$2 arguments=() options=() output=${OUTPUT:-} each plain=
  shift 2
  for each in "$@"; do
    if [[ $each == -- ]]; then plain=1; continue; fi
    if [[ -n $plain ]]; then options+=("$each"); else arguments+=("$each"); fi
  done
  if [[ $ENGINE == "$DOCKER" ]]; then
    local command=(docker buildx build --progress plain --provenance=false --file "$context/$recipe"
      --build-arg "BUILDKIT_SYNTAX=$(frontend_image)")
    for each in "${arguments[@]}"; do command+=(--build-arg "$each"); done
    for each in "${options[@]}"; do
      case $each in
        context:*) each=${each#context:}; command+=(--build-context "$each") ;;
        add-hosts=*) each=${each#add-hosts=}; command+=(--add-host "${each/=/:}") ;;
        attest:sbom=*) command+=(--sbom=true) ;;
        requestid=*) command+=(--print="${each#requestid=frontend.}") ;;
        *) command+=("--$each") ;;
      esac
    done
    [[ -z $output ]] || command+=(--output "$output")
    BUILDX_EXPERIMENTAL=1 "$ROOT/scripts/engine" run env BUILDX_EXPERIMENTAL=1 "${command[@]}" "$context" >build.out 2>build.log
  else
    local command=("$BUILDCTL" --addr "$ENGINE" build --progress plain --frontend gateway.v0
      --opt "source=$(frontend_image)" --opt "filename=$recipe" --local "context=$context" --local "dockerfile=$context")
    for each in "${arguments[@]}"; do command+=(--opt "build-arg:$each"); done
    for each in "${options[@]}"; do
      case $each in
        context:*=oci-layout:///*@*)
          command+=(--oci-layout "store=$(sed 's/.*oci-layout:\/\/\(.*\)@.*/\1/' <<<"$each")")
          each=${each%%=*}=oci-layout://store@${each##*@} ;;
        context:*=/*)
          command+=(--local "named=${each#*=}")
          each=${each%%=*}=local:named ;;
      esac
      command+=(--opt "$each")
    done
    [[ -z $output ]] || command+=(--output "$output")
    "${command[@]}" >build.out 2>build.log
  fi
}
built() { frontend_build "$@" || { cat build.log >&2; return 1; }; }
not_built() { ! frontend_build "$@" || fail "'frontend_build $*' succeeded"; }
host_path() { if [[ $ENGINE == "$DOCKER" ]]; then echo "/host$PWD/$1"; else echo "$PWD/$1"; fi; }
# layout_of NAME …: frontend_build into the image layout NAME, told what put tells the engine. (docker buildx pushes by
# itself what Docker's store has; an archive is what both clients can do.)
layout_of() {
  local name=$1
  shift
  mkdir "$name"
  OUTPUT=type=oci,dest=$(host_path "$name.tar"),oci-mediatypes=true built "$@"
  tar -xf "$name.tar" -C "$name"
}
layout_digest() { jq -r '.manifests[0].digest' "$1/index.json"; }
blob() { cat "$1/blobs/sha256/${2#sha256:}"; }
needs_client() { [[ $ENGINE == "$DOCKER" || -n $BUILDCTL ]] || skip "buildctl is not on PATH"; }

# golden NAME TEXT: with REWRITE_GOLDEN=1 it is written instead
golden() {
  local text
  text=$(sed -E "s#$REPOSITORY#registry.example/own#g; s#$REGISTRY#registry.example#g; s#sha256:[0-9a-f]{64}#sha256:…#g; s/\b[0-9]+\.[0-9]+s\b/0.0/g;
    s/\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z\"/\"…\"/g" <<<"$2")
  if [[ ${REWRITE_GOLDEN:-} == 1 ]]; then mkdir -p "$GOLDEN"; printf '%s\n' "$text" >"$GOLDEN/$1.txt"; return; fi
  equal "golden text $1" "$text" "$(cat "$GOLDEN/$1.txt")"
}
# own_base RECIPE: puts the recipe on a base image of this test's own. A step that two builds share is shown to both by
# either's name, so steps are held against a golden text only where no build beside this one can have the same ones.
own_base() {
  skopeo copy -q --src-tls-verify=false "docker://$REGISTRY/library/busybox:latest" oci:base:latest
  echo "$WORK" >mark
  umoci insert --image base:latest mark /mark >umoci.log 2>&1
  skopeo copy -q --dest-tls-verify=false oci:base:latest "docker://$REPOSITORY:base"
  sed -i "s#\"busybox\"#\"$REPOSITORY:base\"#" "$1"
}
# The steps of a build, each once, but for those that every client has in words of its own.
steps() { sed -n 's/^#[0-9]* \(\[[^]]*\] .*\)$/\1/p' build.log | grep -v '^\[internal\]' | LC_ALL=C sort -u; }
# What a client says at the end of a build that failed: from the recipe's lines on.
complaint() { sed -n '/^\(estaleiro.hcl\|Dockerfile\):[0-9]/,$p' build.log | grep -v '^$'; }
