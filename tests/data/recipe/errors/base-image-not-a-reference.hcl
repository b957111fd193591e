image "x" {
  base_image = "Debian Stable"
}
