image "x" {
  base_image = "scratch"

  file "/bin/busybox" {
    from_package "busybox-static" {
      path = "/bin/busybox"
    }
  }
}
