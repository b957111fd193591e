a = "x ${HOME:-/root}"
