image "one" {
  base_image = "debian"
}

image "two" {
  base_image = "debian"
}
