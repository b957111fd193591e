# Sourced: Debian trees and the images made of them. The archive is always the one that the
# system's own apt is configured for.
# shellcheck shell=bash

# The archive's address for a suite, as apt reads its own configuration (works without lists).
apt_uri() { # suite
  local all
  all=$(apt-get --print-uris update 2>/dev/null) || return 0
  sed -nE "s#^'([^']+)/dists/$1/InRelease'.*#\1#p" <<<"$all" | sort -u | sed -n 1p
}

# The keys that the system trusts for that archive: its Signed-By file, or else Debian's own.
apt_keyring() { # uri
  local files key
  files=$(grep -lsF "$1" /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}) || :
  key=$(xargs -r grep -hoiE 'signed-by[:=] *\[?/[^] ,]+' <<<"$files" | sed -nE '1s#^[^/]*##p') || :
  printf '%s\n' "${key:-/usr/share/keyrings/debian-archive-keyring.gpg}"
}

# The address of the main or the security archive; the host's own release tells where they are.
archive_of() { # "" | -security
  local codename
  codename=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
  apt_uri "$codename$1"
}

# A tree appears under its name only when it is complete: an interrupted run is never taken as good.
bootstrap() { # suite directory log [debootstrap options]
  local suite=$1 dir=$2 log=$3 uri
  shift 3
  uri=$(archive_of "")
  [[ -n $uri ]] || die "apt's configuration names no Debian archive to bootstrap $suite from"
  say "bootstrapping $suite for ${dir##*/}"
  # A mount namespace of its own: debootstrap's mounts vanish even when it is killed.
  unshare -m debootstrap --variant=minbase --keyring="$(apt_keyring "$uri")" "$@" \
    "$suite" "$dir.tmp" "$uri" >"$log" 2>&1 ||
    die "debootstrap of $suite failed: $(grep -E '^(E|W):' "$log" | tail -n 1) (log: $log)"
  mv "$dir.tmp" "$dir"
}

# The image's apt looks where the system's does, written as the official images write it.
write_apt_sources() { # rootfs suite
  local rootfs=$1 suite=$2 main security key setting
  main=$(archive_of "")
  security=$(archive_of -security)
  key=$(apt_keyring "$main")
  [[ -e $rootfs$key ]] || install -D -m 644 "$key" "$rootfs$key"
  rm -f "$rootfs/etc/apt/sources.list"
  {
    printf 'Types: deb\nURIs: %s\nSuites: %s %s-updates\nComponents: main\nSigned-By: %s\n' \
      "$main" "$suite" "$suite" "$key"
    [[ -z $security ]] ||
      printf '\nTypes: deb\nURIs: %s\nSuites: %s-security\nComponents: main\nSigned-By: %s\n' \
        "$security" "$suite" "$key"
  } >"$rootfs/etc/apt/sources.list.d/debian.sources"
  # An archive frozen in time needs these where the system needed them.
  for setting in Check-Valid-Until Check-Date; do
    if [[ $(apt-config shell v "Acquire::$setting/b") == "v='false'" ]]; then
      printf 'Acquire::%s "false";\n' "$setting" >>"$rootfs/etc/apt/apt.conf.d/99archive-dates"
    fi
  done
}

# What a fresh tree knows about the time and place of its making does not belong in an image.
strip_tree() { # rootfs
  local rootfs=$1
  rm -rf "$rootfs"/var/lib/apt/lists/* "$rootfs"/var/cache/apt/* "$rootfs"/var/cache/ldconfig/* \
    "$rootfs"/var/cache/debconf/*-old "$rootfs"/var/log/*.log "$rootfs"/var/log/apt/* \
    "${rootfs:?}"/dev/* "$rootfs"/run/* "$rootfs"/tmp/* "$rootfs"/debootstrap
  rm -f "$rootfs"/etc/{hostname,resolv.conf,machine-id}
  mkdir -p "$rootfs/var/cache/apt/archives/partial" "$rootfs/var/lib/apt/lists/partial"
}

# OCI layout with one gzip layer; the same tree and time give the same digest.
pack_image() { # rootfs layout tag unix-time command
  local rootfs=$1 layout=$2 tag=$3 epoch=$4 command=$5 blobs=$2.tmp/blobs/sha256 created arch diff
  local media=application/vnd.oci.image
  created=$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)
  arch=$(dpkg --print-architecture)
  case $arch in i386) arch=386 ;; armhf) arch=arm ;; ppc64el) arch=ppc64le ;; esac
  rm -rf "$layout.tmp"
  mkdir -p "$blobs"

  blob() { # file media-type: takes the file in as a blob, prints its descriptor
    local digest
    digest=$(sha256sum <"$1" | cut -d' ' -f1)
    mv "$1" "$blobs/$digest"
    jq -nc --arg m "$2" --arg d "sha256:$digest" --argjson s "$(stat -c %s "$blobs/$digest")" \
      '{mediaType: $m, digest: $d, size: $s}'
  }

  (cd "$rootfs" && shopt -s dotglob &&
    tar --sort=name --numeric-owner --mtime="@$epoch" --clamp-mtime -cf "$blobs/layer" -- *)
  diff=sha256:$(sha256sum <"$blobs/layer" | cut -d' ' -f1)
  gzip -n "$blobs/layer"
  jq -nc --arg created "$created" --arg arch "$arch" --arg diff "$diff" --arg command "$command" '{
      created: $created, architecture: $arch, os: "linux",
      config: {
        Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        Cmd: [$command]
      },
      rootfs: {type: "layers", diff_ids: [$diff]},
      history: [{created: $created, created_by: "scripts/engine"}]
    }' >"$blobs/config"
  jq -nc --arg m "$media.manifest.v1+json" \
    --argjson layer "$(blob "$blobs/layer.gz" "$media.layer.v1.tar+gzip")" \
    --argjson config "$(blob "$blobs/config" "$media.config.v1+json")" \
    '{schemaVersion: 2, mediaType: $m, config: $config, layers: [$layer]}' >"$blobs/manifest"
  jq -nc --arg tag "$tag" \
    --argjson manifest "$(blob "$blobs/manifest" "$media.manifest.v1+json")" '{
      schemaVersion: 2,
      manifests: [$manifest + {annotations: {"org.opencontainers.image.ref.name": $tag}}]
    }' >"$layout.tmp/index.json"
  printf '{"imageLayoutVersion":"1.0.0"}' >"$layout.tmp/oci-layout"
  mv "$layout.tmp" "$layout"
}
