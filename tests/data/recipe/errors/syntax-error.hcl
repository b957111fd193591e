image "x" {
  base_image = "debian"
  entrypoint = ["/bin/sh"
}
