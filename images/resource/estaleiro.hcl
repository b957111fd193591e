# What Concourse runs: the three programs of the resource type, estaleiro for tasks, and BuildKit for a put that names no
# engine. The same as the stage `resource` of ./Dockerfile; the build context is this repository.
variable "commit" {
  description = "the commit that is built"
}

variable "buildkit" {
  description = "the image that buildkitd and runc are taken from"
  default     = "docker.io/moby/buildkit:v0.29.0@sha256:0039c1d47e8748b5afea56f4e85f14febaf34452bd99d9552d2daa82262b5cc5"
}

variable "buildkit-commit" {
  description = "BuildKit's commit in that image"
  default     = "8543ce4428265d547cb009e5ad62348284497a88"
}

variable "runc" {
  description = "runc's commit or tag in that image"
  default     = "v1.3.5"
}

variable "ca-certificates" {
  description = "Debian's version of the package"
  default     = "20250419~deb12u2"
}

image "estaleiro/resource" {
  base_image = "scratch"

  file "/opt/resource/check" {
    from_step "build" {
      path = "/opt/resource/check"
    }
  }
  file "/opt/resource/in" {
    from_step "build" {
      path = "/opt/resource/in"
    }
  }
  file "/opt/resource/out" {
    from_step "build" {
      path = "/opt/resource/out"
    }
  }
  file "/usr/local/bin/estaleiro" {
    from_step "build" {
      path = "/bin/estaleiro"
    }
  }

  file "/usr/local/bin/buildkitd" {
    from_step "buildkit" {
      path = "/usr/bin/buildkitd"
    }
  }
  file "/usr/local/bin/buildkit-runc" {
    from_step "buildkit" {
      path = "/usr/bin/buildkit-runc"
    }
  }

  # Where it runs as a resource, Concourse mounts the worker's certificates over this one.
  file "/etc/ssl/certs/ca-certificates.crt" {
    from_step "certificates" {
      path = "/etc/ssl/certs/ca-certificates.crt"
    }
  }
  file "/etc/passwd" {
    from_image "debian:bookworm" {
      path = "/etc/passwd"
    }
  }
  file "/etc/group" {
    from_image "debian:bookworm" {
      path = "/etc/group"
    }
  }
  file "/" {
    from_step "build" {
      path = "/empty/"
    }
  }

  env = {
    PATH = "/usr/local/bin"
  }
}

step "build" {
  dockerfile = "Dockerfile"
  target     = "build"

  source_file "/bin/estaleiro" {
    vcs "git" {
      repository = "https://github.com/cirocosta/estaleiro"
      ref        = commit
    }
  }
  source_file "/opt/resource/*" {
    vcs "git" {
      repository = "https://github.com/cirocosta/estaleiro"
      ref        = commit
    }
  }
  source_file "/empty" {
    vcs "git" {
      repository = "https://github.com/cirocosta/estaleiro"
      ref        = commit
    }
  }
}

step "buildkit" {
  dockerfile = "Dockerfile"
  target     = "buildkit"
  build_args = {
    BUILDKIT = buildkit
  }

  source_file "/usr/bin/buildkitd" {
    vcs "git" {
      repository = "https://github.com/moby/buildkit"
      ref        = buildkit-commit
    }
  }
  source_file "/usr/bin/buildkit-runc" {
    vcs "git" {
      repository = "https://github.com/opencontainers/runc"
      ref        = runc
    }
  }
}

step "certificates" {
  dockerfile = "Dockerfile"
  target     = "certificates"
  build_args = {
    CA_CERTIFICATES = ca-certificates
  }

  source_file "/etc/ssl/certs/ca-certificates.crt" {
    vcs "git" {
      repository = "https://salsa.debian.org/debian/ca-certificates"
      ref        = "debian/${replace(ca-certificates, "~", "_")}"
    }
  }
}
