image "x" {
  base_image = "debian"
  apt {
    zzz = 1
  }
}
