locals {
  a = "${local.b}-a"
  b = local.c
  c = [local.a]
  d = local.a
  e = local.e
}

image "x" {
  base_image = "debian:${local.a}"
}
