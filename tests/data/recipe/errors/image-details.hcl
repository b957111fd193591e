image "x" {
  base_image    = "debian"
  user          = "a b"
  workdir       = "srv"
  volumes       = ["/data", "data", "/data/"]
  stopsignal    = "SIGTREM"
  exposed_ports = ["80", "80/tcp", "0", "65536", "80/http"]
  platforms     = ["linux/amd64", "x86_64"]

  file "/a" {
    mode  = "0888"
    owner = "a:b:c"
    from_url "ftp://host/a" {
      digest = "sha256:abc"
    }
  }

  healthcheck {
    cmd          = []
    command_line = "true"
    interval     = "5 parsecs"
    timeout      = "0s"
    retries      = 0
  }
}
