image "x" {
  base_image = "debian"

  apt {
    package "jq" {}
    package "jq" {
      version = "1.6-2.1"
    }
  }
}
