image "distroless" {
  base_image = "scratch"

  file "/usr/bin/busybox" {
    from_package "busybox-static" {
      path = "/bin/busybox"
    }
  }

  healthcheck {
    disable = true
  }
}
