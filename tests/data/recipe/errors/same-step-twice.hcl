image "x" {
  base_image = "debian"

  file "/a" {
    from_step "build" {
      path = "/a"
    }
  }
}

step "build" {
  dockerfile = "Dockerfile"

  source_file "*" {
    vcs "git" {
      repository = "https://git.example/app"
      ref        = commit
    }
  }

  source_file "/a" {
    vcs "git" {
      repository = "https://git.example/app"
      ref        = commit
    }
  }
}

step "build" {
  dockerfile = "Dockerfile"
}
