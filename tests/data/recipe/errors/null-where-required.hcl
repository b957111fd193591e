image "x" {
  base_image = null
}

step "build" {
  dockerfile = null
}
