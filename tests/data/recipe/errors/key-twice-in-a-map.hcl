image "x" {
  base_image = "debian"
  env = {
    PATH   = "/bin"
    "PATH" = "/usr/bin"
  }
}
