image "x" {
  base_image = "debian"

  file "/etc/app.conf" {
    from_package "app" {
      path = "/etc/app.conf"
    }
  }

  file "/etc//./app.conf" {
    from_package "app" {
      path = "/etc/app.conf"
    }
  }
}
