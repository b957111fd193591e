image "x" {
  base_image = "debian"

  apt {
    package "jq" {
      version = "1.6-2.1"
    }
  }

  apt {
    package "jq" {
      version = "1.7-1"
    }
  }
}
