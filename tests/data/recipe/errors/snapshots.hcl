image "x" {
  base_image = "debian"

  apt {
    repositories = ["deb https://deb.example/debian bookworm main"]
    snapshot     = "20240131"
  }

  apt {
    repositories = ["deb https://deb.example/archive/@SNAPSHOTID@ bookworm main"]
  }
}
