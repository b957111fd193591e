image {
  base_image = "debian"
}
