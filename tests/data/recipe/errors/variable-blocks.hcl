variable "needed" {}

variable "release" {
  default = "bookworm"

  validation {
    condition     = release == "bookworm" || release == "trixie"
    error_message = "the release is bookworm or trixie"
  }
}

variable "count" {
  type = number
}

variable "list" {
  default = ["a"]
}

variable "derived" {
  default = release
}

variable "odd" {
  type    = text
  default = 1
}

variable "true" {}

variable "release" {}

image "x" {
  base_image = "debian:${release}"
}
