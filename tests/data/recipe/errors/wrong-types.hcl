image "x" {
  base_image = ["debian"]
  entrypoint = "/bin/sh"
  env        = ["A=b"]
  user       = {}
  workdir    = 1.5
  cmd        = ["a", ["b"], null]
}
