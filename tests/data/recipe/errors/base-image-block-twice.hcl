image "x" {
  base_image {
    name = "debian"
  }
  base_image {
    name = "ubuntu"
  }
}
