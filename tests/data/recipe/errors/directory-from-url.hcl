image "x" {
  base_image = "debian"

  file "/opt/" {
    from_url "https://host.example/a.tgz" {
      digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    }
  }
}
