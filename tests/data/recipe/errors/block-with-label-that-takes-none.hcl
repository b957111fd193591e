image "x" {
  base_image = "debian"
  apt "extra" {}
}
