image "x" {
  base_image = "debian"

  file "/a" {
    from_step "build" {
      path = "out/a"
    }
  }
}

step "build" {
  dockerfile = "/etc/passwd"
  context    = "../elsewhere"

  source_file "/out/*" {
    vcs "git" {
      repository = "https://git.example/app"
      ref        = commit
    }
  }
}
