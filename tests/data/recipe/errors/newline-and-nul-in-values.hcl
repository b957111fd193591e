image "x" {
  base_image = "debian"
  user       = "a\nb"
  workdir    = "/a\u0000b"
  stopsignal = "\u001b[31m"
}
