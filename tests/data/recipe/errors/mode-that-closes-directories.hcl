image "x" {
  base_image = "debian"

  file "/etc/app/" {
    mode = "0644"

    from_package "app" {
      path = "/etc/app/"
    }
  }
}
