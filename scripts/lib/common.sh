# Sourced by the scripts beside it: how they speak and how they end.
# shellcheck shell=bash

# The script's own name stands before every line, since they call each other.
say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit 1; }

need_root() { [[ $EUID -eq 0 ]] || die "must run as root: $1"; }
