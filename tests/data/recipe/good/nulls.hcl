# null is the same as not being there: an argument can be left to a condition
locals {
  debug = false
}

image "x" {
  base_image = "debian"
  user       = local.debug ? "root" : null
  cmd        = null
  labels     = null

  file "/a" {
    from_step "build" {
      path = "/a"
    }
  }
}

step "build" {
  dockerfile = "Dockerfile"
  target     = local.debug ? "debug" : null

  source_file "/a" {
    vcs "git" {
      repository = "https://git.example/a"
      ref        = commit
    }
  }
}
