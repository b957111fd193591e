image "x" {
  base_image = "debian"

  base_image = "ubuntu"
}
