# Files from everywhere: packages, images, the context, steps; and how steps are run.
# shellcheck shell=bash

bill() { # fetches the bill of the pushed image
  local digest artifact
  digest=$(tag_digest)
  artifact=$(manifest "$(manifest "${digest/:/-}" | jq -r \
    '[.manifests[] | select(.artifactType == "application/vnd.estaleiro.bom.v1+yaml")] | max_by(.annotations["org.opencontainers.image.created"]).digest')")
  curl -sf "http://$REGISTRY/v2/${REPOSITORY#*/}/blobs/$(jq -r '.layers[0].digest' <<<"$artifact")"
}

test_an_image_from_scratch_out_of_packages_alone_runs() {
  mkdir ctx
  cat >ctx/estaleiro.hcl <<'R'
locals {
  debian = "debian:bookworm"
  lib    = "/lib/x86_64-linux-gnu"
}

image "e2e/distroless" {
  base_image = "scratch"

  file "/usr/bin/hello" {
    from_package "hello" {
      image = local.debian
      path  = "/usr/bin/hello"
    }
  }
  file "/opt/libz.so.1" {
    from_package "zlib1g" {
      image = local.debian
      path  = "${local.lib}/libz.so.1"
    }
  }
  file "/lib/x86_64-linux-gnu/" {
    from_package "libc6" {
      image = local.debian
      path  = "${local.lib}/"
    }
  }
  file "/lib64/ld-linux-x86-64.so.2" {
    from_package "libc6" {
      image = local.debian
      path  = "${local.lib}/ld-linux-x86-64.so.2"
    }
  }

  entrypoint = ["/usr/bin/hello"]
}
R
  put . '{"context": "ctx"}' >/dev/null
  unpack bundle
  equal "it runs" "$(chroot bundle/rootfs /usr/bin/hello)" 'Hello, world!'
  [[ ! -L bundle/rootfs/opt/libz.so.1 ]] || fail "the link was copied, not what it leads to"
  [[ ! -e bundle/rootfs/var ]] || fail "more than the files is there"
  bill >bom.yml
  contains "package" "$(cat bom.yml)" 'state: files-only'
  contains "origin" "$(cat bom.yml)" 'zlib1g'
  # Every URI of the bill gives what it says: the packages and the files of their sources.
  awk '/^changeset:/ { inside = 1 } /^image:/ { inside = 0 }
       inside && /uri:/ { uri = $NF } inside && /digest:/ && uri { print uri, $2; uri = "" }' bom.yml |
    tr -d '"' | sort -u >uris.txt
  [[ $(wc -l <uris.txt) -ge 9 ]] || fail "the bill has only $(wc -l <uris.txt) URIs"
  while read -r uri digest; do
    equal "$uri" "sha256:$(curl -sfL "$uri" | sha256sum | cut -d' ' -f1)" "$digest"
  done <uris.txt
}

test_a_file_of_a_package_beside_a_debian_base() {
  mkdir ctx
  cat >ctx/estaleiro.hcl <<'R'
image "e2e/beside" {
  base_image = "debian:bookworm"

  file "/opt/hello" {
    mode  = "0700"
    owner = "www-data:33"

    from_package "hello" {
      path = "/usr/bin/hello"
    }
  }
  file "/opt/doc/" {
    from_package "hello" {
      path = "/usr/share/doc/hello/"
    }
  }
}
R
  put . '{"context": "ctx"}' >/dev/null
  unpack bundle
  equal "mode and owner" "$(stat -c '%a %u %g' bundle/rootfs/opt/hello)" "700 33 33"
  [[ -f bundle/rootfs/opt/doc/copyright ]] || fail "the directory is not there"
  ! grep -q '^Package: hello$' bundle/rootfs/var/lib/dpkg/status || fail "the package was installed"
  equal "it runs" "$(chroot bundle/rootfs /opt/hello)" 'Hello, world!'
}

test_a_package_or_a_path_that_is_not_there_points_into_the_recipe() {
  mkdir ctx
  cat >ctx/estaleiro.hcl <<'R'
image "e2e/missing" {
  base_image = "scratch"
  file "/hello" {
    from_package "hello" {
      image = "debian:bookworm"
      path  = "/usr/bin/helo"
    }
  }
}
R
  text=$(refused put . '{"context": "ctx"}')
  contains "place" "$text" 'estaleiro.hcl:6:15'
  contains "suggestion" "$text" "did you mean '/usr/bin/hello'?"
  sed -i 's/"hello"/"hello-is-not-there"/' ctx/estaleiro.hcl
  text=$(refused put . '{"context": "ctx"}')
  contains "place" "$text" 'estaleiro.hcl:4:18'
  contains "name" "$text" 'hello-is-not-there'
  no_tag
}

test_files_of_images_and_of_the_context_say_where_they_come_from() {
  mkdir -p ctx/etc/app
  echo one >ctx/etc/app/one.conf
  cat >ctx/estaleiro.hcl <<'R'
image "e2e/origins" {
  base_image = "scratch"
  file "/etc/debian_version" {
    from_image "debian:bookworm" {
      path = "/etc/debian_version"
    }
  }
  file "/etc/app/" {
    mode = "0700"
    from_context {
      path = "etc/app/"
      vcs "git" {
        repository = "https://git.example/app"
        ref        = "49b6936ef130793fff677038891e517718c2baf8"
      }
    }
  }
}
R
  put . '{"context": "ctx"}' >/dev/null
  unpack bundle
  equal "content" "$(cat bundle/rootfs/etc/app/one.conf)" one
  equal "mode" "$(stat -c %a bundle/rootfs/etc/app/one.conf)" 700
  text=$(bill)
  contains "image" "$text" 'debian:bookworm@sha256:'
  contains "path" "$text" 'path: etc/app/one.conf'
}

