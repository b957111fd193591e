# The image that `# syntax =` names: the binary and the libraries that it needs, on nothing, each out of its exact
# Debian package. scripts/frontend-image puts the binary below bin/ of the build context and sees to it that no library
# is missing here.
variable "commit" {
  description = "the commit that the binary was built from"
}

variable "debian" {
  description = "whose apt says which packages the libraries are of: the Debian that the binary was built on"
  default     = "debian:bookworm"
}

image "estaleiro/frontend" {
  base_image = "scratch"
  platforms  = ["linux/amd64"]

  file "/usr/bin/estaleiro-frontend" {
    from_context {
      path = "bin/estaleiro-frontend"
      vcs "git" {
        repository = "https://github.com/cirocosta/estaleiro"
        ref        = commit
      }
    }
  }

  # Forty of its libraries are needed; all of them are 1.8 MB.
  file "/usr/lib/x86_64-linux-gnu/" {
    from_package "libabsl20220623" {
      image = debian
      path  = "/usr/lib/x86_64-linux-gnu/"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libcares.so.2" {
    from_package "libc-ares2" {
      image = debian
      path  = "/usr/lib/x86_64-linux-gnu/libcares.so.2"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libc.so.6" {
    from_package "libc6" {
      image = debian
      path  = "/lib/x86_64-linux-gnu/libc.so.6"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libm.so.6" {
    from_package "libc6" {
      image = debian
      path  = "/lib/x86_64-linux-gnu/libm.so.6"
    }
  }
  file "/lib64/ld-linux-x86-64.so.2" {
    from_package "libc6" {
      image = debian
      path  = "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libgcc_s.so.1" {
    from_package "libgcc-s1" {
      image = debian
      path  = "/lib/x86_64-linux-gnu/libgcc_s.so.1"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libgmp.so.10" {
    from_package "libgmp10" {
      image = debian
      path  = "/usr/lib/x86_64-linux-gnu/libgmp.so.10"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libgrpc++.so.1.51" {
    from_package "libgrpc++1.51" {
      image = debian
      path  = "/usr/lib/x86_64-linux-gnu/libgrpc++.so.1.51"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libaddress_sorting.so.29" {
    from_package "libgrpc29" {
      image = debian
      path  = "/usr/lib/x86_64-linux-gnu/libaddress_sorting.so.29"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libgpr.so.29" {
    from_package "libgrpc29" {
      image = debian
      path  = "/usr/lib/x86_64-linux-gnu/libgpr.so.29"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libgrpc.so.29" {
    from_package "libgrpc29" {
      image = debian
      path  = "/usr/lib/x86_64-linux-gnu/libgrpc.so.29"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libupb.so.29" {
    from_package "libgrpc29" {
      image = debian
      path  = "/usr/lib/x86_64-linux-gnu/libupb.so.29"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libprotobuf-lite.so.32" {
    from_package "libprotobuf-lite32" {
      image = debian
      path  = "/usr/lib/x86_64-linux-gnu/libprotobuf-lite.so.32"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libre2.so.9" {
    from_package "libre2-9" {
      image = debian
      path  = "/usr/lib/x86_64-linux-gnu/libre2.so.9"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libcrypto.so.3" {
    from_package "libssl3" {
      image = debian
      path  = "/usr/lib/x86_64-linux-gnu/libcrypto.so.3"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libssl.so.3" {
    from_package "libssl3" {
      image = debian
      path  = "/usr/lib/x86_64-linux-gnu/libssl.so.3"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libstdc++.so.6" {
    from_package "libstdc++6" {
      image = debian
      path  = "/usr/lib/x86_64-linux-gnu/libstdc++.so.6"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libyaml-cpp.so.0.7" {
    from_package "libyaml-cpp0.7" {
      image = debian
      path  = "/usr/lib/x86_64-linux-gnu/libyaml-cpp.so.0.7"
    }
  }
  file "/usr/lib/x86_64-linux-gnu/libz.so.1" {
    from_package "zlib1g" {
      image = debian
      path  = "/lib/x86_64-linux-gnu/libz.so.1"
    }
  }

  entrypoint = ["/usr/bin/estaleiro-frontend"]

  labels = {
    "moby.buildkit.frontend.network.none" = "true"
    "moby.buildkit.frontend.caps"         = "moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests,moby.buildkit.frontend.contexts"
  }
}
