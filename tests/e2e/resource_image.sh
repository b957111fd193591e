# Brings its own engine: the resource image by its Dockerfile and by its recipe, and its programs as Concourse runs them.
# Not among the tests: the engine compiles all of estaleiro. By hand, with buildkitd and a runc without libraries in
# PATH, from which the stand-in for upstream's image is made:
#
#     ESTALEIRO_FIGURES=figures.txt tests/e2e/run resource_image
# shellcheck shell=bash
FIGURES=${ESTALEIRO_FIGURES:-/dev/null}
commit=$(git -C "$ROOT" rev-parse HEAD)

# ---- images ----------------------------------------------------------------------------------

docker_build() { (cd "$ROOT" && scripts/engine run docker buildx build --progress plain "$@" .) 2>docker.log || { tail -n 40 docker.log >&2; fail "docker build $*"; }; }
unpack_layout() { umoci unpack --image "$1" "$2" 2>/dev/null; }

# Upstream's image has its programs in the same place. Sets `stand_in`, its name.
stand_in() {
  local runc
  runc=$(type -P buildkit-runc || type -P runc)
  [[ -n $(type -P buildkitd) ]] || skip "no buildkitd in PATH"
  ! ldd "$runc" >/dev/null 2>&1 || skip "$runc needs libraries, and the image has none"
  stand_in=$REGISTRY/e2e/buildkit:t
  [[ ! -d $SHARED/stand-in ]] || return 0
  install -D "$(type -P buildkitd)" tree/usr/bin/buildkitd
  install -D "$runc" tree/usr/bin/buildkit-runc
  (. "$ROOT/scripts/lib/debian.sh" && pack_image tree "$SHARED/stand-in" t 0 /usr/bin/buildkitd)
  skopeo copy -q --dest-tls-verify=false "oci:$SHARED/stand-in:t" "docker://$stand_in"
  rm -r tree
}
# The image by its Dockerfile, unpacked at $SHARED/image.
image() {
  stand_in
  [[ ! -d $SHARED/image ]] || return 0
  docker_build --build-arg "BUILDKIT=$stand_in" --output "type=oci,dest=/host$SHARED/image.tar"
  skopeo copy -q "oci-archive:$SHARED/image.tar" "oci:$SHARED/layout:t"
  unpack_layout "$SHARED/layout:t" "$SHARED/image"
}
# Every path with its kind, mode, owner, and digest.
paths() { (cd "$1" && find . -mindepth 1 -printf '%P %y %m %U:%G\n' | LC_ALL=C sort && find . -type f -exec sha256sum {} + | LC_ALL=C sort -k 2); }
size_of() { # NAME LAYOUT BUNDLE
  jq -r --arg name "$1" --arg unpacked "$(du -s --apparent-size -B1 "$3/rootfs" | cut -f 1)" \
    '[.layers[].size] | "\($name): \(length) layers, \(add / 1048576 | floor) MiB compressed, \($unpacked | tonumber / 1048576 | floor) MiB unpacked"' \
    "$2/blobs/sha256/$(jq -r '.manifests[0].digest' "$2/index.json" | cut -d : -f 2)" >>"$FIGURES"
}

test_dockerfile_and_recipe_make_the_same_image() {
  image
  put "$ROOT" "$(jq -n --arg commit "$commit" --arg buildkit "$stand_in" \
    '{file: "images/resource/estaleiro.hcl", vars: {commit: $commit, buildkit: $buildkit}}')" >reply.json
  unpack recipe
  paths "$SHARED/image/rootfs" >docker.txt
  paths recipe/rootfs >recipe.txt
  equal "paths" "$(diff docker.txt recipe.txt)" ""
  equal "environment" "$(jq -c .process.env recipe/config.json)" "$(jq -c .process.env "$SHARED/image/config.json")"
  get fetched "$(jq -c .version reply.json)" '{"bom": "only"}' >/dev/null
  for path in /opt/resource/check /opt/resource/in /opt/resource/out /usr/local/bin/estaleiro /usr/local/bin/buildkitd; do
    contains "the bill" "$(cat fetched/bom.yml)" "path: $path"
  done
  size_of "by its Dockerfile" "$SHARED/layout" "$SHARED/image"
  size_of "by its recipe" recipe.layout recipe
  (cd "$SHARED/image/rootfs" && find . -type f -size +100k -printf '  /%P %s\n' | sort) >>"$FIGURES"
}

test_what_is_shipped_passes_the_stage_of_tests() {
  stand_in
  docker_build --build-arg "BUILDKIT=$stand_in" --target tests --output type=cacheonly
}

