image "x" {
  base_image = "debian"

  file "/opt/app/bin" {
    from_package "app" {
      path = "/bin"
    }
  }

  file "/opt/app-data" {
    from_package "app" {
      path = "/data"
    }
  }

  file "/opt/app" {
    from_package "app" {
      path = "/app"
    }
  }
}
