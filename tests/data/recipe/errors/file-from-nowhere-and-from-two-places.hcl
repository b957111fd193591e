image "x" {
  base_image = "debian"

  file "/a" {}

  file "/b" {
    from_package "jq" {
      path = "/usr/bin/jq"
    }
    from_image "busybox" {
      path = "/bin/sh"
    }
  }
}
