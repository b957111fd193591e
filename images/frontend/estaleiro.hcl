# The image that `# syntax =` names: the estaleiro binary and the libraries it needs, on nothing.
# scripts/frontend-image puts them below bin/ and lib/ of the build context.
variable "commit" {
  description = "the commit that the binary was built from"
}

image "estaleiro/frontend" {
  base_image = "scratch"

  file "/usr/bin/estaleiro" {
    from_context {
      path = "bin/estaleiro"
      vcs "git" {
        repository = "https://github.com/cirocosta/estaleiro"
        ref        = commit
      }
    }
  }

  file "/lib64/" {
    from_context {
      path = "lib"
      vcs "git" {
        repository = "https://github.com/cirocosta/estaleiro"
        ref        = commit
      }
    }
  }

  env        = { LD_LIBRARY_PATH = "/lib64" }
  entrypoint = ["/usr/bin/estaleiro", "frontend"]

  labels = {
    "moby.buildkit.frontend.network.none" = "true"
    "moby.buildkit.frontend.caps"         = "moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests,moby.buildkit.frontend.contexts"
  }
}