test_the_recipe_of_the_announcement_builds_estaleiro() {
  "$BIN/estaleiro" build --addr "$ENGINE" --file "$ROOT/estaleiro.hcl" --var "estaleiro-commit=$commit" --tag sample \
    --output "type=oci,dest=sample.tar" "$ROOT" 2>build.log || { tail -n 20 build.log >&2; fail "estaleiro build"; }
  skopeo copy -q oci-archive:sample.tar oci:sample.layout:t
  unpack_layout sample.layout:t sample
  cp "$ROOT/estaleiro.hcl" sample/rootfs/
  equal "version" "$(chroot sample/rootfs /usr/local/bin/estaleiro --version)" "$("$BIN/estaleiro" --version)"
  contains "validate" "$(chroot sample/rootfs /usr/local/bin/estaleiro validate --file /estaleiro.hcl --var "estaleiro-commit=$commit" 2>&1)" "is valid"
  # It needs no library.
  mkdir -p alone/bin
  cp sample/rootfs/usr/local/bin/estaleiro alone/bin/
  equal "version" "$(chroot alone /bin/estaleiro --version)" "$("$BIN/estaleiro" --version)"
  cp alone/bin/estaleiro "$SHARED/announced"
}

test_docker_builds_the_recipe_of_the_announcement_through_our_frontend() {
  [[ -x $BIN/estaleiro-frontend ]] || skip "the frontend's binary is not built"
  [[ -x $SHARED/announced ]] || skip "the test before has left no binary"
  "$ROOT/scripts/frontend-image" "$REPOSITORY/frontend" --addr "$ENGINE" --insecure 2>frontend.log || { tail -n 20 frontend.log >&2; fail "scripts/frontend-image"; }
  docker_build --file estaleiro.hcl --build-arg "estaleiro-commit=$commit" --build-arg "BUILDKIT_SYNTAX=$REPOSITORY/frontend" \
    --provenance=false --output "type=oci,dest=/host$WORK/again.tar"
  skopeo copy -q oci-archive:again.tar oci:again.layout:t
  unpack_layout again.layout:t again
  equal "the binary" "$(sha256sum <again/rootfs/usr/local/bin/estaleiro)" "$(sha256sum <"$SHARED/announced")"
}

# ---- containers as Concourse makes them ------------------------------------------------------

