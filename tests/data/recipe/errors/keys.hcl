image "x" {
  base_image = "debian"

  apt {
    key "vendor" {
      uri    = "file:///etc/passwd"
      digest = "md5:d41d8cd98f00b204e9800998ecf8427e"
    }
    key "vendor" {
      uri    = "https://apt.example/key.asc"
      digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    }
    snapshot      = "2024-01-31"
    source_policy = "declare"
  }
}
