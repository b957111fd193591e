image "x" {
  base_image = "debian"
  file       = "/a"
}
