image "distroless" {
  base_image = "scratch"

  file "/usr/bin/busybox" {
    from_package "busybox-static" {
      image = "debian:bookworm"
      path  = "/bin/busybox"
    }
  }

  healthcheck {
    disable = true
  }
}
