image "x" {
  base_image = "debian"

  file "usr/bin/app" {
    from_package "app" {
      path = "/app"
    }
  }
}
