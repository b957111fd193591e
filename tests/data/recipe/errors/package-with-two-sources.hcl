image "x" {
  base_image = "debian"

  apt {
    package "app" {
      vcs "git" {
        repository = "https://git.example/one"
        ref        = commit
      }
    }
    package "app" {
      vcs "git" {
        repository = "https://git.example/two"
        ref        = commit
      }
    }
  }
}
