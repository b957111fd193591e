# The recipe of the project's announcement, on Debian: one package by apt, one
# binary compiled by a Dockerfile, one file out of a tarball.
image "cirocosta/estaleiro" {
  base_image {
    name = "debian"
    ref  = "bookworm"
  }

  apt {
    package "ca-certificates" {}
  }

  file "/usr/local/bin/estaleiro" {
    from_step "build" {
      path = "/bin/estaleiro"
    }
  }

  file "/usr/local/share/estaleiro/motd" {
    from_tarball "motd-1.0.tar.gz" {
      path = "motd-1.0/motd"
    }
  }

  entrypoint = ["/usr/local/bin/estaleiro", "frontend"]
}

# Compiles the binary.
step "build" {
  dockerfile = "./Dockerfile"
  target     = "build"

  source_file "/bin/estaleiro" {
    vcs "git" {
      ref        = "${estaleiro-commit}"
      repository = "https://github.com/cirocosta/estaleiro"
    }
  }
}

tarball "motd-1.0.tar.gz" {
  source_file "motd-1.0/motd" {
    vcs "git" {
      ref        = "8f6f0fb5d4c9aa2b0d2f1f3bb0b9d9b3a1c7e5d2"
      repository = "https://git.example/motd"
    }
  }
}
