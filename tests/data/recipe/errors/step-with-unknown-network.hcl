image "x" {
  base_image = "debian"
}

step "build" {
  dockerfile = "Dockerfile"
  network    = "hosts"
  platform   = "linux/"
  secrets    = ["npm rc"]
}
