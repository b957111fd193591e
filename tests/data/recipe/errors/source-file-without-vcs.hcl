image "x" {
  base_image = "debian"
}

tarball "a.tgz" {
  source_file "*" {}
  source_file "[a" {
    vcs "git" {
      repository = "https://git.example/app"
      ref        = commit
    }
  }
}
