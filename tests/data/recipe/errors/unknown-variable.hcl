image "x" {
  base_image = "debian:${relase}"
  user       = "${relase}"
  workdir    = "/${completely-different}"
}
