locals {
  release = "bookworm"
}

image "x" {
  base_image = "debian:${local.relase}"
  user       = local
}
