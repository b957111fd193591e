image "x" {}
