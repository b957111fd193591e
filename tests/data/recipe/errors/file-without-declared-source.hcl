image "x" {
  base_image = "debian"

  file "/usr/bin/app" {
    from_step "build" {
      path = "/out/app"
    }
  }

  file "/usr/share/app/logo.png" {
    from_tarball "assets.tgz" {
      path = "images/logo.png"
    }
  }
}

step "build" {
  dockerfile = "Dockerfile"

  source_file "/bin/*" {
    vcs "git" {
      repository = "https://git.example/app"
      ref        = commit
    }
  }
}

tarball "assets.tgz" {
  source_file "*" {
    vcs "git" {
      repository = "https://git.example/assets"
      ref        = commit
    }
  }
}
