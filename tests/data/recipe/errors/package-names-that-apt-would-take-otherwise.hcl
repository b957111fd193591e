image "x" {
  base_image = "debian"

  apt {
    package "jq-" {}
    package "jq=1.6" {}
    package "jq/stable" {}
    package "jq.*" {}
    package "Jq" {}
    package "j" {}
    package "jq:" {}
    package "jq" {
      version = "1.6*"
    }
  }
}
