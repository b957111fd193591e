image "x" {
  base_image = "debian"
}

step "build" {
  dockerfile = "Dockerfile"
}

tarball "assets.tgz" {}
