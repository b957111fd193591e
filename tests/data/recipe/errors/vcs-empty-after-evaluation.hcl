image "x" {
  base_image = "debian"

  file "/a" {
    from_context {
      path = "a"
      vcs "git" {
        repository = " "
        ref        = "${empty}"
      }
    }
  }
}
