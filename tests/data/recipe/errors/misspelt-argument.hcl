image "x" {
  base_image = "debian"
  entrypont  = ["/bin/sh"]
}
