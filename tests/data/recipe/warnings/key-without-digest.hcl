image "x" {
  base_image = "debian"

  apt {
    key "vendor" {
      uri = "https://apt.example/key.asc"
    }
  }
}
