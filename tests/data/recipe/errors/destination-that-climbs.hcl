image "x" {
  base_image = "debian"

  file "/usr/../../etc/passwd" {
    from_package "app" {
      path = "/app"
    }
  }
}
