image "x" {
  base_image {
    name = "scratch"
    ref  = "latest"
  }
}
