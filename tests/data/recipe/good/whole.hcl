# Every block and every argument at least once.

variable "release" {
  default     = "bookworm"
  type        = string
  description = "The Debian release"

  validation {
    condition     = contains(["bookworm", "trixie", "sid"], release)
    error_message = "the release is bookworm, trixie or sid"
  }
}

variable "port" {
  default = 8080
}

locals {
  home   = "/srv/${local.name}"
  name   = "app"
  labels = { "org.opencontainers.image.title" = local.name }
}

image "acme/app" {
  base_image = "registry.example:5000/debian:${release}"

  cmd        = []
  entrypoint = ["/usr/bin/app", "--port", port]
  env = {
    ZONE = "utc"
    HOME = local.home
    A    = "two\nlines"
  }
  volumes       = ["/data/", "/var/lib/app"]
  stopsignal    = "INT"
  user          = "app:app"
  workdir       = "${local.home}/./work"
  labels        = merge(local.labels, { "org.opencontainers.image.vendor" = "acme" })
  annotations   = { "org.opencontainers.image.source" = "https://git.example/app" }
  exposed_ports = [port, "53/udp"]
  shell         = ["/bin/bash", "-c"]
  platforms     = ["linux/amd64", "linux/arm64"]

  healthcheck {
    cmd            = ["/usr/bin/app", "--check"]
    interval       = "1m30s"
    timeout        = "500ms"
    start_period   = "10s"
    start_interval = "1s"
    retries        = 3
  }

  apt {
    repositories  = ["deb  [arch=amd64]  https://apt.example/debian/@SNAPSHOTID@/ ${release} main"]
    recommends    = true
    snapshot      = "20240131"
    source_policy = "archive"

    key "vendor" {
      uri    = "https://apt.example/key.asc"
      digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    }

    package "jq" {
      version = "1.6-2.1"
    }
    package "vendor-tool" {
      vcs "git" {
        repository = "https://git.example/tool"
        ref        = commit
      }
    }
  }

  file "/usr/bin/app" {
    mode  = "4755"
    owner = "root:app"

    from_step "build" {
      path = "/out/app"
    }
  }

  file "/usr/share/app/" {
    from_tarball "assets.tgz" {
      path = "./share/app/"
    }
  }

  file "/etc/app.conf" {
    from_context {
      path = "./config/app.conf"

      vcs "git" {
        repository = "git@git.example:acme/config.git"
        ref        = commit
      }
    }
  }

  file "/usr/bin/busybox" {
    from_image "busybox:1.36" {
      path = "/bin/busybox"

      vcs "git" {
        repository = "https://git.example/busybox"
        ref        = commit
      }
    }
  }

  file "/usr/share/app/words" {
    from_git "https://git.example/words" {
      ref  = commit
      path = "words.txt"
    }
  }

  file "/opt/model.bin" {
    from_url "https://files.example/model.bin" {
      digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

      vcs "git" {
        repository = "https://git.example/model"
        ref        = commit
      }
    }
  }

  file "/usr/bin/jo" {
    owner = 0

    from_package "jo" {
      version = "1.9-1"
      path    = "/usr/bin/jo"
    }
  }
}

step "build" {
  dockerfile = "./images/Dockerfile"
  context    = "./src/"
  target     = "build"
  build_args = {
    VERSION = "1"
    COMMIT  = commit
  }
  platform = "linux/x86_64"
  secrets  = ["npmrc"]
  ssh      = ["default"]
  network  = "none"

  source_file "/out/*" {
    vcs "git" {
      repository = "https://git.example/app "
      ref        = " ${commit}"
    }
  }
}

tarball "./assets.tgz" {
  source_file "./share/app/" {
    vcs "git" {
      repository = "https://git.example/assets"
      ref        = commit
    }
  }
}

policy {
  allowed_bases           = ["registry.example:5000/debian:*", "docker.io/library/*"]
  allowed_repositories    = ["https://apt.example/*"]
  allowed_keys            = ["4D64 FD60 92D7 5E94 24AE  5F2E 9A4D 3A04 9C60 BD52"]
  allowed_licenses        = ["MIT", "GPL-2.0-or-later"]
  denied_licenses         = ["SSPL-1.0"]
  allowed_setuid          = ["/usr/bin/app"]
  require_archive_sources = false
  require_commits         = true
  require_non_root        = true
  require_explained       = true
  max_size                = "1.5GB"
}
