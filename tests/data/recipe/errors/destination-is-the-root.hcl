image "x" {
  base_image = "debian"

  file "/" {
    from_context {
      path = "a.txt"
      vcs "git" {
        repository = "https://git.example/app"
        ref        = commit
      }
    }
  }

  file "/opt/app" {
    from_package "app" {
      path = "/usr/share/app/"
    }
  }
}
