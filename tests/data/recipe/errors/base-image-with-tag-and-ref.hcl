image "x" {
  base_image {
    name = "debian:bookworm"
    ref  = "bookworm"
  }
}
