image "x" {
  base_image = "debian"

  file "/a" {
    from_tarball "a.tgz" {
      path = "a"
    }
  }
}

tarball "a.tgz" {
  source_file "*" {
    vcs "git" {
      repository = "https://git.example/app"
      ref        = commit
    }
  }
}

tarball "./a.tgz" {}
