image "x" {
  base_image = "debian"

  healthcheck {
    disable = true
    cmd     = ["true"]
  }
}
