image "x" {
  base_image = "scratch"

  apt {
    package "jq" {}
  }
}
