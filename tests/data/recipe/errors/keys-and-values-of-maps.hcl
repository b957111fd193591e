image "x" {
  base_image = "debian"
  env = {
    "A=B" = "c"
    ""    = "d"
    E     = null
    F     = ["g"]
    H     = 1.5
    I     = "nul \u0000"
  }
  labels = "title=x"
}
