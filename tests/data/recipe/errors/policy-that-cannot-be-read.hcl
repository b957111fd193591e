image "x" {
  base_image = "debian"
}

policy {
  allowed_bases    = ["[a"]
  allowed_keys     = ["DEADBEEF"]
  allowed_setuid   = ["bin/su"]
  max_size         = "a lot"
  require_commits  = "perhaps"
  allowed_licenses = "MIT"
}

policy {}