ended() {
  local name pid
  for name in "$WORK"/containers/*/; do [[ ! -d $name ]] || run_c delete --force "$(basename "$name")" || :; done
  for pid in "${daemons[@]}"; do kill -KILL "$pid" 2>/dev/null || :; done
  wait
}
daemons=()
trap ended EXIT
run_c() { runc --root "$WORK/runc" "$@"; }
free_port() { echo $((30000 + RANDOM % 10000)); }
await() { # LOG COMMAND…
  local log=$1
  shift
  for _ in $(seq 300); do
    ! "$@" >/dev/null 2>&1 || return 0
    sleep 0.1
  done
  tail -n 5 "$log" >&2
  fail "'$*' is never true"
}

# authority: ca.pem, and NAME.pem, NAME-key.pem of each name; all answer to registry.test and 127.0.0.1
authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=worker's own" -keyout ca-key.pem -out ca.pem 2>/dev/null
  for name in registry engine client; do
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "$name-key.pem" -out "$name.csr" 2>/dev/null
    openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -out "$name.pem" \
      -extfile <(echo "subjectAltName = DNS:registry.test, IP:127.0.0.1") 2>/dev/null
  done
}
# A registry that only who trusts ca.pem can talk to. Sets `secure`, its address.
secure_registry() {
  local port
  port=$(free_port)
  secure=registry.test:$port
  cat >registry.yml <<END
version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $WORK/registry}}
http: {addr: "127.0.0.1:$port", tls: {certificate: $WORK/registry.pem, key: $WORK/registry-key.pem}}
END
  docker-registry serve registry.yml 2>registry.log &
  daemons+=($!)
  await registry.log curl -fs --cacert ca.pem "https://127.0.0.1:$port/v2/"
}
mirror_config() { printf '[registry."docker.io"]\n  mirrors = ["%s"]\n[registry."%s"]\n  http = true\n' "$REGISTRY" "$REGISTRY"; }
# engine [OPTION…]: a buildkitd on a port; all of it ends with its unshare. Sets `engine`.
engine() {
  local port
  port=$(free_port)
  engine=tcp://127.0.0.1:$port
  mirror_config >buildkitd.toml
  unshare --mount --propagation slave --pid --mount-proc --kill-child buildkitd --config buildkitd.toml --root "$WORK/state" \
    --addr "$engine" "$@" >buildkitd.log 2>&1 &
  daemons+=($!)
  await buildkitd.log bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
}

# What keeps a container while Concourse starts programs in it, as its own gdn-init does.
keeper() {
  [[ -x $SHARED/keeper ]] || printf '#include <signal.h>\n#include <unistd.h>\nint main(){signal(SIGCHLD,SIG_IGN);for(;;)pause();}\n' |
    cc -static -x c -o "$SHARED/keeper" -
}
usual='["CAP_AUDIT_WRITE","CAP_CHOWN","CAP_DAC_OVERRIDE","CAP_FOWNER","CAP_FSETID","CAP_KILL","CAP_MKNOD","CAP_NET_BIND_SERVICE","CAP_SETFCAP","CAP_SETGID","CAP_SETPCAP","CAP_SETUID","CAP_SYS_CHROOT"]'
# container NAME usual|privileged [MOUNT…]: of the image, on the machine's network. A mount is SOURCE:DESTINATION:ro|rw.
container() {
  local name=$1 bundle=$WORK/containers/$1 kind=$2 all
  shift 2
  keeper
  mkdir -p "$bundle" "$WORK/scratch-$name"
  cp -a "$SHARED/image/rootfs" "$bundle/rootfs"
  printf '127.0.0.1 localhost registry.test\n' >"$bundle/hosts"
  all=$(awk '$1 == "CapBnd:" { print $2 }' /proc/self/status)
  all=$(capsh --decode="$all" 2>/dev/null | cut -d = -f 2 | tr '[:lower:]' '[:upper:]' | jq -Rc 'split(",")')
  [[ $kind == privileged ]] || all=$usual
  jq --argjson caps "$all" --arg kind "$kind" '
    def bind: split(":") | {type: "bind", source: .[0], destination: .[1], options: ["rbind", .[2]]};
    .process.terminal = false | .process.args = ["/tmp/gdn-init"] | .root.readonly = false | .hostname = "concourse" |
    .process.capabilities = (["bounding", "effective", "permitted", "inheritable"] | map({(.): $caps}) | add) |
    .process.noNewPrivileges = false |
    .linux.namespaces |= map(select(.type != "network")) |
    if $kind == "privileged" then
      del(.linux.maskedPaths, .linux.readonlyPaths, .linux.seccomp) |
      .linux.resources.devices = [{allow: true, access: "rwm"}] |
      .mounts |= map(if .type == "cgroup" or .type == "sysfs" then .options -= ["ro"] else . end)
    else . end |
    .mounts += ($ARGS.positional | map(bind))' "$SHARED/image/config.json" --args \
    "$SHARED/keeper:/tmp/gdn-init:ro" "$bundle/hosts:/etc/hosts:ro" "$WORK/scratch-$name:/scratch:rw" "$@" >"$bundle/config.json"
  run_c run --detach --bundle "$bundle" "$name" </dev/null >"$bundle/log" 2>&1 || { cat "$bundle/log" >&2; fail "no container"; }
}
# program NAME COMMAND…: no terminal; the request on standard input
program() { run_c exec "$@"; }
request() { jq -n "{source: $1} + ${2:-{\}}"; }
# The container is as before the put, and nothing of it is seen outside.
container_is_idle() { # NAME
  for _ in $(seq 100); do
    [[ $(run_c ps --format json "$1" | jq length) != 1 ]] || break
    sleep 0.1
  done
  equal "processes" "$(run_c ps --format json "$1" | jq length)" 1
  equal "mounts within" "$(grep -c ' /scratch' "/proc/$(run_c state "$1" | jq .pid)/mountinfo")" 1
  equal "mounts without" "$(grep -c "$WORK/scratch" /proc/self/mountinfo || :)" 0
  equal "files" "$(ls -A "$WORK/scratch-$1")" ""
}

test_an_engine_of_its_own_in_a_privileged_container_and_the_certificates_of_the_worker() {
  image
  authority
  secure_registry
  example small
  mkdir certs fetched
  cp ca.pem certs/ca-certificates.crt
  source=$(jq -n --arg repository "$secure/app" --arg config "$(mirror_config)" '{repository: $repository, tag: "latest", buildkit: {config: $config}}')
  container put privileged "$WORK/small:/tmp/build/put/small:ro" "$WORK/certs:/etc/ssl/certs:ro"
  request "$source" '{params: {context: "small", vars: {greeting: "hello"}}}' |
    program put /opt/resource/out /tmp/build/put >reply.json 2>put.log || { cat put.log >&2; fail put; }
  contains "the log" "$(cat put.log)" "started buildkitd"
  container_is_idle put

  container check usual "$WORK/certs:/etc/ssl/certs:ro"
  equal "check" "$(request "$source" | program check /opt/resource/check)" "[$(jq -c .version reply.json)]"
  container get usual "$WORK/certs:/etc/ssl/certs:ro" "$WORK/fetched:/tmp/build/get:rw"
  request "$source" "{version: $(jq -c .version reply.json), params: {bom: \"required\"}}" |
    program get /opt/resource/in /tmp/build/get >got.json 2>get.log || { cat get.log >&2; fail get; }
  equal "the version" "$(jq -c .version got.json)" "$(jq -c .version reply.json)"
  equal "the digest" "$(cat fetched/digest)" "$(jq -r .version.digest reply.json)"
  [[ -d fetched/rootfs && -s fetched/bom.yml ]] || fail "there is no rootfs or no bill: $(ls fetched)"

  # Without the worker's certificates it is nobody's registry.
  container bare usual
  contains "the error" "$(request "$source" | refused program bare /opt/resource/check)" "certificate"
}

test_a_put_that_is_stopped_leaves_nothing() {
  image
  step_context ctx 'sleep 600 && touch /app'
  source=$(source_json ".buildkit = {config: $(mirror_config | jq -Rs .)}")
  container put privileged "$WORK/ctx:/tmp/build/put/ctx:ro"
  request "$source" '{params: {context: "ctx"}}' >request.json
  run_c exec --pid-file out.pid put /opt/resource/out /tmp/build/put <request.json >reply.json 2>put.log &
  exec=$!
  await put.log grep -q 'RUN sleep' put.log
  kill -TERM "$(cat out.pid)"
  began=$SECONDS
  ! wait $exec || fail "the put succeeded"
  [[ $((SECONDS - began)) -le 10 ]] || fail "it took $((SECONDS - began)) s, and Concourse kills after 10"
  container_is_idle put
  no_tag
}

test_an_engine_elsewhere_that_wants_to_know_its_clients() {
  image
  authority
  engine --tlscacert "$WORK/ca.pem" --tlscert "$WORK/engine.pem" --tlskey "$WORK/engine-key.pem"
  example small
  mkdir fetched
  source=$(jq -n --arg repository "$REPOSITORY" --arg address "$engine" --rawfile ca ca.pem --rawfile cert client.pem --rawfile key client-key.pem \
    '{repository: $repository, tag: "latest", insecure: true, buildkit: {address: $address, ca_cert: $ca, cert: $cert, key: $key}}')
  container put usual "$WORK/small:/tmp/build/put/small:ro" "$WORK/fetched:/tmp/build/get:rw" /etc/ssl/certs:/etc/ssl/certs:ro
  request "$source" '{params: {context: "small", vars: {greeting: "hello"}}}' |
    program put /opt/resource/out /tmp/build/put >reply.json 2>put.log || { cat put.log >&2; fail put; }
  equal "check" "$(request "$source" | program put /opt/resource/check)" "[$(jq -c .version reply.json)]"
  request "$source" "{version: $(jq -c .version reply.json)}" | program put /opt/resource/in /tmp/build/get >got.json 2>get.log
  equal "the digest" "$(cat fetched/digest)" "$(jq -r .version.digest reply.json)"
  container_is_idle put
  nobody=$(jq 'del(.buildkit.cert, .buildkit.key)' <<<"$source")
  request "$nobody" '{params: {context: "small", vars: {greeting: "hello"}}}' >request.json
  contains "the error" "$(refused program put /opt/resource/out /tmp/build/put <request.json)" "$engine"
}

test_the_task_builds_without_a_push() {
  image
  engine
  example small
  mkdir result
  container task usual "$WORK/small:/tmp/build/task/context:ro" "$WORK/result:/tmp/build/task/result:rw"
  mapfile -t words < <(sed -n '/^  args:/,$ s/^  - //p' "$ROOT/ci/tasks/build.yml" | sed 's/((recipe))/estaleiro.hcl/; s/((var))/greeting=hello/')
  program --cwd /tmp/build/task --env BUILDKIT_HOST="$engine" task "$(sed -n 's/^  path: //p' "$ROOT/ci/tasks/build.yml")" "${words[@]}" 2>task.log ||
    { cat task.log >&2; fail task; }
  put . '{"context": "small", "vars": {"greeting": "hello"}}' >/dev/null
  skopeo copy -q oci-archive:result/image.tar oci:layout:t
  equal "the digest" "$(jq -r '.manifests[0].digest' layout/index.json)" "$(tag_digest)"
  contains "the bill" "$(cat result/bill/bom.yml)" "canonical_name"
}
