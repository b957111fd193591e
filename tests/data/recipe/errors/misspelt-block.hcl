imagee "x" {
  base_image = "debian"
}

image "y" {
  base_image = "debian"
  fil "/a" {}
}
