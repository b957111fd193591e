image "x" {
  base_image = "debian"

  file "/a" {
    from_step "bulid" {
      path = "/a"
    }
  }

  file "/b" {
    from_step "assets.tgz" {
      path = "/b"
    }
  }

  file "/c" {
    from_tarball "something-else.tgz" {
      path = "c"
    }
  }
}

step "build" {
  dockerfile = "Dockerfile"
}

tarball "assets.tgz" {}
