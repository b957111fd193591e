image "x" {
  base_image = "debian"
}

step "build" {
  target = "build"
}