test_a_step_gets_its_arguments_its_platform_and_its_network() {
  mkdir ctx
  cat >ctx/Dockerfile <<'D'
FROM debian:bookworm AS build
ARG GREETING
ARG TARGETARCH
RUN echo "$GREETING $TARGETARCH $(ls /sys/class/net | tr '\n' ' ')" >/out
D
  cat >ctx/estaleiro.hcl <<'R'
image "e2e/step" {
  base_image = "scratch"
  file "/out" {
    from_step "build" {
      path = "/out"
    }
  }
}

step "build" {
  dockerfile = "Dockerfile"
  platform   = "linux/amd64"
  network    = "none"
  build_args = { GREETING = "good day" }

  source_file "/out" {
    vcs "git" {
      repository = "https://git.example/app"
      ref        = "49b6936ef130793fff677038891e517718c2baf8"
    }
  }
}
R
  put . '{"context": "ctx"}' >/dev/null
  unpack bundle
  equal "arguments, platform, network" "$(cat bundle/rootfs/out)" 'good day amd64 lo '
}

# secret_context MOUNTS COMMAND: a recipe whose step has the secrets and the agent, and runs the command with the mounts
secret_context() {
  mkdir ctx
  cat >ctx/Dockerfile <<D
FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends openssh-client
RUN $1 $2
D
  cat >ctx/estaleiro.hcl <<'R'
image "e2e/secrets" {
  base_image = "scratch"
  file "/out" {
    from_step "build" {
      path = "/out"
    }
  }
}

step "build" {
  dockerfile = "Dockerfile"
  secrets    = ["text", "file", "variable"]
  ssh        = ["default"]

  source_file "/out" {
    vcs "git" {
      repository = "https://git.example/app"
      ref        = "49b6936ef130793fff677038891e517718c2baf8"
    }
  }
}
R
}

test_a_step_gets_the_secrets_that_the_put_gives_and_nobody_sees_them() {
  mounts='--mount=type=secret,id=text --mount=type=secret,id=file --mount=type=secret,id=variable'
  secret_context "$mounts" "cd /run/secrets && cat text file variable && cat text file variable | sha256sum >/out # $RANDOM"
  mkdir keys
  echo pearl-of-the-file >keys/token
  export PEARL=pearl-of-the-environment
  put . '{"context": "ctx", "secrets": {"text": "pearl-of-the-text", "file": {"file": "keys/token"}, "variable": {"env": "PEARL"}}}' >/dev/null
  unpack bundle
  equal "what the step read" "$(cat bundle/rootfs/out)" \
    "$(printf 'pearl-of-the-textpearl-of-the-file\npearl-of-the-environment' | sha256sum)"
  [[ $(cat put.log) != *pearl* ]] || fail "the log shows a secret: $(grep pearl put.log)"
  contains "what stands in its place" "$(cat put.log)" "((redacted))"
  contains "a warning" "$(cat put.log)" "step 'build' may ask for the ssh agent 'default', which params.ssh does not have"

  text=$(refused put . '{"context": "ctx", "secrets": {"text": {"env": "NO_SUCH_PEARL"}}}')
  contains "a variable that is not there" "$text" "params.secrets.text.env names 'NO_SUCH_PEARL'"
  text=$(refused put . '{"context": "ctx", "secrets": {"text": {"file": "../out-of-the-inputs"}}}')
  contains "a file outside" "$text" "params.secrets.text.file"
}

test_a_step_gets_the_ssh_key_that_the_put_gives() {
  secret_context '--mount=type=ssh' "ssh-add -L >/out # $RANDOM"
  ssh-keygen -q -t ed25519 -N '' -C e2e -f key
  put . "$(jq -n --rawfile key key '{context: "ctx", ssh: {default: $key}}')" >/dev/null
  unpack bundle
  equal "the agent's key" "$(cut -d' ' -f1,2 bundle/rootfs/out)" "$(cut -d' ' -f1,2 key.pub)"
  "$BIN/estaleiro" build --addr "$ENGINE" --ssh "default=key" --output ours/ ctx 2>build.log || { cat build.log >&2; exit 1; }
  equal "estaleiro build" "$(cut -d' ' -f1,2 ours/out)" "$(cut -d' ' -f1,2 key.pub)"

  text=$(refused put . '{"context": "ctx", "ssh": {"default": "this is no key"}}')
  contains "no key" "$text" "params.ssh.default is no private key that ssh-add takes"
}

test_a_step_may_use_the_hosts_network() {
  mkdir ctx
  printf 'FROM busybox AS build\nRUN readlink /proc/self/ns/net >/out # %s\n' "$RANDOM" >ctx/Dockerfile
  cat >ctx/estaleiro.hcl <<'R'
image "e2e/network" {
  base_image = "scratch"
  file "/out" {
    from_step "build" {
      path = "/out"
    }
  }
}

step "build" {
  dockerfile = "Dockerfile"
  network    = "host"

  source_file "/out" {
    vcs "git" {
      repository = "https://git.example/app"
      ref        = "49b6936ef130793fff677038891e517718c2baf8"
    }
  }
}
R
  put . '{"context": "ctx"}' >/dev/null
  unpack bundle
  equal "the network's namespace" "$(cat bundle/rootfs/out)" "$(readlink /proc/self/ns/net)"
}
