variable "a" {
  default     = "b"
  description = ["c"]
}

image "x" {
  base_image = "debian"
}
