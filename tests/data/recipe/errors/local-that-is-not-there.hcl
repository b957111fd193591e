locals {
  release = "bookworm"
  release = "trixie"
}

image "x" {
  base_image = "debian:${local.relase}"
  user       = local
}
