image "x" {
  base_image = "debian:${var.release}"
}
