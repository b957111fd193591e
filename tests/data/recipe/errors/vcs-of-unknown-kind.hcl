image "x" {
  base_image = "debian"

  file "/a" {
    from_context {
      path = "a"
      vcs "hg" {
        repository = "https://user:password@git.example/app"
        ref        = "--upload-pack=evil"
      }
    }
  }
}
