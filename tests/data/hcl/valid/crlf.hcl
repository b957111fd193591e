a = 1
b {
  c = <<EOT
  text
EOT
}
