image "x" {
  base_image = "debian"

  apt {
    repositories = [
      "rpm https://apt.example stable main",
      "deb",
      "deb ftp://apt.example stable main",
      "deb https://apt.example",
      "deb https://apt.example stable",
      "deb https://apt.example ./ main",
      "deb [trusted=yes] https://apt.example stable main",
      "deb [ allow-insecure=1 arch=amd64 ] https://apt.example stable main",
      "deb [arch] https://apt.example stable main",
      "deb [arch=amd64 https://apt.example stable main",
      "",
    ]
  }
}
