locals {
  release = "bookworm"
}

locals {
  release = "trixie"
}

image "x" {
  base_image = "debian:${local.release}"
}
