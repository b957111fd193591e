# The frontend inside the engine, by docker build, docker buildx build and buildctl; and estaleiro build beside them.
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
    for each in "${options[@]}"; do command+=(--opt "$each"); done
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
needs_client() { [[ $ENGINE == "$DOCKER" || -n $BUILDCTL ]] || { echo "skipped: no buildctl"; exit 0; }; }

# golden NAME TEXT: with REWRITE_GOLDEN=1 it is written instead
golden() {
  local text
  text=$(sed -E "s#$REGISTRY#registry.example#g; s#sha256:[0-9a-f]{64}#sha256:…#g; s/[0-9]+\.[0-9]+s?\b/0.0/g" <<<"$2")
  if [[ ${REWRITE_GOLDEN:-} == 1 ]]; then mkdir -p "$GOLDEN"; printf '%s\n' "$text" >"$GOLDEN/$1.txt"; return; fi
  equal "golden text $1" "$text" "$(cat "$GOLDEN/$1.txt")"
}
# What a client says at the end of a build that failed: from the recipe's lines on.
complaint() { sed -n '/^\(estaleiro.hcl\|Dockerfile\):[0-9]/,$p' build.log | grep -v '^$'; }

# step_context DIRECTORY COMMAND: a context with a recipe whose one step runs it
step_context() {
  mkdir "$1"
  printf 'FROM busybox AS build\nRUN %s\n' "$2" >"$1/Dockerfile"
  cat >"$1/estaleiro.hcl" <<'R'
image "x" {
  base_image = "scratch"
  file "/app" {
    from_step "build" { path = "/app" }
  }
}
step "build" {
  dockerfile = "Dockerfile"
  source_file "/app" {
    vcs "git" {
      repository = "https://git.example/app"
      ref        = "49b6936ef130793fff677038891e517718c2baf8"
    }
  }
}
R
}

test_docker_build_gives_the_image_that_put_gives() {
  needs_client
  example small
  example announcement
  put . '{"context": "small", "vars": {"greeting": "hello"}}' >/dev/null
  wanted=$(tag_digest)
  layout_of first "$(host_path small)" estaleiro.hcl greeting=hello
  equal "the small example" "$(layout_digest first)" "$wanted"
  "$BIN/estaleiro" build --addr "$ENGINE" --insecure --var greeting=hello --tag "$REPOSITORY:ours" --push small 2>ours.log
  equal "estaleiro build" "$(tag_digest ours)" "$wanted"

  commit=49b6936ef130793fff677038891e517718c2baf8
  put . "{\"context\": \"announcement\", \"vars\": {\"estaleiro-commit\": \"$commit\"}}" >/dev/null
  wanted=$(tag_digest)
  layout_of second "$(host_path announcement)" estaleiro.hcl "estaleiro-commit=$commit"
  equal "the announcement's example" "$(layout_digest second)" "$wanted"
}

test_a_syntax_line_is_all_that_docker_build_needs() {
  [[ $ENGINE == "$DOCKER" ]] || exit 0
  example small
  { echo "# syntax = $(frontend_image)"; cat small/estaleiro.hcl; } >with-syntax
  mv with-syntax small/estaleiro.hcl
  "$ROOT/scripts/engine" run env DOCKER_BUILDKIT=1 docker build --quiet --file "$(host_path small)/estaleiro.hcl" \
    --build-arg greeting=hello --tag "$REPOSITORY:legacy" "$(host_path small)" >image-id
  equal "what it says" "$("$ROOT/scripts/engine" run docker run --rm --network none "$REPOSITORY:legacy")" \
    "$(tar -xzOf small/motd-1.0.tar.gz motd-1.0/motd)"
  "$ROOT/scripts/engine" run docker image rm "$REPOSITORY:legacy" >/dev/null
}

test_the_target_bom_is_the_bill_in_every_format() {
  needs_client
  example small
  OUTPUT=type=local,dest=$(host_path out) built "$(host_path small)" estaleiro.hcl greeting=hello -- target=bom
  equal "the files" "$(cd out && printf '%s ' *)" "bom.cdx.json bom.spdx.json bom.yml "
  contains "the bill" "$(cat out/bom.yml)" "path: /etc/motd"
  equal "SPDX" "$(jq -r .spdxVersion out/bom.spdx.json)" SPDX-2.3
  equal "CycloneDX" "$(jq -r .bomFormat out/bom.cdx.json)" CycloneDX
}

