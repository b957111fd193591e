image "x" {
  base_image = "debian"

  file "/a" {
    from_step "build" {
      path = "/a"
    }
  }

  file "/b" {
    from_git "https://git.example/b" {
      ref  = "v1.0 "
      path = "b"
    }
  }
}

step "build" {
  dockerfile = "Dockerfile"

  source_file "/a" {
    vcs "git" {
      repository = "https://git.example/a"
      ref        = "main"
    }
  }
  source_file "/*" {
    vcs "git" {
      repository = "https://git.example/a"
      ref        = "main"
    }
  }
}
