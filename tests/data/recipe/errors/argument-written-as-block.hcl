image "x" {
  base_image = "debian"
  env {
    A = "b"
  }
}
