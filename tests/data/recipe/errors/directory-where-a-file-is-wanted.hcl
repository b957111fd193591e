image "x" {
  base_image = "debian"


  file "/opt/app" {
    from_package "app" {
      path = "/usr/share/app/"
    }
  }
}
