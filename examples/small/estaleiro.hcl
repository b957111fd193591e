# One file out of a tarball onto a tiny base: builds in seconds.
image "example/small" {
  base_image = "busybox"

  file "/etc/motd" {
    from_tarball "motd-1.0.tar.gz" {
      path = "motd-1.0/motd"
    }
  }

  env = {
    GREETING = "${greeting}"
  }
  cmd = ["cat", "/etc/motd"]
}

tarball "motd-1.0.tar.gz" {
  source_file "motd-1.0/*" {
    vcs "git" {
      repository = "https://git.example/motd"
      ref        = "8f6f0fb5d4c9aa2b0d2f1f3bb0b9d9b3a1c7e5d2"
    }
  }
}
