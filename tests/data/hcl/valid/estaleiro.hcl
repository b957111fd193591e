# syntax = cirocosta/estaleiro-frontend:rc

image "cirocosta/sample" {
  base_image {
    name = "ubuntu"
    ref  = "bionic"
  }

  apt {
    repositories = ["deb http://deb.example/debian bookworm main"]

    package "ca-certificates" {}
    package "jq" {
      version = "1.6-2.1"
    }
  }

  env = {
    PATH: "/usr/local/bin"
    LANG: "C.UTF-8",
  }

  file "/usr/local/bin/estaleiro" {
    from_step "build" {
      path = "/usr/local/bin/estaleiro"
    }
  }
}

step "build" {
  dockerfile = "./Dockerfile"
  target     = "build"

  source_file "/usr/local/bin/*" {
    vcs "git" {
      repository = "https://github.com/cirocosta/estaleiro"
      ref        = "${estaleiro-commit}"
    }
  }
}
