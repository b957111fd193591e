image "x" {
  base_image = "debian:bookworm"

  base_image {
    name = "debian"
    ref  = "bookworm"
  }
}