test_an_sbom_is_our_bill_and_no_scanner_runs() {
  needs_client
  example small
  layout_of image "$(host_path small)" estaleiro.hcl greeting=hello -- attest:sbom=
  [[ $(cat build.log) != *scanner* ]] || fail "a scanner ran"
  attestation=$(blob image "$(layout_digest image)" | jq -r '.manifests[] | select(.platform.os == "unknown") | .digest')
  layer=$(blob image "$attestation" |
    jq -r '.layers[] | select(.annotations["in-toto.io/predicate-type"] == "https://spdx.dev/Document") | .digest')
  statement=$(blob image "$layer")
  equal "the predicate" "$(jq -r .predicate.spdxVersion <<<"$statement")" SPDX-2.3
  contains "its files" "$(jq -c '[.predicate.files[].fileName]' <<<"$statement")" /etc/motd
}

test_a_named_context_takes_the_place_of_the_base() {
  needs_client
  example small
  sed -i 's/"busybox"/"debian:12"/' small/estaleiro.hcl
  layout_of image "$(host_path small)" estaleiro.hcl greeting=hello -- \
    "context:debian:12=docker-image://$REGISTRY/library/busybox:latest"
  base=$(curl -sf -H 'Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json' \
    "http://$REGISTRY/v2/library/busybox/manifests/latest" | jq -r '.layers[0].digest')
  equal "the base's layer" "$(blob image "$(layout_digest image)" | jq -r '.layers[0].digest')" "$base"
}

test_several_platforms_are_an_index() {
  needs_client
  example small
  sed -i 's/"busybox"/"scratch"/' small/estaleiro.hcl
  layout_of image "$(host_path small)" estaleiro.hcl greeting=hello -- platform=linux/amd64,linux/arm64
  equal "platforms" "$(blob image "$(layout_digest image)" | jq -r '[.manifests[].platform.architecture] | join(" ")')" "amd64 arm64"
}

test_outline_and_check_answer_without_a_build() {
  needs_client
  example small
  built "$(host_path small)" estaleiro.hcl greeting=hi -- requestid=frontend.outline
  golden outline "$(sed 's/ *$//' build.out)"
  equal "estaleiro's own" "$("$BIN/estaleiro" build --call outline --var greeting=hi small | sed '/^$/d')" \
    "$(sed 's/ *$//; /^$/d' build.out)"
  if "$BIN/estaleiro" build --check small >check.txt; then fail "a missing variable passed the check"; fi
  golden check "$(cat check.txt)"
}

test_failures_show_the_recipe_with_a_marker() {
  needs_client
  client=buildctl
  [[ $ENGINE != "$DOCKER" ]] || client=docker
  example small
  not_built "$(host_path small)" estaleiro.hcl
  golden "missing-variable.$client" "$(complaint)"
  not_built "$(host_path small)" estaleiro.hcl greeting=hello -- target=bon
  contains "a target that is not there" "$(cat build.log)" "no target 'bon': image and bom are there"

  cat >small/estaleiro.hcl <<'R'
image "x" {
  base_image = "debian:bookworm"
  apt {
    package "no-such-package" {}
  }
}
R
  not_built "$(host_path small)" estaleiro.hcl
  golden "no-such-package.$client" "$(complaint)"

  step_context failing 'echo one >&2; exit 7'
  not_built "$(host_path failing)" estaleiro.hcl
  golden "failing-step.$client" "$(complaint)"
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

test_a_build_that_is_interrupted_ends_at_once_with_one_error() {
  step_context context "sleep 300 # $RANDOM"
  "$BIN/estaleiro" build --addr "$ENGINE" context 2>build.log &
  pid=$!
  for _ in $(seq 600); do grep -q 'sleep 300' build.log && break; sleep 0.1; done
  kill -INT "$pid"
  code=0
  wait "$pid" || code=$?
  equal "exit code" "$code" 130
}

test_a_daemon_that_goes_away_ends_the_frontend() {
  text=$(refused timeout 20 "$BIN/estaleiro" frontend </dev/null)
  contains "one error" "$text" "the BuildKit engine went away"
  # One that says nothing and then closes the pipe.
  text=$(refused timeout 20 "$BIN/estaleiro" frontend < <(sleep 1))
  contains "one error" "$text" "the BuildKit engine went away"
  text=$(BUILDKIT_FRONTEND_OPT_0=nonsense refused "$BIN/estaleiro" frontend </dev/null)
  contains "nonsense" "$text" "environment variable 'BUILDKIT_FRONTEND_OPT_0' holds 'nonsense', not KEY=VALUE"
}

test_a_recipe_beyond_all_limits_is_one_error() {
  needs_client
  mkdir context
  head -c 17825792 /dev/zero | tr '\0' '#' >context/estaleiro.hcl
  not_built "$(host_path context)" estaleiro.hcl
  contains "the limit" "$(cat build.log)" "is larger than 16.0 MiB, the most that is read"
}
