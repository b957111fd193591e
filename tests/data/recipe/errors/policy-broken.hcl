image "x" {
  base_image = "ubuntu"
  user       = "0:0"

  apt {
    repositories = ["deb [arch=amd64] http://mirror.example/debian bookworm main"]

    package "app" {
      vcs "git" {
        repository = "https://git.example/app"
        ref        = "main"
      }
    }
  }

  file "/bin/sh" {
    from_image "busybox" {
      path = "/bin/sh"
    }
  }
}

policy {
  allowed_bases        = ["docker.io/library/debian:*"]
  allowed_repositories = ["https://*"]
  require_commits      = true
  require_non_root     = true
}
