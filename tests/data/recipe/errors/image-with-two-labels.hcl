image "one" "two" {
  base_image = "debian"
}
