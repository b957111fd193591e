# The frontend inside the engine, by docker build, docker buildx build and buildctl; and estaleiro build beside them.
# shellcheck shell=bash

. "$ROOT/tests/e2e/clients.sh"

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
  [[ $ENGINE == "$DOCKER" ]] || skip "docker build builds with Docker's own engine"
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
  own_base small/estaleiro.hcl
  OUTPUT=type=local,dest=$(host_path out) built "$(host_path small)" estaleiro.hcl greeting=hello -- target=bom
  equal "the files" "$(cd out && printf '%s ' *)" "bom.cdx.json bom.html bom.intoto.json bom.spdx.json bom.yml "
  golden target-bom "$(cat out/bom.yml)"
  golden target-bom-steps "$(steps)"
  equal "what the statement is about" "$(jq -c '[.subject[].name]' out/bom.intoto.json)" '["/etc/motd"]'
  contains "the page" "$(cat out/bom.html)" "/etc/motd"
  equal "SPDX" "$(jq -r .spdxVersion out/bom.spdx.json)" SPDX-2.3
  equal "CycloneDX" "$(jq -r .bomFormat out/bom.cdx.json)" CycloneDX
}

test_the_target_lock_is_what_a_put_takes_as_lock() {
  needs_client
  example small
  OUTPUT=type=local,dest=$(host_path out) built "$(host_path small)" estaleiro.hcl greeting=hello -- target=lock
  equal "the files" "$(cd out && printf '%s ' *)" "bom.yml "
  layout_of image "$(host_path small)" estaleiro.hcl greeting=hello
  put . '{"context": "small", "vars": {"greeting": "hello"}, "lock": "out/bom.yml"}' >/dev/null
  equal "the image" "$(tag_digest)" "$(layout_digest image)"
}

test_the_frontend_image_is_small_and_its_bill_names_each_library() {
  name=$(frontend_image)
  skopeo copy -q --src-tls-verify=false "docker://$name" oci:layout:latest
  unpack_layout layout bundle
  size=$(find bundle/rootfs -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
  echo "$size bytes unpacked"
  [[ $size -lt 30000000 ]] || fail "the frontend's image has $size bytes unpacked"
  "$BIN/estaleiro" build --addr "$ENGINE" --file "$ROOT/images/frontend/estaleiro.hcl" \
    --var commit="$(printf '%040d' 0)" --target bom --output out/ "$(frontend_context)" 2>build.log || { cat build.log >&2; exit 1; }
  for package in libc6 libgcc-s1 libgrpc++1.51 libssl3 libstdc++6 zlib1g; do
    entry=$(awk -v name="$package" '$1 == "-" && $2 == "name:" { inside = ($3 == name) } /^[a-z]/ { inside = 0 } inside' out/bom.yml)
    for part in "state: files-only" "location:" ".dsc" "repository: " "license: "; do
      contains "$package" "$entry" "$part"
    done
  done
  contains "the archive" "$(sed -n '/^apt:/,$p' out/bom.yml)" "signatures:"
}
frontend_context() { # what scripts/frontend-image makes
  mkdir -p context/bin
  install -m 0755 -s "$BIN/estaleiro-frontend" context/bin/
  echo context
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

test_several_platforms_are_an_index() {
  needs_client
  example small
  sed -i 's/"busybox"/"scratch"/' small/estaleiro.hcl
  layout_of image "$(host_path small)" estaleiro.hcl greeting=hello -- platform=linux/amd64,linux/arm64
  golden platforms "$(blob image "$(layout_digest image)" | jq '.manifests |= map(del(.size))')"
  golden platforms-steps "$(steps)"
  OUTPUT=type=local,dest=$(host_path out) built "$(host_path small)" estaleiro.hcl greeting=hello -- \
    platform=linux/amd64,linux/arm64 target=bom
  for platform in amd64 arm64; do
    contains "the bill" "$(cat "out/linux_$platform/bom.yml")" "platform: linux/$platform"
  done
}

test_outline_and_check_answer_without_a_build() {
  needs_client
  example small
  for request in targets subrequests.describe; do
    built "$(host_path small)" estaleiro.hcl greeting=hi -- "requestid=frontend.$request"
    golden "$request" "$(sed 's/ *$//' build.out)"
  done
  cp -r small moving
  sed -i 's/\(ref *= *\)"[0-9a-f]*"/\1"main"/' moving/estaleiro.hcl
  built "$(host_path moving)" estaleiro.hcl greeting=hi -- requestid=frontend.lint
  golden lint "$(sed 's/ *$//' build.out)"
  # A missing variable is found without a build, and by now nothing has been built.
  frontend_build "$(host_path small)" estaleiro.hcl -- requestid=frontend.lint || :
  contains "the missing variable" "$(cat build.out build.log)" "unknown variable 'greeting'"
  equal "steps" "$(steps)" ""
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
  contains "a target that is not there" "$(cat build.log)" "no target 'bon': image, bom and lock are there"
  not_built "$(host_path small)" estaleiro.hcl greeting=hello 1x=y
  contains "an argument that no recipe can use" "$(cat build.log)" "build argument '1x' has a name that no recipe can use"

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

test_a_client_that_goes_away_takes_the_frontend_with_it() {
  needs_client
  token=t$RANDOM$RANDOM
  frontends() { grep -lsz -- "build-arg:token=$token" /proc/[0-9]*/environ || :; }
  step_context context "sleep 600 # $token"
  touch build.log
  frontend_build "$(host_path context)" estaleiro.hcl "token=$token" &
  for _ in $(seq 600); do ! grep -q 'RUN sleep 600' build.log || break; sleep 0.1; done
  grep -q 'RUN sleep 600' build.log || fail "the step did not start: $(cat build.log)"
  [[ -n $(frontends) ]] || fail "no frontend runs"
  for process in $(grep -lsz -- "token=$token" /proc/[0-9]*/cmdline | cut -d/ -f3); do
    kill -INT "$process" 2>/dev/null || :
  done
  wait || :
  for _ in $(seq 600); do [[ -n $(frontends) ]] || break; sleep 0.1; done
  equal "frontends left" "$(frontends)" ""
  [[ -z $(grep -lsz -- "$token" /proc/[0-9]*/cmdline || :) ]] || fail "the step still runs"
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
